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
import { leftToOfficial } from "../generated";
import { oid, read, sequence } from "./der";

/** The algorithms that the program asks for; ECDSA on P-256 alone. */
export const algorithms = ["ECDSA", "ED25519"] as const;
export type Algorithm = (typeof algorithms)[number];

const generate = promisify(generateKeyPair) as unknown as (
  type: string,
  options: object,
) => Promise<{ privateKey: KeyObject }>;

/** A new private key. */
export async function newPrivateKey(algorithm: Algorithm): Promise<KeyObject> {
  const pair = algorithm === "ECDSA" ? generate("ec", { namedCurve: "prime256v1" }) : generate("ed25519", {});
  return (await pair).privateKey;
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

/** Which of the algorithms a key is of. @throws Error for any other */
export function algorithmOf(key: KeyObject): Algorithm {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === "ed25519") return "ED25519";
  if (type === "ec" && details?.namedCurve === "prime256v1") return "ECDSA";
  throw new Error(
    `it is a key of type ${[type, details?.namedCurve].filter(Boolean).join(" ")}; ${leftToOfficial("tls")}`,
  );
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

/** The signature algorithm that fits a key, as in Go. */
export function schemeOf(key: KeyObject): Scheme {
  return algorithmOf(key) === "ED25519"
    ? { algorithm: sequence(oid("1.3.101.112")), hash: null }
    : { algorithm: sequence(oid("1.2.840.10045.4.3.2")), hash: "sha256" };
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
