import { within } from "./timeout.js";

/** Members are JSON `{ name, since }`, scores the time of the last beat in seconds, by the clock of Redis. */
const key = "panel:workers";
const beatSeconds = 10;
/** A worker that missed three beats is not there any more. */
const goneAfterSeconds = 35;

/**
 * Tells the pages that a worker works, every ten seconds. Redis itself could list its connections (CLIENT LIST), but
 * only to a user who may manage the server, which the panel's must not; and a connection is no proof of work.
 *
 * @param {{ redis: import("./redis.js").RedisConnection, log: import("./logger.js").Logger, name: string,
 *   works?: () => boolean, intervalMs?: number }} parts `works` false leaves out a beat
 */
export function startBeating({ redis, log, name, works = () => true, intervalMs = beatSeconds * 1_000 }) {
  const member = JSON.stringify({ name, since: Math.floor(Date.now() / 1_000) });
  let busy = false;
  let failing = false;
  const beat = async () => {
    if (busy || !works()) return;
    busy = true;
    try {
      const now = await clock(redis);
      await redis
        .multi()
        .zadd(key, now, member)
        .zremrangebyscore(key, "-inf", now - 3_600)
        .exec();
      failing = false;
    } catch (error) {
      if (!failing) log.warn({ err: error }, "the sign of life of this worker cannot be written");
      failing = true;
    } finally {
      busy = false;
    }
  };
  void beat();
  const timer = setInterval(beat, intervalMs);
  return {
    /** Takes the worker off the list. */
    async stop() {
      clearInterval(timer);
      await within(1_000, redis.zrem(key, member));
    },
  };
}

/**
 * The workers that work now, the one that has done so for longest first.
 *
 * @param {import("./redis.js").RedisConnection} redis
 * @returns {Promise<{ name: string, seconds: number }[]>} `seconds` since it started
 */
export async function listWorkers(redis) {
  const now = await clock(redis);
  const members = await redis.zrangebyscore(key, now - goneAfterSeconds, "+inf");
  return members
    .map((member) => JSON.parse(member))
    .map(({ name, since }) => ({ name, seconds: Math.max(0, now - since) }))
    .sort((a, b) => b.seconds - a.seconds || a.name.localeCompare(b.name));
}

/** @param {import("./redis.js").RedisConnection} redis */
async function clock(redis) {
  const [seconds] = await redis.time();
  return Number(seconds);
}
