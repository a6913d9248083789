import {
  createHash,
  createPrivateKey,
  createPublicKey,
  sign as cryptoSign,
  verify as cryptoVerify,
  generateKeyPair,
  type KeyObject,
} from "node:crypto";
import { promisify } from "node:util";
import { nothing, oid, read, sequence } from "./der";

/** The algorithms of `tls.PrivateKey`. */
export const algorithms = ["RSA", "ECDSA", "ED25519"] as const;
export type Algorithm = (typeof algorithms)[number];

/** The curves of `tls.PrivateKey` in OpenSSL's names. */
export const curves = { P224: "secp224r1", P256: "prime256v1", P384: "secp384r1", P521: "secp521r1" } as const;

const generate = promisify(generateKeyPair) as unknown as (
  type: string,
  options: object,
) => Promise<{ privateKey: KeyObject }>;

/** A new private key. `rsaBits` counts for RSA only, `curve` for ECDSA only. */
export async function newPrivateKey(
  algorithm: Algorithm,
  rsaBits: number,
  curve: keyof typeof curves,
): Promise<KeyObject> {
  if (algorithm === "RSA") return (await generate("rsa", { modulusLength: rsaBits })).privateKey;
  if (algorithm === "ECDSA") return (await generate("ec", { namedCurve: curves[curve] })).privateKey;
  return (await generate("ed25519", {})).privateKey;
}

/**
 * A private key from its PEM text.
 * @throws Error without any part of the text
 */
export function parsePrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Error("it is not an unencrypted private key in PEM format");
  }
}

/** Which of the algorithms a key is of. */
export function algorithmOf(key: KeyObject): Algorithm {
  const names: Record<string, Algorithm> = { rsa: "RSA", ec: "ECDSA", ed25519: "ED25519" };
  const name = names[key.asymmetricKeyType ?? ""];
  if (!name) throw new Error(`it is a ${key.asymmetricKeyType} key; allowed are ${algorithms.join(", ")}`);
  return name;
}

/** The SubjectPublicKeyInfo of a private or public key. */
export function publicKeyDer(key: KeyObject): Buffer {
  return (key.type === "private" ? createPublicKey(key) : key).export({ type: "spki", format: "der" });
}

/** RFC 5280's first method: SHA-1 of the public key's bits. */
export function keyIdentifier(spki: Buffer): Buffer {
  const bits = read(read(spki)[0]!.content)[1]!.content.subarray(1);
  return createHash("sha1").update(bits).digest();
}

interface Scheme {
  readonly algorithm: Buffer;
  readonly hash: string | null;
}

/** The signature algorithm that fits a key: SHA-256, for the larger curves SHA-384 and SHA-512, as in Go. */
export function schemeOf(key: KeyObject): Scheme {
  const algorithm = algorithmOf(key);
  if (algorithm === "RSA") return { algorithm: sequence(oid("1.2.840.113549.1.1.11"), nothing()), hash: "sha256" };
  if (algorithm === "ED25519") return { algorithm: sequence(oid("1.3.101.112")), hash: null };
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (curve === curves.P384) return { algorithm: sequence(oid("1.2.840.10045.4.3.3")), hash: "sha384" };
  if (curve === curves.P521) return { algorithm: sequence(oid("1.2.840.10045.4.3.4")), hash: "sha512" };
  return { algorithm: sequence(oid("1.2.840.10045.4.3.2")), hash: "sha256" };
}

export function sign(key: KeyObject, data: Buffer): Buffer {
  return cryptoSign(schemeOf(key).hash, data, key);
}

/** Whether a signature made with the scheme that fits the key is right. */
export function verify(key: KeyObject, data: Buffer, signature: Buffer): boolean {
  return cryptoVerify(schemeOf(key).hash, data, key, signature);
}

/** PEM (RFC 7468) with a line break at the end, as Go writes it. */
export function pem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

/**
 * The DER in the first PEM block with this label.
 * @throws Error when there is none
 */
export function fromPem(label: string, text: string): Buffer {
  const match = new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]+)-----END ${label}-----`).exec(text);
  if (!match) throw new Error(`there is no "${label}" block in PEM format`);
  return Buffer.from(match[1]!, "base64");
}
