import { Queue } from "bullmq";
import { isRefusal } from "./refusals.js";
import { within } from "./timeout.js";
import { listWorkers } from "./workers.js";

/** The one queue of the panel; its keys in Redis begin with "panel:events:". */
export const queueName = "events";
export const queuePrefix = "panel";

/**
 * The queue, to add jobs and to look at it. Jobs are at-least-once: every handler has an idempotency key.
 *
 * BullMQ asks Redis for its version once, on opening, and a queue whose question failed stays unusable. So one that
 * lives long belongs on a `blocking` connection, where a command waits for Redis instead of failing.
 *
 * @param {import("./redis.js").RedisConnection} connection
 * @param {import("./logger.js").Logger} log
 */
export function openQueue(connection, log) {
  const queue = new Queue(queueName, {
    connection,
    prefix: queuePrefix,
    defaultJobOptions: {
      attempts: 5,
      backoff: { type: "exponential", delay: 1_000, jitter: 0.5 },
      // Enough to look at; the ledger of what happened is in Postgres.
      removeOnComplete: { count: 200, age: 24 * 3600 },
      removeOnFail: { count: 500, age: 7 * 24 * 3600 },
    },
  });
  // The connection logs its own loss; without a listener the error event would end the process.
  queue.on("error", (error) => {
    if (isRefusal(error)) log.error({ err: error }, "Redis refuses what the queue needs");
  });
  return queue;
}

/**
 * Hands events of the outbox to the queue.
 *
 * @param {Queue} queue
 * @param {{ id: string, kind: string, publications: number, requestId: string | null }[]} events
 */
export function addEvents(queue, events) {
  const jobs = queue.addBulk(
    events.map(({ id, kind, publications, requestId }) => ({
      name: kind,
      // The request that the event came from, for the log of whoever does the job.
      data: { eventId: id, ...(requestId && { requestId }) },
      // Counts up, because BullMQ ignores an id that it still knows, for example of a job that failed for good.
      opts: { jobId: `${id}-${publications}` },
    })),
  );
  return within(5_000, jobs, "Redis did not take the jobs within 5 s");
}

/**
 * What the queue holds and who works on it.
 *
 * @param {import("./redis.js").RedisConnection} connection
 * @param {import("./logger.js").Logger} log
 */
export async function queueNumbers(connection, log) {
  const queue = openQueue(connection, log);
  try {
    return await within(2_500, readNumbers(queue, connection));
  } finally {
    // The connection is shared and stays open.
    queue.close().catch((error) => log.debug({ err: error }, "the queue was not closed"));
  }
}

/** @param {Queue} queue @param {import("./redis.js").RedisConnection} connection */
async function readNumbers(queue, connection) {
  const [counts, workers, failed] = await Promise.all([
    queue.getJobCounts("waiting", "active", "delayed", "completed", "failed"),
    listWorkers(connection),
    queue.getFailed(0, 9),
  ]);
  return {
    waiting: counts.waiting ?? 0,
    active: counts.active ?? 0,
    delayed: counts.delayed ?? 0,
    completed: counts.completed ?? 0,
    failed: counts.failed ?? 0,
    workers,
    lastFailed: failed
      .filter((job) => job !== undefined)
      .map((job) => ({ name: job.name, reason: job.failedReason, at: new Date(job.finishedOn ?? job.timestamp) })),
  };
}
