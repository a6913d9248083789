import type { Answer } from "../../../components/clouds/shared/answers";
import { secretOf } from "../../../lib/engineValues";

/** Types of `@pulumi/random`. */
export const random: Record<string, Answer> = {
  "random:index/randomPassword:RandomPassword": (_inputs, { preview }) =>
    preview ? {} : { result: secretOf("generated-password-of-forty-characters-00") },
  "random:index/randomId:RandomId": (_inputs, { preview }) => (preview ? {} : { hex: "0a1b2c3d" }),
};

/** Types of `@pulumi/tls`. */
export const tls: Record<string, Answer> = {
  "tls:index/privateKey:PrivateKey": (_inputs, { preview, name }) =>
    preview
      ? {}
      : {
          privateKeyPem: secretOf("-----BEGIN PRIVATE KEY-----"),
          privateKeyPemPkcs8: secretOf(`-----BEGIN PRIVATE KEY-----\n${name}\n-----END PRIVATE KEY-----\n`),
          publicKeyPem: `-----BEGIN PUBLIC KEY-----\n${name}\n-----END PUBLIC KEY-----\n`,
        },
  "tls:index/selfSignedCert:SelfSignedCert": (_inputs, { preview }) => (preview ? {} : { certPem: "authority" }),
  "tls:index/certRequest:CertRequest": (_inputs, { preview }) => (preview ? {} : { certRequestPem: "request" }),
  "tls:index/locallySignedCert:LocallySignedCert": (_inputs, { preview }) =>
    preview ? {} : { certPem: "certificate" },
};
