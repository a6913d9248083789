import { Redis } from "ioredis";

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
  redis.on("error", (error) => {
    if (!away) log.warn({ err: error, use }, "Redis cannot be reached, trying again");
    away = true;
  });
  redis.on("ready", () => {
    if (away) log.info({ use }, "Redis is back");
    away = false;
  });
  return redis;
}
/** @typedef {Redis} RedisConnection */
