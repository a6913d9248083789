import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes, randomInt } from "node:crypto";
import { Secret, TOTP } from "otpauth";
import { renderSVG } from "uqr";

/** Seconds that one code is shown for (RFC 6238, 5.2). */
const period = 30;
/** The code before and the one after are right, too: clocks of phones differ (RFC 6238, 6). */
const window = 1;

/** A new secret of 160 bits, in base32: the length that RFC 4226, 4 recommends. */
export const newSecret = () => new Secret({ size: 20 }).base32;

/** @param {string} secret base32 @param {string} account what the app on the phone shows */
const totp = (secret, account) => new TOTP({ issuer: "Switchboard", label: account, secret, period });

/**
 * The secret as a picture to scan, for phones: SVG without scripts or styles.
 *
 * @param {string} secret
 * @param {string} account
 */
export const qrCode = (secret, account) => renderSVG(totp(secret, account).toString(), { border: 2 });

/**
 * Checks a code of six digits.
 *
 * @param {string} secret base32
 * @param {string} code
 * @param {number} lastStep the step of the last code that was used; it and those before it are worth nothing
 * @param {number} [now] milliseconds since 1970
 * @returns {number | undefined} the step of the code, to be stored; undefined when the code is wrong
 */
export function checkCode(secret, code, lastStep, now = Date.now()) {
  const digits = code.replace(/\s/g, "");
  if (!/^\d{6}$/.test(digits)) return undefined;
  const delta = totp(secret, "").validate({ token: digits, timestamp: now, window });
  if (delta === null) return undefined;
  const step = Math.floor(now / 1_000 / period) + delta;
  return step > lastStep ? step : undefined;
}

/** Ten codes for the day when the phone is lost: 50 bits each, in an alphabet without look-alikes. */
export function newRecoveryCodes() {
  const alphabet = "abcdefghijkmnpqrstuvwxyz23456789";
  const half = () => Array.from({ length: 5 }, () => alphabet[randomInt(32)]).join("");
  return Array.from({ length: 10 }, () => `${half()}-${half()}`);
}

/**
 * What is stored of a recovery code. It is random and tries are few, so a fast digest will do.
 *
 * @param {string} code as a person types it
 */
export const recoveryDigest = (code) =>
  createHash("sha256").update(code.toLowerCase().replace(/[\s-]/g, "")).digest("base64url");

/**
 * Encrypts secrets for the database, so that a copy of it alone opens nothing.
 *
 * @param {string} sessionSecret of the settings; with another one the secrets cannot be read, recovery codes still work
 * @param {readonly string[]} [accepted] further ones that open what they have sealed
 */
export function secretBox(sessionSecret, accepted = []) {
  const keyOf = (/** @type {string} */ secret) =>
    Buffer.from(hkdfSync("sha256", secret, "", "switchboard panel second factor", 32));
  const own = keyOf(sessionSecret);
  const others = accepted.map(keyOf);

  /** @param {string} text @param {string} userId a secret moved to another user's row does not open */
  function seal(text, userId) {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", own, nonce).setAAD(Buffer.from(userId));
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return [nonce, sealed, cipher.getAuthTag()].map((part) => part.toString("base64url")).join(".");
  }

  /** @param {string} text @param {string} userId @param {readonly Buffer[]} keys @returns {string | undefined} */
  function openWith(text, userId, keys) {
    const [nonce, sealed, tag] = text.split(".").map((part) => Buffer.from(part, "base64url"));
    for (const key of keys) {
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, nonce ?? Buffer.alloc(12)).setAAD(Buffer.from(userId));
        decipher.setAuthTag(tag ?? Buffer.alloc(16));
        return Buffer.concat([decipher.update(sealed ?? Buffer.alloc(0)), decipher.final()]).toString("utf8");
      } catch {
        // Another key sealed it, perhaps the next one.
      }
    }
    return undefined;
  }

  return {
    seal,
    /** @param {string} text @param {string} userId @returns {string | undefined} undefined when another key sealed it */
    open: (text, userId) => openWith(text, userId, [own, ...others]),
    /** @param {string} text @param {string} userId @returns {string | undefined} sealed anew, if an accepted key sealed it */
    renew(text, userId) {
      const secret = openWith(text, userId, others);
      return secret === undefined ? undefined : seal(secret, userId);
    },
  };
}
/** @typedef {ReturnType<typeof secretBox>} SecretBox */
