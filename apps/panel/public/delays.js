/**
 * How long to wait before attempt number `attempt` (from 0): doubles from half a second to half a minute, with the upper
 * half left to chance, so that clients that lost the same server do not come back in step.
 */
export function reconnectDelay(/** @type {number} */ attempt, /** @type {number} */ chance) {
  const most = Math.min(30_000, 500 * 2 ** attempt);
  return most / 2 + (most / 2) * chance;
}

/**
 * When to replace a connection that ends in `lifeMs`: a fifth before its end (five minutes at most), and up to a fifth (a
 * minute at most) earlier, for those who all logged in at nine o'clock.
 */
export function renewalDelay(/** @type {number} */ lifeMs, /** @type {number} */ chance) {
  return Math.max(10_000, lifeMs - Math.min(5 * 60_000, lifeMs / 5) - chance * Math.min(60_000, lifeMs / 5));
}

/** Milliseconds until it is tried again after "not now": a limit on the rate, a database that is away. */
export function notNowDelay(/** @type {number} */ random) {
  return 1_000 * (1 + random);
}
