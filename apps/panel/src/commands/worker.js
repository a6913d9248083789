import { writeFileSync } from "node:fs";
import { startBacklogReports } from "../backlog.js";
import { readConfig } from "../config.js";
import { openDatabase } from "../db.js";
import { heartbeatFile } from "../heartbeat.js";
import { startJobs } from "../jobs.js";
import { createLogger } from "../logger.js";
import { openQueue } from "../queue.js";
import { openRedis } from "../redis.js";
import { startRelay } from "../relay.js";
import { onShutdown } from "../shutdown.js";
import { within } from "../timeout.js";
import { startBeating } from "../workers.js";

/** A relay that has not ended a turn for so long hangs; its longest honest turn is bounded by timeouts far below. */
const hangsAfterMs = 45_000;

/** Moves events from the outbox to the queue and works on the queue, until SIGTERM. */
export async function run() {
  const config = readConfig("worker");
  const log = createLogger(config);
  const db = openDatabase(config, log);
  const redis = openRedis(config, log, { use: "jobs", blocking: true });
  const queue = openQueue(redis, log);
  const relay = startRelay({ db, queue, log });
  const jobs = startJobs({ config, db, connection: redis, log });
  const backlog = startBacklogReports({ db, log });
  const works = () => relay.sinceLastTurn() < hangsAfterMs && jobs.isRunning();
  const register = startBeating({ redis, log, name: config.pod, works });

  // Says that the process turns, not that Postgres or Redis do: a restart would not bring those back.
  const beat = () => {
    if (relay.sinceLastTurn() >= hangsAfterMs) return log.error({ ms: relay.sinceLastTurn() }, "the relay hangs");
    try {
      writeFileSync(heartbeatFile, String(Date.now()));
    } catch (error) {
      // Jobs are worth more than the probe: it tells soon enough when this goes on.
      log.error({ err: error }, "the heartbeat cannot be written");
    }
  };
  beat();
  const heart = setInterval(beat, 10_000);
  log.info({ concurrency: config.jobConcurrency }, "worker started");

  onShutdown({
    log,
    // A job may take this long, and one that is cut off is done twice; SHUTDOWN_SECONDS is for requests.
    seconds: config.jobTimeoutSeconds,
    async finish(deadline) {
      clearInterval(heart);
      backlog.stop();
      const left = () => Math.max(0, deadline - Date.now());
      try {
        await within(left(), Promise.all([relay.stop(), jobs.close()]));
      } catch (error) {
        const { jobTimeoutSeconds: seconds } = config;
        log.warn({ seconds, err: error }, "jobs did not end in time; another worker runs them again");
      }
      const closed = await Promise.allSettled(
        [register.stop(), queue.close(), db.close()].map((closing) => within(1_000, closing)),
      );
      for (const { reason } of closed.filter((result) => result.status === "rejected"))
        log.warn({ err: reason }, "not everything was closed");
      redis.disconnect();
    },
  });
}
