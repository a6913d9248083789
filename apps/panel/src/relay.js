import { addEvents } from "./queue.js";

const batch = 100;

/**
 * Moves events from the outbox in Postgres to the queue in Redis. Any number of workers may run it: SKIP LOCKED gives
 * each its own rows. An event that was handed over but not handled (Redis lost it, its job failed for good) is handed
 * over again, after one minute, then two, four, ... at most an hour.
 *
 * @param {import("./db.js").Database} db
 * @param {import("bullmq").Queue} queue
 * @returns {Promise<number>} how many events it moved
 */
export function publishBatch(db, queue) {
  return db.transaction(async (tx) => {
    const { rows } = await tx.query(
      `UPDATE events SET publications = publications + 1,
         publish_after = now() + least(interval '1 minute' * 2 ^ least(publications, 10), interval '1 hour')
       WHERE id IN (SELECT id FROM events WHERE handled_at IS NULL AND publish_after <= now()
                    ORDER BY publish_after LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING id, kind, publications, request_id AS "requestId"`,
      [batch],
    );
    // Redis first, COMMIT second: a crash in between hands the event over twice, never not at all.
    if (rows.length > 0) await addEvents(queue, rows);
    return rows.length;
  });
}

/**
 * Calls `publishBatch` once a second, at once again after a full batch, until it is stopped.
 *
 * @param {{ db: import("./db.js").Database, queue: import("bullmq").Queue, log: import("./logger.js").Logger,
 *   intervalMs?: number }} parts
 */
export function startRelay({ db, queue, log, intervalMs = 1_000 }) {
  let stopped = false;
  let failures = 0;
  let lastTurn = Date.now();
  /** @type {() => void} */
  let wake = () => {};

  const loop = async () => {
    while (!stopped) {
      let moved = 0;
      try {
        moved = await publishBatch(db, queue);
        if (failures > 0) log.info({ failures }, "events are handed to the queue again");
        failures = 0;
      } catch (error) {
        // Each second would drown the log: the first one, then one in about half a minute.
        if (failures++ % 30 === 0) log.warn({ err: error, failures }, "events cannot be handed to the queue now");
      }
      lastTurn = Date.now();
      if (stopped || moved === batch) continue;
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, intervalMs);
        wake = () => {
          clearTimeout(timer);
          resolve(undefined);
        };
      });
    }
  };
  const ended = loop();

  return {
    /** Milliseconds since the last turn ended, well or not. It grows only when the loop hangs. */
    sinceLastTurn: () => Date.now() - lastTurn,
    /** Finishes the turn that runs. */
    stop() {
      stopped = true;
      wake();
      return ended;
    },
  };
}
