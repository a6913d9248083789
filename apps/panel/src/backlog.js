import { countEvents } from "./models/events.js";
import { isRefusal } from "./refusals.js";
import { within } from "./timeout.js";

/** Half of what `switchboard status` looks back, so that one line is always in reach. */
const everyMs = 30_000;

/** The message of the line; `switchboard status` looks for it. */
export const backlogMessage = "jobs to be done";

/**
 * Logs how many jobs are not done and how old the oldest is, at once and every half minute: jobs that pile up are seen in
 * the log and in `switchboard status`, and a pipeline of logs can raise an alarm. What is counted is the outbox in
 * Postgres, which knows of every job until it is done, also while Redis is away.
 *
 * @param {{ db: import("./db.js").Database, log: import("./logger.js").Logger, intervalMs?: number }} parts
 */
export function startBacklogReports({ db, log, intervalMs = everyMs }) {
  const report = async () => {
    try {
      const { waiting, published, oldestSeconds } = await within(5_000, countEvents(db));
      log.info({ waiting, queued: published, oldestSeconds: oldestSeconds ?? 0 }, backlogMessage);
    } catch (error) {
      // That Postgres is away is logged by whoever needs it; that it refuses would be logged by nobody.
      if (isRefusal(error)) log.error({ err: error }, "Postgres refuses to count the jobs");
    }
  };
  void report();
  const timer = setInterval(report, intervalMs);
  return { stop: () => clearInterval(timer) };
}
