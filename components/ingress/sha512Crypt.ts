import { createHash } from "node:crypto";

/**
 * The fewest that `crypt` takes. NGINX hashes at every request, in the process that carries everybody's connections: a
 * thousand rounds take it half a millisecond, no longer than a TLS handshake that anybody may ask for.
 */
const rounds = 1000;

const alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

const sha512 = (...parts: readonly Buffer[]) => createHash("sha512").update(Buffer.concat(parts)).digest();

/** The bytes again and again, up to a length. */
function repeated(bytes: Buffer, length: number): Buffer {
  return Buffer.alloc(length, bytes);
}

/**
 * A password as `crypt` of glibc and of musl knows it, and NGINX through either: SHA-512 in many rounds
 * (https://www.akkadia.org/drepper/SHA-crypt.txt).
 *
 * @param salt up to 16 letters and digits
 */
export function sha512Crypt(password: string, salt: string): string {
  const secret = Buffer.from(password, "utf8");
  const salted = Buffer.from(salt, "ascii");
  const doubled = sha512(secret, salted, secret);
  const mixed: Buffer[] = [];
  for (let bits = secret.length; bits > 0; bits >>= 1) mixed.push(bits & 1 ? doubled : secret);
  let digest = sha512(secret, salted, repeated(doubled, secret.length), ...mixed);
  const p = repeated(sha512(repeated(secret, secret.length ** 2)), secret.length);
  const s = repeated(sha512(repeated(salted, salted.length * (16 + digest[0]!))), salted.length);
  for (let round = 0; round < rounds; round++) {
    const odd = round % 2 === 1;
    digest = sha512(
      odd ? p : digest,
      ...(round % 3 === 0 ? [] : [s]),
      ...(round % 7 === 0 ? [] : [p]),
      odd ? digest : p,
    );
  }
  return `$6$rounds=${rounds}$${salt}$${encoded(digest)}`;
}

/** Three bytes are four letters, in an order of the bytes that turns with each group. */
function encoded(digest: Buffer): string {
  const groups = Array.from({ length: 21 }, (_, group) => {
    const bytes = [group, group + 21, group + 42];
    const turn = group % 3;
    const [high, middle, low] = [...bytes.slice(turn), ...bytes.slice(0, turn)].map((at) => digest[at]!);
    return letters((high! << 16) | (middle! << 8) | low!, 4);
  });
  return [...groups, letters(digest[63]!, 2)].join("");
}

function letters(value: number, count: number): string {
  return Array.from({ length: count }, (_, at) => alphabet[(value >> (6 * at)) & 63]).join("");
}
