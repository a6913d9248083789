import { secretOf } from "../../lib/engineValues";
import type { Facts } from "../clouds/shared/facts";
import { atLeast, demand, type Look, oneOf } from "../clouds/shared/facts/demand";
import { at } from "../clouds/shared/facts/value";

const statePage = "https://www.pulumi.com/docs/iac/concepts/state-and-backends/";

/** Why what Pulumi itself makes costs nothing. */
export const keptInState = { why: "kept in the state only", source: statePage };

/** Types of `@pulumi/tls`. */
export const tls: Facts = {
  "tls:index/privateKey:PrivateKey": {
    runs: true,
    demands: { "generated-secret-strong": strong },
    price: keptInState,
    answer: (_inputs, { preview, name }) =>
      preview
        ? {}
        : {
            privateKeyPem: secretOf("-----BEGIN PRIVATE KEY-----"),
            privateKeyPemPkcs8: secretOf(`-----BEGIN PRIVATE KEY-----\n${name}\n-----END PRIVATE KEY-----\n`),
            publicKeyPem: `-----BEGIN PUBLIC KEY-----\n${name}\n-----END PUBLIC KEY-----\n`,
          },
  },
  "tls:index/selfSignedCert:SelfSignedCert": {
    runs: true,
    price: keptInState,
    answer: (_inputs, { preview }) => (preview ? {} : { certPem: "authority" }),
  },
  "tls:index/certRequest:CertRequest": {
    runs: true,
    price: keptInState,
    answer: (_inputs, { preview }) => (preview ? {} : { certRequestPem: "request" }),
  },
  "tls:index/locallySignedCert:LocallySignedCert": {
    runs: true,
    price: keptInState,
    answer: (_inputs, { preview }) => (preview ? {} : { certPem: "certificate" }),
  },
  "tls:*": { runs: true, price: keptInState },
};

function strong(...[inputs, resource]: Parameters<Look>): ReturnType<Look> {
  const where = "keep ECDSA in components/ingress/certificates/selfSigned.ts";
  return at(inputs, "algorithm") === "RSA"
    ? demand("rsaBits", atLeast(3072), where)(inputs, resource)
    : demand("algorithm", oneOf("ECDSA", "ED25519", "RSA"), where)(inputs, resource);
}
