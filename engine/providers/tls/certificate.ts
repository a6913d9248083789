import { createPublicKey, type KeyObject, randomBytes, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import {
  bitString,
  boolean,
  context,
  ia5String,
  integer,
  namedBits,
  octetString,
  oid,
  read,
  sequence,
  setOf,
  text,
  time,
} from "./der";
import { fromPem, keyIdentifier, pem, publicKeyDer, schemeOf, sign, verify } from "./keys";

/** A subject in the names of the `tls` package. */
export interface Subject {
  readonly country?: string;
  readonly organization?: string;
  readonly organizationalUnit?: string;
  readonly locality?: string;
  readonly province?: string;
  readonly streetAddresses?: readonly string[];
  readonly postalCode?: string;
  readonly commonName?: string;
  readonly serialNumber?: string;
  readonly emailAddress?: string;
}

/** Names that a certificate is for, beside its subject. */
export interface AlternativeNames {
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly uris?: readonly string[];
}

/** Position of each key usage in the KeyUsage bits (RFC 5280, 4.2.1.3). */
const keyUsages: Record<string, number> = {
  digital_signature: 0,
  content_commitment: 1,
  key_encipherment: 2,
  data_encipherment: 3,
  key_agreement: 4,
  cert_signing: 5,
  crl_signing: 6,
  encipher_only: 7,
  decipher_only: 8,
};

const extendedUsages: Record<string, string> = {
  any_extended: "2.5.29.37.0",
  server_auth: "1.3.6.1.5.5.7.3.1",
  client_auth: "1.3.6.1.5.5.7.3.2",
  code_signing: "1.3.6.1.5.5.7.3.3",
  email_protection: "1.3.6.1.5.5.7.3.4",
  ipsec_end_system: "1.3.6.1.5.5.7.3.5",
  ipsec_tunnel: "1.3.6.1.5.5.7.3.6",
  ipsec_user: "1.3.6.1.5.5.7.3.7",
  timestamping: "1.3.6.1.5.5.7.3.8",
  ocsp_signing: "1.3.6.1.5.5.7.3.9",
  microsoft_server_gated_crypto: "1.3.6.1.4.1.311.10.3.3",
  netscape_server_gated_crypto: "2.16.840.1.113730.4.1",
  microsoft_commercial_code_signing: "1.3.6.1.4.1.311.2.1.22",
  microsoft_kernel_code_signing: "1.3.6.1.4.1.311.61.1.1",
};

/** What `allowedUses` accepts, in the official plugin's spelling. */
export const allowedUses: readonly string[] = [...Object.keys(keyUsages), ...Object.keys(extendedUsages)];

/** What a certificate says, apart from who signs it. */
export interface CertificateContent {
  /** An encoded Name. */
  readonly subject: Buffer;
  /** An encoded SubjectPublicKeyInfo. */
  readonly publicKey: Buffer;
  /** An encoded SubjectAltName extension, from `encodeNames` or a request. */
  readonly names?: Buffer;
  readonly uses: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly isCa: boolean;
  /** Only for a CA; negative means no limit. */
  readonly maxPathLength: number;
  readonly setSubjectKeyId: boolean;
}

/** Who signs: an encoded Name, the key, and the key identifier to point to, if any. */
export interface Issuer {
  readonly name: Buffer;
  readonly key: KeyObject;
  readonly keyId?: Buffer;
}

/** A signed certificate, with its serial number in decimal. */
export function issueCertificate(content: CertificateContent, issuer: Issuer): { certPem: string; serial: string } {
  // 127 random bits: positive, and far more than the 64 that the CA/Browser Forum asks for.
  const serialBytes = randomBytes(16);
  serialBytes[0]! &= 0x7f;
  const { algorithm } = schemeOf(issuer.key);
  const certificate = sequence(
    context(0, integer(Buffer.from([2]))),
    integer(serialBytes),
    algorithm,
    issuer.name,
    sequence(time(content.notBefore), time(content.notAfter)),
    content.subject,
    content.publicKey,
    context(3, sequence(...extensions(content, issuer))),
  );
  return {
    certPem: pem("CERTIFICATE", sequence(certificate, algorithm, bitString(sign(issuer.key, certificate)))),
    serial: BigInt(`0x${serialBytes.toString("hex")}`).toString(),
  };
}

/** A PKCS #10 certificate request. */
export function requestCertificate(subject: Buffer, names: AlternativeNames, key: KeyObject): string {
  const wanted = encodeNames(names, subject);
  const attributes = wanted
    ? sequence(oid("1.2.840.113549.1.9.14"), setOf(sequence(wanted))) // extensionRequest
    : Buffer.alloc(0);
  const info = sequence(integer(Buffer.from([0])), subject, publicKeyDer(key), context(0, attributes));
  return pem("CERTIFICATE REQUEST", sequence(info, schemeOf(key).algorithm, bitString(sign(key, info))));
}

/**
 * Subject, key and names of a certificate request, after its signature was checked.
 * @throws Error when it is no request or its signature is wrong
 */
export function parseRequest(text: string): { subject: Buffer; publicKey: Buffer; names?: Buffer } {
  const [info, , signature] = read(read(fromPem("CERTIFICATE REQUEST", text))[0]?.content ?? Buffer.alloc(0));
  const [, subject, publicKey, attributes] = read(info?.content ?? Buffer.alloc(0));
  if (!info || !signature || !subject || !publicKey) throw new Error("it is not a certificate request");
  const key = createPublicKey({ key: publicKey.raw, format: "der", type: "spki" });
  if (!verify(key, info.raw, signature.content.subarray(1))) throw new Error("its signature does not match its key");
  const requested = read(attributes?.content ?? Buffer.alloc(0))
    .map((attribute) => read(attribute.content))
    .filter(([id]) => id?.raw.equals(oid("1.2.840.113549.1.9.14")))
    .flatMap(([, values]) => read(read(values!.content)[0]!.content));
  const names = requested.find((extension) => read(extension.content)[0]?.raw.equals(oid("2.5.29.17")));
  return { subject: subject.raw, publicKey: publicKey.raw, names: names?.raw };
}

/**
 * The issuer that a CA's certificate and key make.
 * @throws Error when the certificate cannot be read or the key is not its key
 */
export function parseIssuer(certPem: string, key: KeyObject): Issuer {
  const certificate = new X509Certificate(certPem);
  if (!certificate.checkPrivateKey(key)) throw new Error("caPrivateKeyPem is not the private key of caCertPem");
  const parts = read(read(read(certificate.raw)[0]!.content)[0]!.content);
  const version = parts[0]?.tag === 0xa0 ? 1 : 0;
  const subject = parts[version + 4]!;
  const list = parts.find(({ tag }) => tag === 0xa3);
  const subjectKeyId = list
    ? read(read(list.content)[0]!.content)
        .map(({ content }) => read(content))
        .find(([id]) => id?.raw.equals(oid("2.5.29.14")))
    : undefined;
  const value = subjectKeyId?.at(-1);
  return { name: subject.raw, key, keyId: value ? read(value.content)[0]?.content : undefined };
}

/** An encoded Name, its parts in the order in which Go writes them. */
export function encodeSubject(subject: Subject): Buffer {
  const part = (id: string, value: Buffer) => setOf(sequence(oid(id), value));
  const parts: [string, string | undefined][] = [
    ["2.5.4.6", subject.country],
    ["2.5.4.10", subject.organization],
    ["2.5.4.11", subject.organizationalUnit],
    ["2.5.4.7", subject.locality],
    ["2.5.4.8", subject.province],
    ...(subject.streetAddresses ?? []).map((line): [string, string] => ["2.5.4.9", line]),
    ["2.5.4.17", subject.postalCode],
    ["2.5.4.3", subject.commonName],
    ["2.5.4.5", subject.serialNumber],
  ];
  const names = parts.flatMap(([id, value]) => (value ? [part(id, text(value))] : []));
  if (subject.emailAddress) names.push(part("1.2.840.113549.1.9.1", ia5String(subject.emailAddress)));
  return sequence(...names);
}

/** The 4 or 16 bytes of an IP address; undefined when the text is none. */
export function ipBytes(address: string): Buffer | undefined {
  const family = isIP(address);
  if (family === 4) return Buffer.from(address.split(".").map(Number));
  if (family !== 6) return undefined;
  // The URL parser writes an IPv4 tail as hexadecimal groups.
  const plain = new URL(`http://[${address.replace(/%.*$/, "")}]`).hostname.slice(1, -1);
  const [head = "", tail] = plain.split("::");
  const groups = (half: string) => (half ? half.split(":") : []);
  const [before, after] = [groups(head), groups(tail ?? "")];
  const zeros = tail === undefined ? [] : Array<string>(8 - before.length - after.length).fill("0");
  return Buffer.from(
    [...before, ...zeros, ...after].flatMap((g) => [Number.parseInt(g, 16) >> 8, Number.parseInt(g, 16) & 255]),
  );
}

function extensions(content: CertificateContent, issuer: Issuer): Buffer[] {
  const result: Buffer[] = [];
  const bits = content.uses.flatMap((use) => keyUsages[use] ?? []);
  if (bits.length > 0) result.push(extension("2.5.29.15", namedBits(bits), true));
  const extended = content.uses.flatMap((use) => (extendedUsages[use] ? [oid(extendedUsages[use])] : []));
  if (extended.length > 0) result.push(extension("2.5.29.37", sequence(...extended)));
  const limit = content.maxPathLength >= 0 ? [integer(Buffer.from([content.maxPathLength]))] : [];
  const constraints = content.isCa ? sequence(boolean(true), ...limit) : sequence();
  result.push(extension("2.5.29.19", constraints, true));
  if (content.isCa || content.setSubjectKeyId) {
    result.push(extension("2.5.29.14", octetString(keyIdentifier(content.publicKey))));
  }
  if (issuer.keyId) result.push(extension("2.5.29.35", sequence(context(0, issuer.keyId, false))));
  if (content.names) result.push(content.names);
  return result;
}

/** The SubjectAltName extension; critical when the subject is empty (RFC 5280, 4.2.1.6). */
export function encodeNames(names: AlternativeNames, subject: Buffer): Buffer | undefined {
  const list = [
    ...(names.dnsNames ?? []).map((name) => context(2, Buffer.from(name, "latin1"), false)),
    ...(names.ipAddresses ?? []).map((address) => context(7, ipBytes(address)!, false)),
    ...(names.uris ?? []).map((uri) => context(6, Buffer.from(uri, "latin1"), false)),
  ];
  return list.length > 0 ? extension("2.5.29.17", sequence(...list), subject.equals(sequence())) : undefined;
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(value));
}
