/**
 * The kinds of event and the sentence the activity page shows. The keys are stored: add, do not rename.
 *
 * @type {Readonly<Record<string, string>>}
 */
export const eventKinds = Object.freeze({
  "user.logged-in": "logged in",
  "user.logged-out": "logged out",
  "user.created": "created the user",
  "user.changed": "changed the user",
  "user.deactivated": "deactivated the user",
  "user.activated": "activated the user again",
  "user.password-reset": "gave a temporary password to",
  "user.password-changed": "changed their own password",
  "user.signed-out": "signed out everywhere",
  "user.second-factor-added": "added a second factor to their log-in",
  "user.second-factor-removed": "took the second factor from",
  "room.created": "opened the room",
  "room.renamed": "renamed a room to",
  "room.archived": "archived the room",
  "room.restored": "brought back the room",
  "worker.checked": "asked the workers for a sign of life",
});

/**
 * @typedef {object} NewEvent
 * @property {string} kind a key of `eventKinds`
 * @property {{ id: string, name: string } | null} actor null when the system did it
 * @property {string} [subject] what it was done to, as a person would name it
 * @property {string} [requestId] leads from the activity to the log lines of the request
 */

/**
 * Writes an event to the outbox. Called with the transaction of the change it tells of, it is stored exactly when
 * the change is; the workers pick it up from there, also when Redis is away now.
 *
 * @param {import("../db.js").Queryable} tx
 * @param {NewEvent} event
 */
export async function recordEvent(tx, { kind, actor, subject = "", requestId }) {
  if (!(kind in eventKinds)) throw new Error(`Unknown kind of event "${kind}"; known: ${Object.keys(eventKinds)}.`);
  await tx.query("INSERT INTO events (kind, actor_id, actor_name, subject, request_id) VALUES ($1, $2, $3, $4, $5)", [
    kind,
    actor?.id ?? null,
    actor?.name ?? "The system",
    subject,
    requestId ?? null,
  ]);
}

/** How many events wait: not handed to the queue yet, and handed over but not done. */
export async function countEvents(/** @type {import("../db.js").Queryable} */ db) {
  const { rows } = await db.query(
    `SELECT count(*) FILTER (WHERE publications = 0) AS waiting, count(*) FILTER (WHERE publications > 0) AS published,
            extract(epoch FROM now() - min(at))::int AS oldest_seconds
     FROM events WHERE handled_at IS NULL`,
  );
  return { waiting: rows[0].waiting, published: rows[0].published, oldestSeconds: rows[0].oldest_seconds };
}
