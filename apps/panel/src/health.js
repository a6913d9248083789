import { pendingMigrations } from "./migrations.js";
import { isRefusal } from "./refusals.js";
import { within } from "./timeout.js";

/**
 * Watches Postgres and Redis, so that a probe is answered from memory and one slow answer does not take every pod out
 * of service at once: it takes three failures in a row to be not ready, and one success to be ready again.
 *
 * @param {{ db: import("./db.js").Database, redis: import("./redis.js").RedisConnection,
 *   log: import("./logger.js").Logger, intervalMs?: number, timeoutMs?: number }} parts
 */
export function watchHealth({ db, redis, log, intervalMs = 3_000, timeoutMs = 1_000 }) {
  const failuresToBeDown = 3;
  const unknown = { up: false, failures: 0, ms: undefined, reason: "not checked yet", refuses: false };
  /** @type {Record<"postgres" | "redis", Dependency>} */
  const dependencies = {
    postgres: { ...unknown, check: () => db.query("SELECT 1") },
    redis: { ...unknown, check: () => redis.ping() },
  };
  let migrated = false;

  const checkOne = async (/** @type {string} */ name, /** @type {Dependency} */ dependency) => {
    const started = performance.now();
    try {
      await within(timeoutMs, dependency.check());
      dependency.ms = Math.round((performance.now() - started) * 10) / 10;
      if (!dependency.up) log.info({ dependency: name, ms: dependency.ms }, "dependency is up");
      Object.assign(dependency, { up: true, failures: 0, reason: undefined, refuses: false });
    } catch (error) {
      dependency.failures++;
      dependency.ms = undefined;
      const reason = error instanceof Error ? error.message || error.name : String(error);
      // A refusal stays until somebody mends it, and at the start nothing was up that could be seen to go down.
      if (isRefusal(error) && dependency.reason !== reason)
        log.error({ dependency: name, err: error }, "dependency refuses the panel");
      Object.assign(dependency, { reason, refuses: isRefusal(error) });
      if (dependency.up && dependency.failures >= failuresToBeDown) {
        dependency.up = false;
        log.warn({ dependency: name, reason: dependency.reason }, "dependency is down");
      }
    }
  };
  const check = () => Promise.all(Object.entries(dependencies).map(([name, dependency]) => checkOne(name, dependency)));

  const first = check();
  const timer = setInterval(check, intervalMs);
  timer.unref();

  const status = () =>
    Object.fromEntries(
      Object.entries(dependencies).map(([name, { up, ms, reason, refuses }]) => [name, { up, ms, reason, refuses }]),
    );
  return {
    /** Resolves after the first look. */
    first,
    status,
    isReady: () => Object.values(dependencies).every(({ up }) => up),
    /** The migrations that are missing; once there are none it does not ask Postgres again. */
    async missingMigrations() {
      if (migrated) return [];
      const missing = await within(timeoutMs, pendingMigrations(db));
      migrated = missing.length === 0;
      return missing;
    },
    stop: () => clearInterval(timer),
  };
}
/** @typedef {ReturnType<typeof watchHealth>} Health */

/**
 * @typedef {object} Dependency
 * @property {boolean} up
 * @property {number} failures in a row
 * @property {number | undefined} ms how long the last good answer took
 * @property {string | undefined} reason of the last failure
 * @property {boolean} refuses whether it answered, and said no
 * @property {() => Promise<unknown>} check
 */
