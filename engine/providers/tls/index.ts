/**
 * The `tls` package for a machine where the official plugin cannot be had: PrivateKey, CertRequest, SelfSignedCert
 * and LocallySignedCert. Left out: the write-only arguments (`…Wo`), which Pulumi keeps in its state all the same.
 */

import { createHash, type KeyObject } from "node:crypto";
import { localVersion } from "../../plugin";
import { type GeneratedKind, generatedProvider } from "../generated";
import type { Failure } from "../provider";
import { serveProvider } from "../server";
import type { Properties, Value } from "../values";
import {
  type AlternativeNames,
  allowedUses,
  type CertificateContent,
  encodeNames,
  encodeSubject,
  ipBytes,
  issueCertificate,
  parseIssuer,
  parseRequest,
  requestCertificate,
  type Subject,
} from "./certificate";
import {
  algorithmOf,
  algorithms,
  curves,
  keyIdentifier,
  newPrivateKey,
  parsePrivateKey,
  pem,
  publicKeyDer,
} from "./keys";
import { openSsh } from "./openssh";

const privateKey: GeneratedKind = {
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
  check({ algorithm, ecdsaCurve, rsaBits }) {
    const bits = Number.isInteger(rsaBits) && (rsaBits as number) >= 1024 && (rsaBits as number) <= 16384;
    return [
      ...oneOf("algorithm", algorithm, algorithms),
      ...oneOf("ecdsaCurve", ecdsaCurve, Object.keys(curves)),
      ...(bits ? [] : [{ property: "rsaBits", reason: `${rsaBits} is not a whole number from 1024 to 16384` }]),
    ];
  },
  async make(inputs) {
    const { algorithm, ecdsaCurve, rsaBits } = inputs as { algorithm: never; ecdsaCurve: never; rsaBits: number };
    const key = await newPrivateKey(algorithm, rsaBits, ecdsaCurve);
    const der = publicKeyDer(key);
    const traditional = { RSA: "pkcs1", ECDSA: "sec1", ED25519: "pkcs8" } as const;
    const ssh = openSsh(key);
    return {
      id: createHash("sha1").update(der).digest("hex"),
      outputs: {
        privateKeyPem: key.export({ type: traditional[algorithm], format: "pem" }) as string,
        privateKeyPemPkcs8: key.export({ type: "pkcs8", format: "pem" }) as string,
        privateKeyOpenssh: ssh?.privateKey ?? "",
        publicKeyPem: pem("PUBLIC KEY", der),
        publicKeyOpenssh: ssh?.publicKey ?? "",
        publicKeyFingerprintMd5: ssh?.md5 ?? "",
        publicKeyFingerprintSha256: ssh?.sha256 ?? "",
      },
    };
  },
};

const certRequest: GeneratedKind = {
  computed: ["certRequestPem", "keyAlgorithm"],
  secrets: ["privateKeyPem"],
  check: (inputs) => [...keyProblem("privateKeyPem", inputs), ...namesProblem(inputs)],
  make(inputs) {
    const key = parsePrivateKey(inputs.privateKeyPem as string);
    const subject = encodeSubject((inputs.subject ?? {}) as Subject);
    const certRequestPem = requestCertificate(subject, inputs as AlternativeNames, key);
    const id = createHash("sha1").update(certRequestPem).digest("hex");
    return { id, outputs: { certRequestPem, keyAlgorithm: algorithmOf(key) } };
  },
};

/** What both kinds of certificate have in common. */
const certificate = {
  defaults: { isCaCertificate: false, setSubjectKeyId: false, earlyRenewalHours: 0, maxPathLength: -1 },
  inPlace: ["earlyRenewalHours"],
  refresh: (inputs: Properties, outputs: Properties) => ({ readyForRenewal: isDue(inputs, outputs) }),
  expired: (inputs: Properties, outputs: Properties) => (isDue(inputs, outputs) ? "readyForRenewal" : undefined),
};

const selfSignedCert: GeneratedKind = {
  ...certificate,
  defaults: { ...certificate.defaults, setAuthorityKeyId: false },
  computed: ["certPem", "keyAlgorithm", "readyForRenewal", "validityStartTime", "validityEndTime"],
  secrets: ["privateKeyPem"],
  check: (inputs) => [...keyProblem("privateKeyPem", inputs), ...namesProblem(inputs), ...certificateProblem(inputs)],
  make(inputs) {
    const key = parsePrivateKey(inputs.privateKeyPem as string);
    const subject = encodeSubject((inputs.subject ?? {}) as Subject);
    const publicKey = publicKeyDer(key);
    const names = encodeNames(inputs as AlternativeNames, subject);
    const keyId = inputs.setAuthorityKeyId ? keyIdentifier(publicKey) : undefined;
    return issue(
      inputs,
      { subject, publicKey, names },
      { name: subject, key, keyId },
      { keyAlgorithm: algorithmOf(key) },
    );
  },
};

const locallySignedCert: GeneratedKind = {
  ...certificate,
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
      maxPathLength: inputs.maxPathLength as number,
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
  return [{ property, reason: `unknown ${JSON.stringify(value)}; expected ${allowed.join(", ")}` }];
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
  if (inputs[`${property}Wo`] !== undefined) {
    return [{ property: `${property}Wo`, reason: `the local tls plugin has no write-only arguments; use ${property}` }];
  }
  if (typeof inputs[property] !== "string") return [{ property, reason: "it is missing" }];
  return attempt(property, () => algorithmOf(parsePrivateKey(inputs[property] as string)));
}

function namesProblem(inputs: Properties): Failure[] {
  const { dnsNames = [], ipAddresses = [], uris = [] } = inputs as Record<string, string[] | undefined>;
  const notAscii = (property: string, values: string[]) =>
    values
      .filter((value) => !/^[\x21-\x7e]+$/.test(value))
      .map((value) => ({
        property,
        reason: `${JSON.stringify(value)} is not plain ASCII; write it in punycode or escaped`,
      }));
  return [
    ...notAscii("dnsNames", dnsNames),
    ...notAscii("uris", uris),
    ...ipAddresses
      .filter((address) => !ipBytes(address))
      .map((address) => ({ property: "ipAddresses", reason: `${JSON.stringify(address)} is not an IP address` })),
  ];
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
