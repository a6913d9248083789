import { revocationDays } from "./revocations.js";

const batch = 5_000;

/** A session ends seven days after its log-in (`absoluteSeconds`), or when it was not used for half a day. */
const sessionDays = 8;

/** How long a handled event stays to be looked at; its line of activity lives longer. */
const handledEventDays = 7;

/**
 * Deletes old activity and handled events, what was noted of ended sessions and of tokens that ended long ago, and the
 * hashes of temporary passwords that can no longer be used. Works in batches, so that no statement holds its locks for
 * long.
 *
 * @param {import("../db.js").Database} db
 * @param {{ activityDays: number }} keep
 */
export async function cleanUp(db, { activityDays }) {
  const activity = await repeat(db, "activity", "event_id", "at < now() - make_interval(days => $2)", activityDays);
  const events = await repeat(db, "events", "id", "handled_at < now() - make_interval(days => $2)", handledEventDays);
  const passwords = await db.query(
    `UPDATE users SET password_hash = NULL, password_expires_at = NULL
     WHERE must_change_password AND password_expires_at < now()`,
  );
  const sessions = await repeat(db, "sessions", "sid", "seen_at < now() - make_interval(days => $2)", sessionDays);
  // Its key has two columns and there are few: one statement.
  const revocations = await db.query("DELETE FROM chat_revocations WHERE at < now() - make_interval(days => $1)", [
    revocationDays,
  ]);
  return {
    activity,
    events,
    sessions,
    revocations: revocations.rowCount ?? 0,
    temporaryPasswords: passwords.rowCount ?? 0,
  };
}

/**
 * @param {import("../db.js").Database} db
 * @param {string} table
 * @param {string} key
 * @param {string} condition
 * @param {number} days
 */
async function repeat(db, table, key, condition, days) {
  for (let total = 0; ; ) {
    const { rowCount } = await db.query(
      `DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE ${condition} LIMIT $1 FOR UPDATE SKIP LOCKED)`,
      [batch, days],
    );
    total += rowCount ?? 0;
    if ((rowCount ?? 0) < batch) return total;
  }
}
