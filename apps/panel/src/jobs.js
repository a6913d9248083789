import { Worker } from "bullmq";
import { recordActivity } from "./models/activity.js";
import { queueName, queuePrefix } from "./queue.js";
import { within } from "./timeout.js";

/**
 * Takes jobs off the queue. `close` waits for the jobs that run; a job that is cut off is run again by another worker.
 *
 * @param {{ config: import("./config.js").Config, db: import("./db.js").Database,
 *   connection: import("./redis.js").RedisConnection, log: import("./logger.js").Logger }} parts
 */
export function startJobs({ config, db, connection, log }) {
  const worker = new Worker(
    queueName,
    async (job) => {
      const { jobTimeoutSeconds: seconds, pod } = config;
      const late = `took longer than JOB_TIMEOUT_SECONDS=${seconds}`;
      const written = await within(seconds * 1_000, handleEvent(db, job.data, pod), late);
      return { written };
    },
    {
      connection,
      prefix: queuePrefix,
      name: config.pod,
      concurrency: config.jobConcurrency,
      lockDuration: 30_000,
      maxStalledCount: 3,
    },
  );
  worker.on("error", (error) => log.warn({ err: error }, "the queue cannot be reached, trying again"));
  worker.on("completed", (job) =>
    log.info(
      {
        job: job.id,
        kind: job.name,
        requestId: job.data.requestId,
        written: job.returnvalue?.written,
        ms: (job.finishedOn ?? 0) - job.timestamp,
      },
      "job done",
    ),
  );
  worker.on("failed", (job, error) =>
    log.error(
      { job: job?.id, kind: job?.name, requestId: job?.data.requestId, attempt: job?.attemptsMade, err: error },
      "job failed",
    ),
  );
  return worker;
}

/**
 * The effect of an event: a line of activity. May be called again with the same event.
 *
 * @param {import("./db.js").Database} db
 * @param {{ eventId: string }} data
 * @param {string} pod
 */
export function handleEvent(db, { eventId }, pod) {
  return recordActivity(db, eventId, pod);
}
