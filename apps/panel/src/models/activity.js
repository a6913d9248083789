const columns = "event_id AS id, kind, actor_name AS actor, subject, at, recorded_at, worker";

/**
 * Turns an event into a line of the activity page, and the event into a handled one, in one transaction. The event's
 * id is the key of the line, so a job that runs twice (BullMQ promises at least once) leaves one line.
 *
 * @param {import("../db.js").Database} db
 * @param {string} eventId
 * @param {string} worker the pod that did it
 * @returns {Promise<boolean>} whether this run wrote the line
 */
export async function recordActivity(db, eventId, worker) {
  return db.transaction(async (tx) => {
    const inserted = await tx.query(
      `INSERT INTO activity (event_id, kind, actor_id, actor_name, subject, at, worker)
       SELECT id, kind, actor_id, actor_name, subject, at, $2 FROM events WHERE id = $1
       ON CONFLICT (event_id) DO NOTHING`,
      [eventId, worker],
    );
    await tx.query("UPDATE events SET handled_at = now() WHERE id = $1 AND handled_at IS NULL", [eventId]);
    return inserted.rowCount === 1;
  });
}

/**
 * One page of activity, newest first. `at` of a cursor is in microseconds since 1970.
 *
 * @param {import("../db.js").Queryable} db
 * @param {{ kind?: string, before?: { at: string, id: string }, limit?: number }} filter
 */
export async function listActivity(db, { kind, before, limit = 50 } = {}) {
  const { rows } = await db.query(
    `SELECT ${columns}, (extract(epoch FROM at) * 1000000)::bigint::text AS cursor FROM activity
     WHERE ($1::text IS NULL OR kind = $1)
       AND ($2::bigint IS NULL
            OR (at, event_id) < (timestamptz 'epoch' + $2::bigint * interval '1 microsecond', $3::uuid))
     ORDER BY at DESC, event_id DESC LIMIT $4`,
    [kind ?? null, before?.at ?? null, before?.id ?? null, limit + 1],
  );
  const more = rows.length > limit;
  const lines = rows.slice(0, limit);
  const last = lines.at(-1);
  return { lines, next: more && last ? { at: last.cursor, id: last.id } : undefined };
}

/** @param {import("../db.js").Queryable} db */
export async function countActivity(db) {
  const { rows } = await db.query("SELECT count(*) AS count FROM activity");
  return rows[0].count;
}
