import { checkCode, newRecoveryCodes, recoveryDigest } from "../secondFactor.js";
import { recordEvent } from "./events.js";

/**
 * Turns the second factor of a user on and replaces their recovery codes.
 *
 * @param {import("../db.js").Database} db
 * @param {import("./users.js").User} user
 * @param {{ sealed: string, step: number, requestId?: string }} factor the encrypted secret, and the step of the code
 *   that proved it
 * @returns {Promise<string[]>} the recovery codes, shown once and stored only as digests
 */
export async function addSecondFactor(db, user, { sealed, step, requestId }) {
  const codes = newRecoveryCodes();
  await db.transaction(async (tx) => {
    await tx.query("UPDATE users SET totp_secret = $2, totp_step = $3 WHERE id = $1", [user.id, sealed, step]);
    await tx.query("DELETE FROM recovery_codes WHERE user_id = $1", [user.id]);
    await tx.query("INSERT INTO recovery_codes (user_id, digest) SELECT $1, unnest($2::text[])", [
      user.id,
      codes.map(recoveryDigest),
    ]);
    await recordEvent(tx, { kind: "user.second-factor-added", actor: user, requestId });
  });
  return codes;
}

/**
 * Takes the second factor of a user away: their own wish, or a lost phone.
 *
 * @param {import("../db.js").Database} db
 * @param {string} id
 * @param {import("./users.js").Doer} doer
 * @returns {Promise<boolean>} false when there was none
 */
export async function removeSecondFactor(db, id, { actor, requestId }) {
  return db.transaction(async (tx) => {
    const { rows } = await tx.query(
      "UPDATE users SET totp_secret = NULL WHERE id = $1 AND totp_secret IS NOT NULL RETURNING name",
      [id],
    );
    if (!rows[0]) return false;
    await tx.query("DELETE FROM recovery_codes WHERE user_id = $1", [id]);
    await recordEvent(tx, { kind: "user.second-factor-removed", actor, subject: rows[0].name, requestId });
    return true;
  });
}

/**
 * Checks the code of a user who has a second factor, and uses it up: a code of the app by its time, a recovery code by
 * its row. Two requests with the same code cannot both be right.
 *
 * @param {import("../db.js").Database} db
 * @param {string} userId
 * @param {string} code
 * @param {import("../secondFactor.js").SecretBox} box
 */
export async function useSecondFactor(db, userId, code, box) {
  return db.transaction(async (tx) => {
    const { rows } = await tx.query(
      "SELECT totp_secret AS sealed, totp_step AS step FROM users WHERE id = $1 AND totp_secret IS NOT NULL FOR NO KEY UPDATE",
      [userId],
    );
    if (!rows[0]) return false;
    const secret = box.open(rows[0].sealed, userId);
    const step = secret && checkCode(secret, code, rows[0].step);
    if (step) {
      await tx.query("UPDATE users SET totp_step = $2 WHERE id = $1", [userId, step]);
      return true;
    }
    const digest = recoveryDigest(code);
    const used = await tx.query("DELETE FROM recovery_codes WHERE user_id = $1 AND digest = $2", [userId, digest]);
    return used.rowCount === 1;
  });
}

/** How many recovery codes a user has left. @param {import("../db.js").Queryable} db @param {string} userId */
export async function countRecoveryCodes(db, userId) {
  const { rows } = await db.query("SELECT count(*) AS count FROM recovery_codes WHERE user_id = $1", [userId]);
  return rows[0].count;
}

/**
 * Seals with the present key what an accepted one has sealed, so that nothing is lost when that one is accepted no longer.
 * Any number of pods may do it at once.
 *
 * @param {import("../db.js").Database} db
 * @param {import("../secondFactor.js").SecretBox} box
 * @returns {Promise<number>} how many
 */
export async function renewSecondFactors(db, box) {
  const { rows } = await db.query("SELECT id, totp_secret AS sealed FROM users WHERE totp_secret IS NOT NULL");
  let renewed = 0;
  for (const { id, sealed } of rows) {
    const anew = box.renew(sealed, id);
    if (anew === undefined) continue;
    const { rowCount } = await db.query("UPDATE users SET totp_secret = $3 WHERE id = $1 AND totp_secret = $2", [
      id,
      sealed,
      anew,
    ]);
    renewed += rowCount ?? 0;
  }
  return renewed;
}
