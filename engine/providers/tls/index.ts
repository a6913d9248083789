/**
 * The `tls` package for a machine where the official plugin cannot be had, as far as the program asks for it: keys on
 * P-256 and Ed25519, requests for DNS names, authorities and the certificates that they sign. All else is refused. The
 * state is the official plugin's, so that either goes on with the other's.
 */

import { createHash, type KeyObject } from "node:crypto";
import { localVersion } from "../../plugin";
import { type GeneratedKind, generatedProvider, leftToOfficial } from "../generated";
import type { Failure } from "../provider";
import { serveProvider } from "../server";
import type { Properties, Value } from "../values";
import {
  allowedUses,
  type CertificateContent,
  encodeSubject,
  issueCertificate,
  parseIssuer,
  parseRequest,
  requestCertificate,
  type Subject,
} from "./certificate";
import { type Algorithm, algorithmOf, algorithms, newPrivateKey, parsePrivateKey, pem, publicKeyDer } from "./keys";
import { openSsh } from "./openssh";

const privateKey: GeneratedKind = {
  inputs: ["algorithm", "ecdsaCurve"],
  defaults: { ecdsaCurve: "P224", rsaBits: 2048 },
  computed: [
    "privateKeyPem",
    "privateKeyPemPkcs8",
    "privateKeyOpenssh",
    "publicKeyPem",
    "publicKeyOpenssh",
    "publicKeyFingerprintMd5",
    "publicKeyFingerprintSha256",
  ],
  secrets: ["privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"],
  check: ({ algorithm, ecdsaCurve }) => [
    ...oneOf("algorithm", algorithm, algorithms),
    ...(algorithm === "ECDSA" ? oneOf("ecdsaCurve", ecdsaCurve, ["P256"]) : []),
  ],
  async make({ algorithm }) {
    const key = await newPrivateKey(algorithm as Algorithm);
    const der = publicKeyDer(key);
    const ssh = openSsh(key);
    return {
      id: createHash("sha1").update(der).digest("hex"),
      outputs: {
        privateKeyPem: key.export({ type: algorithm === "ECDSA" ? "sec1" : "pkcs8", format: "pem" }) as string,
        privateKeyPemPkcs8: key.export({ type: "pkcs8", format: "pem" }) as string,
        privateKeyOpenssh: ssh.privateKey,
        publicKeyPem: pem("PUBLIC KEY", der),
        publicKeyOpenssh: ssh.publicKey,
        publicKeyFingerprintMd5: ssh.md5,
        publicKeyFingerprintSha256: ssh.sha256,
      },
    };
  },
};

const certRequest: GeneratedKind = {
  inputs: ["privateKeyPem", "subject", "dnsNames"],
  computed: ["certRequestPem", "keyAlgorithm"],
  secrets: ["privateKeyPem"],
  check: (inputs) => [
    ...keyProblem("privateKeyPem", inputs),
    ...subjectProblem(inputs),
    ...notAscii("dnsNames", (inputs.dnsNames ?? []) as string[]),
  ],
  make(inputs) {
    const key = parsePrivateKey(inputs.privateKeyPem as string);
    const subject = encodeSubject((inputs.subject ?? {}) as Subject);
    const certRequestPem = requestCertificate(subject, (inputs.dnsNames ?? []) as string[], key);
    const id = createHash("sha1").update(certRequestPem).digest("hex");
    return { id, outputs: { certRequestPem, keyAlgorithm: algorithmOf(key) } };
  },
};

const subjectParts = ["organization", "commonName"];

/** What both kinds of certificate have in common. */
const certificate = {
  inputs: ["allowedUses", "validityPeriodHours", "earlyRenewalHours"],
  defaults: { isCaCertificate: false, setSubjectKeyId: false, earlyRenewalHours: 0, maxPathLength: -1 },
  inPlace: ["earlyRenewalHours"],
  refresh: (inputs: Properties, outputs: Properties) => ({ readyForRenewal: isDue(inputs, outputs) }),
  expired: (inputs: Properties, outputs: Properties) => (isDue(inputs, outputs) ? "readyForRenewal" : undefined),
};

const selfSignedCert: GeneratedKind = {
  ...certificate,
  inputs: ["privateKeyPem", "subject", "isCaCertificate", "setSubjectKeyId", ...certificate.inputs],
  defaults: { ...certificate.defaults, setAuthorityKeyId: false },
  computed: ["certPem", "keyAlgorithm", "readyForRenewal", "validityStartTime", "validityEndTime"],
  secrets: ["privateKeyPem"],
  check: (inputs) => [...keyProblem("privateKeyPem", inputs), ...subjectProblem(inputs), ...certificateProblem(inputs)],
  make(inputs) {
    const key = parsePrivateKey(inputs.privateKeyPem as string);
    const subject = encodeSubject((inputs.subject ?? {}) as Subject);
    return issue(
      inputs,
      { subject, publicKey: publicKeyDer(key) },
      { name: subject, key },
      { keyAlgorithm: algorithmOf(key) },
    );
  },
};

