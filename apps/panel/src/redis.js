import { Redis } from "ioredis";
import { isRefusal } from "./refusals.js";

/**
 * Opens a connection to Redis that reconnects for ever and logs a loss and a return once each.
 *
 * @param {import("./config.js").Config} config
 * @param {import("./logger.js").Logger} log
 * @param {{ use: string, blocking?: boolean }} purpose `use` is shown by CLIENT LIST. A request must fail soon when
 *   Redis is away, so a command waits two seconds; a `blocking` connection (BullMQ's workers) waits for ever.
 */
export function openRedis(config, log, { use, blocking = false }) {
  const redis = new Redis({
    ...config.redis,
    connectionName: `panel-${config.role}-${use}`,
    connectTimeout: 5_000,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
    ...(blocking ? { maxRetriesPerRequest: null } : { maxRetriesPerRequest: 3, commandTimeout: 2_000 }),
  });
  let away = false;
  let told = "";
  redis.on("error", (error) => {
    // Once for each reason: a wrong password after an outage is news.
    if (error.message !== told) {
      if (isRefusal(error)) log.error({ err: error, use }, "Redis refuses the log-in or a command");
      else log.warn({ err: error, use }, "Redis cannot be reached, trying again");
    }
    told = error.message;
    away = true;
  });
  redis.on("ready", () => {
    if (away) log.info({ use }, "Redis is back");
    away = false;
    told = "";
  });
  return redis;
}
/** @typedef {Redis} RedisConnection */
