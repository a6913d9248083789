import { createPublicKey, type KeyObject, randomBytes, X509Certificate } from "node:crypto";
import {
  bitString,
  boolean,
  context,
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

/** A subject in the names of the `tls` package; of its ten parts, these are the ones that the program gives. */
export interface Subject {
  readonly organization?: string;
  readonly commonName?: string;
}

/** Position of each key usage in the KeyUsage bits (RFC 5280, 4.2.1.3). */
const keyUsages: Record<string, number> = {
  digital_signature: 0,
  key_encipherment: 2,
  cert_signing: 5,
  crl_signing: 6,
};

const extendedUsages: Record<string, string> = {
  server_auth: "1.3.6.1.5.5.7.3.1",
  client_auth: "1.3.6.1.5.5.7.3.2",
};

/** What `allowedUses` accepts here, in the official plugin's spelling. */
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
export function requestCertificate(subject: Buffer, dnsNames: readonly string[], key: KeyObject): string {
  const wanted = encodeNames(dnsNames, subject);
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
export function encodeSubject({ organization, commonName }: Subject): Buffer {
  const part = (id: string, value: string | undefined) => (value ? [setOf(sequence(oid(id), text(value)))] : []);
  return sequence(...part("2.5.4.10", organization), ...part("2.5.4.3", commonName));
}

function extensions(content: CertificateContent, issuer: Issuer): Buffer[] {
  const result: Buffer[] = [];
  const bits = content.uses.flatMap((use) => keyUsages[use] ?? []);
  if (bits.length > 0) result.push(extension("2.5.29.15", namedBits(bits), true));
  const extended = content.uses.flatMap((use) => (extendedUsages[use] ? [oid(extendedUsages[use])] : []));
  if (extended.length > 0) result.push(extension("2.5.29.37", sequence(...extended)));
  const constraints = content.isCa ? sequence(boolean(true)) : sequence();
  result.push(extension("2.5.29.19", constraints, true));
  if (content.isCa || content.setSubjectKeyId) {
    result.push(extension("2.5.29.14", octetString(keyIdentifier(content.publicKey))));
  }
  if (issuer.keyId) result.push(extension("2.5.29.35", sequence(context(0, issuer.keyId, false))));
  if (content.names) result.push(content.names);
  return result;
}

/** The SubjectAltName extension; critical when the subject is empty (RFC 5280, 4.2.1.6). */
export function encodeNames(dnsNames: readonly string[], subject: Buffer): Buffer | undefined {
  const list = dnsNames.map((name) => context(2, Buffer.from(name, "latin1"), false));
  return list.length > 0 ? extension("2.5.29.17", sequence(...list), subject.equals(sequence())) : undefined;
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(value));
}
