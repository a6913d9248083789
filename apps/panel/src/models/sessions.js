import { recordEvent } from "./events.js";
import { revoke } from "./revocations.js";

/** A session that is used is written down as seen at most this often. */
const seenEveryMinutes = 5;

/**
 * Notes a log-in, to be looked at and ended later.
 *
 * @param {import("../db.js").Queryable} db
 * @param {{ sid: string, userId: string, address: string, agent: string }} session `sid` as `sessionIdDigest` makes it
 */
export async function noteSession(db, { sid, userId, address, agent }) {
  await db.query(
    "INSERT INTO sessions (sid, user_id, address, agent) VALUES ($1, $2, $3, $4) ON CONFLICT (sid) DO NOTHING",
    [sid, userId, address, agent.slice(0, 300)],
  );
}

/** @param {import("../db.js").Queryable} db @param {string} sid */
export async function seeSession(db, sid) {
  await db.query(
    `UPDATE sessions SET seen_at = now() WHERE sid = $1 AND seen_at < now() - make_interval(mins => ${seenEveryMinutes})`,
    [sid],
  );
}

/**
 * The sessions of a user that can still be used, the last one first.
 *
 * @param {import("../db.js").Queryable} db
 * @param {string} userId
 * @param {{ idleSeconds: number, absoluteSeconds: number }} limits
 * @returns {Promise<{ sid: string, startedAt: Date, seenAt: Date, address: string, agent: string }[]>}
 */
export async function listSessions(db, userId, { idleSeconds, absoluteSeconds }) {
  const { rows } = await db.query(
    `SELECT sid, started_at AS "startedAt", seen_at AS "seenAt", address, agent FROM sessions
     WHERE user_id = $1 AND ended_at IS NULL AND seen_at > now() - make_interval(secs => $2)
       AND started_at > now() - make_interval(secs => $3)
     ORDER BY seen_at DESC, sid LIMIT 100`,
    [userId, idleSeconds + seenEveryMinutes * 60, absoluteSeconds],
  );
  return rows;
}

/**
 * Ends one session of a user, in the panel with the next request and in the chat within half a minute.
 *
 * @param {import("../db.js").Database} db
 * @param {import("./users.js").User} user
 * @param {string} sid
 * @param {{ requestId?: string }} [request]
 * @returns {Promise<boolean>} false when the user has no such session
 */
export async function endSession(db, user, sid, { requestId } = {}) {
  return db.transaction(async (tx) => {
    const { rowCount } = await tx.query(
      "UPDATE sessions SET ended_at = now() WHERE sid = $1 AND user_id = $2 AND ended_at IS NULL",
      [sid, user.id],
    );
    if (!rowCount) return false;
    await recordEvent(tx, { kind: "user.logged-out", actor: user, requestId });
    await revoke(tx, "session", sid);
    return true;
  });
}

/**
 * Ends every session of a user and what they opened in the chat. The caller raises the user's epoch in the same
 * transaction, before this.
 *
 * @param {import("../db.js").Queryable} tx
 * @param {string} userId
 */
export async function endAllSessions(tx, userId) {
  await tx.query("UPDATE sessions SET ended_at = now() WHERE user_id = $1 AND ended_at IS NULL", [userId]);
  await revoke(tx, "user", userId);
}