const locallySignedCert: GeneratedKind = {
  ...certificate,
  inputs: ["certRequestPem", "caPrivateKeyPem", "caCertPem", ...certificate.inputs],
  computed: ["certPem", "caKeyAlgorithm", "readyForRenewal", "validityStartTime", "validityEndTime"],
  secrets: ["caPrivateKeyPem"],
  check(inputs) {
    const problems = [...keyProblem("caPrivateKeyPem", inputs), ...certificateProblem(inputs)];
    if (problems.length > 0) return problems;
    return [
      ...attempt("caCertPem", () =>
        parseIssuer(inputs.caCertPem as string, parsePrivateKey(inputs.caPrivateKeyPem as string)),
      ),
      ...attempt("certRequestPem", () => parseRequest(inputs.certRequestPem as string)),
    ];
  },
  make(inputs) {
    const key = parsePrivateKey(inputs.caPrivateKeyPem as string);
    const request = parseRequest(inputs.certRequestPem as string);
    const issuer = parseIssuer(inputs.caCertPem as string, key);
    return issue(inputs, request, issuer, { caKeyAlgorithm: algorithmOf(key) });
  },
};

/** The kinds by type token. */
export const tlsKinds: { readonly [type: string]: GeneratedKind } = {
  "tls:index/privateKey:PrivateKey": privateKey,
  "tls:index/certRequest:CertRequest": certRequest,
  "tls:index/selfSignedCert:SelfSignedCert": selfSignedCert,
  "tls:index/locallySignedCert:LocallySignedCert": locallySignedCert,
};

function issue(
  inputs: Properties,
  subject: Pick<CertificateContent, "subject" | "publicKey" | "names">,
  issuer: { name: Buffer; key: KeyObject; keyId?: Buffer },
  outputs: Properties,
): { id: string; outputs: Properties } {
  const start = Math.floor(Date.now() / 1000) * 1000;
  const notBefore = new Date(start);
  const notAfter = new Date(start + (inputs.validityPeriodHours as number) * 3_600_000);
  const { certPem, serial } = issueCertificate(
    {
      ...subject,
      notBefore,
      notAfter,
      uses: inputs.allowedUses as string[],
      isCa: inputs.isCaCertificate as boolean,
      setSubjectKeyId: inputs.setSubjectKeyId as boolean,
    },
    issuer,
  );
  const period = { validityStartTime: rfc3339(notBefore), validityEndTime: rfc3339(notAfter) };
  return { id: serial, outputs: { certPem, ...outputs, ...period, readyForRenewal: isDue(inputs, period) } };
}

/** Whether a certificate has ended or its early renewal has begun. */
function isDue(inputs: Properties, outputs: Properties, now = Date.now()): boolean {
  const end = Date.parse(String(outputs.validityEndTime));
  return now >= end - ((inputs.earlyRenewalHours as number | undefined) ?? 0) * 3_600_000;
}

function rfc3339(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}

function oneOf(property: string, value: Value | undefined, allowed: readonly string[]): Failure[] {
  if (allowed.includes(value as string)) return [];
  return [{ property, reason: `${JSON.stringify(value)} is not ${allowed.join(" or ")}; ${leftToOfficial("tls")}` }];
}

/** Runs a parser for its error. */
function attempt(property: string, parse: () => unknown): Failure[] {
  try {
    parse();
    return [];
  } catch (error) {
    return [{ property, reason: (error as Error).message }];
  }
}

function keyProblem(property: string, inputs: Properties): Failure[] {
  if (typeof inputs[property] !== "string") return [{ property, reason: "it is missing" }];
  return attempt(property, () => algorithmOf(parsePrivateKey(inputs[property] as string)));
}

function subjectProblem({ subject = {} }: Properties): Failure[] {
  return Object.keys(subject as Properties)
    .filter((part) => !subjectParts.includes(part))
    .map((part) => ({ property: `subject.${part}`, reason: leftToOfficial("tls") }));
}

function notAscii(property: string, values: readonly string[]): Failure[] {
  return values
    .filter((value) => !/^[\x21-\x7e]+$/.test(value))
    .map((value) => ({ property, reason: `${JSON.stringify(value)} is not plain ASCII; write it in punycode` }));
}

function certificateProblem(inputs: Properties): Failure[] {
  const hours = inputs.validityPeriodHours;
  const uses = (inputs.allowedUses ?? []) as string[];
  return [
    ...uses.flatMap((use) => oneOf("allowedUses", use, allowedUses)),
    ...(typeof hours === "number" && hours > 0
      ? []
      : [{ property: "validityPeriodHours", reason: `${JSON.stringify(hours)} is not a number of hours above 0` }]),
  ];
}

/** The provider of the `tls` package. */
export function tlsProvider() {
  return generatedProvider("tls", localVersion("@pulumi/tls"), tlsKinds);
}

if (require.main === module) void serveProvider(tlsProvider);
