import { randomBytes, randomInt, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

const derive = /** @type {(password: string, salt: Buffer, length: number, options: object) => Promise<Buffer>} */ (
  /** @type {unknown} */ (promisify(scrypt))
);

/**
 * OWASP's password storage cheat sheet lists N=2^17 r=8 p=1 and, for the same strength in a quarter of the memory,
 * N=2^15 r=8 p=3: 32 MiB for each log-in that is being checked, which a pod of 256 MiB can hold.
 */
const cost = { N: 2 ** 15, r: 8, p: 3 };
const maxmem = 64 * 1024 * 1024;

/**
 * How many passwords are checked at the same time; more log-ins wait, so that a burst cannot use up the memory. In a
 * small pod one: two of 32 MiB and what the panel needs for itself (80 MiB) are more than it has.
 *
 * @param {number} limit bytes that the container may use; 0 when there is no limit
 */
export const checksAtOnce = (limit) => (limit > 0 && limit < 192 * 2 ** 20 ? 1 : 2);
const atOnce = checksAtOnce(process.constrainedMemory());
let running = 0;
/** @type {(() => void)[]} */
const waiting = [];

/**
 * The text to store for a password: `scrypt$N$r$p$salt$hash`.
 *
 * @param {string} password
 */
export async function hashPassword(password) {
  const salt = randomBytes(16);
  const hash = await inTurn(() => derive(password.normalize("NFKC"), salt, 32, { ...cost, maxmem }));
  return ["scrypt", cost.N, cost.r, cost.p, salt.toString("base64url"), hash.toString("base64url")].join("$");
}

/**
 * Whether the password is the one that was stored. It takes as long when there is no such user (`stored` undefined),
 * so that the time of an answer does not tell which e-mail addresses exist.
 *
 * @param {string} password
 * @param {string | null | undefined} stored
 */
export async function verifyPassword(password, stored) {
  const [, N, r, p, salt, hash] = (stored ?? nobody).split("$");
  const expected = Buffer.from(hash ?? "", "base64url");
  const options = { N: Number(N), r: Number(r), p: Number(p), maxmem };
  const actual = await inTurn(() =>
    derive(password.normalize("NFKC"), Buffer.from(salt ?? "", "base64url"), expected.length, options),
  );
  return timingSafeEqual(actual, expected) && stored != null;
}

/** No password gives this hash: it is random and its input is not known to anyone. */
const nobody = ["scrypt", cost.N, cost.r, cost.p, randomBytes(16).toString("base64url")]
  .concat(randomBytes(32).toString("base64url"))
  .join("$");

/** A password to read out and type once: 16 characters of an alphabet without look-alikes, about 79 bits. */
export function temporaryPassword() {
  const alphabet = "abcdefghijkmnpqrstuvwxyz23456789";
  const groups = Array.from({ length: 4 }, () => Array.from({ length: 4 }, () => alphabet[randomInt(32)]).join(""));
  return groups.join("-");
}

/**
 * Does work that needs memory when it is its turn, so that two such do not add up.
 *
 * @template T
 * @param {() => Promise<T>} work
 */
export async function inTurn(work) {
  if (running >= atOnce) await new Promise((resolve) => waiting.push(() => resolve(undefined)));
  else running++;
  try {
    return await work();
  } finally {
    // A waiting one takes over the place that this one had.
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}
