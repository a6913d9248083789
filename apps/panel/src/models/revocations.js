/** Any fixed number that no other lock of this database has. Whoever makes a token holds it shared, see `chatGrant`. */
const tokensLock = 5_923_140_772;

/** A token ends by itself after five minutes, and open sockets within 30 s; a week is far on the safe side. */
export const revocationDays = 7;

/**
 * Ends every chat token of before now that names the subject: the chat refuses it and closes the sockets it opened
 * (kind `room`: takes the room out of them). Call it as the last statement of the change it belongs to: it waits for
 * tokens that are being made, and tokens asked for later wait until the change is stored.
 *
 * @param {import("../db.js").Queryable} tx the transaction of the change
 * @param {"user" | "session" | "room"} kind
 * @param {string} subject the user's id, the session's `sid`, the room's slug
 */
export async function revoke(tx, kind, subject) {
  await tx.query("SELECT pg_advisory_xact_lock($1)", [tokensLock]);
  await tx.query(
    `INSERT INTO chat_revocations (kind, subject, at) VALUES ($1, $2, clock_timestamp())
     ON CONFLICT (kind, subject) DO UPDATE SET at = excluded.at`,
    [kind, subject],
  );
}

/**
 * What a chat token of this moment may say.
 *
 * @param {import("../db.js").Database} db
 * @param {{ userId: string, epoch: number, sid: string }} session
 * @returns {Promise<{ issuedAt: number, user: { id: string, name: string }, rooms: { slug: string, name: string }[] }
 *   | undefined>} `issuedAt` in seconds since 1970 with fraction, by the clock that revocations have, too; undefined when
 *   the session was ended meanwhile
 */
export async function chatGrant(db, { userId, epoch, sid }) {
  return db.transaction(async (tx) => {
    await tx.query("SELECT pg_advisory_xact_lock_shared($1)", [tokensLock]);
    const { rows } = await tx.query(
      `SELECT id, name, extract(epoch FROM clock_timestamp())::float8 AS now FROM users
       WHERE id = $1 AND session_epoch = $2 AND deactivated_at IS NULL AND NOT must_change_password
         AND NOT EXISTS (SELECT FROM sessions WHERE sid = $3 AND ended_at IS NOT NULL)`,
      [userId, epoch, sid],
    );
    if (!rows[0]) return undefined;
    const rooms = await tx.query("SELECT slug, name FROM rooms WHERE archived_at IS NULL ORDER BY lower(name), slug");
    const { id, name, now } = rows[0];
    return { issuedAt: now, user: { id, name }, rooms: rooms.rows };
  });
}

/**
 * Lets the chat's role read the revocations and nothing else of this schema. Only the owner of the table may.
 *
 * @param {import("../db.js").Queryable} tx
 * @param {string} role of Postgres
 */
export async function grantToChat(tx, role) {
  const { rows } = await tx.query(
    `SELECT format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), $1::text) AS usage,
            format('GRANT SELECT ON chat_revocations TO %I', $1::text) AS select`,
    [role],
  );
  await tx.query(rows[0].usage);
  await tx.query(rows[0].select);
}
