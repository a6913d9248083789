import { createHash, createPublicKey, type KeyObject, randomBytes } from "node:crypto";
import { pem } from "./keys";

/** A key as OpenSSH knows it. */
export interface OpenSshKey {
  /** The `authorized_keys` line. */
  readonly publicKey: string;
  readonly privateKey: string;
  readonly md5: string;
  readonly sha256: string;
}

const curve = "nistp256";

/** A private key in OpenSSH's formats, which are in the state of the official plugin. */
export function openSsh(key: KeyObject): OpenSshKey {
  const jwk = key.export({ format: "jwk" }) as Record<string, string>;
  const bytes = (name: string) => Buffer.from(jwk[name] ?? "", "base64url");
  const { type, publicPart, privatePart } = parts(key, bytes);

  const publicKey = Buffer.concat([field(type), ...publicPart]);
  const check = randomBytes(4);
  const comment = field("");
  const unpadded = Buffer.concat([check, check, field(type), ...privatePart, comment]);
  const padding = Buffer.from(Array.from({ length: (8 - (unpadded.length % 8)) % 8 }, (_, i) => i + 1));
  const whole = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    field("none"),
    field("none"),
    field(""),
    Buffer.from([0, 0, 0, 1]),
    field(publicKey),
    field(Buffer.concat([unpadded, padding])),
  ]);
  return {
    publicKey: `${type} ${publicKey.toString("base64")}\n`,
    privateKey: pem("OPENSSH PRIVATE KEY", whole),
    md5: createHash("md5").update(publicKey).digest("hex").match(/../g)!.join(":"),
    sha256: `SHA256:${createHash("sha256").update(publicKey).digest("base64").replace(/=+$/, "")}`,
  };
}

function parts(key: KeyObject, bytes: (name: string) => Buffer) {
  if (key.asymmetricKeyType === "ec") {
    const point = field(Buffer.concat([Buffer.from([4]), bytes("x"), bytes("y")]));
    return {
      type: `ecdsa-sha2-${curve}`,
      publicPart: [field(curve), point],
      privatePart: [field(curve), point, number(bytes("d"))],
    };
  }
  const x = Buffer.from((createPublicKey(key).export({ format: "jwk" }) as { x: string }).x, "base64url");
  return {
    type: "ssh-ed25519",
    publicPart: [field(x)],
    privatePart: [field(x), field(Buffer.concat([bytes("d"), x]))],
  };
}

/** RFC 4251 `string`: its length, then its bytes. */
function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** RFC 4251 `mpint` of a non-negative number. */
function number(bytes: Buffer): Buffer {
  let start = 0;
  while (start < bytes.length && bytes[start] === 0) start++;
  const trimmed = bytes.subarray(start);
  return field(trimmed.length > 0 && trimmed[0]! >= 0x80 ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed);
}
