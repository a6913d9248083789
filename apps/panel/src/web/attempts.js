import { createHmac } from "node:crypto";
import { derivedKey } from "./session.js";

/** Failures are counted for so long from the first one on. */
const windowSeconds = 15 * 60;

/**
 * So many wrong passwords or codes are allowed in that time. For one account from one address: nobody mistypes more
 * often. For one account from anywhere: guesses from many addresses. From one address for any account: one password
 * tried on everybody; an office behind one address makes fewer mistakes than that. Right ones never count.
 */
export const mostFailures = { pair: 10, account: 50, address: 100 };

/*
 * Asked before a password is checked, and counted at once, so that a thousand requests at the same moment do not all
 * pass. KEYS: pair, account, address; ARGV: their limits, the window. The address alone is only looked at: counting it
 * ahead would refuse an office in which everybody logs in at nine. Answers how many seconds to wait, 0 for none.
 */
const take = `
  for index = 1, #KEYS do
    if tonumber(redis.call('GET', KEYS[index]) or '0') >= tonumber(ARGV[index]) then
      return math.max(1, redis.call('TTL', KEYS[index]))
    end
  end
  for index = 1, 2 do
    redis.call('INCR', KEYS[index])
    if redis.call('TTL', KEYS[index]) < 0 then redis.call('EXPIRE', KEYS[index], ARGV[4]) end
  end
  return 0`;

/** Takes one back. KEYS: a counter. */
const giveBack = `
  if tonumber(redis.call('GET', KEYS[1]) or '0') > 0 then return redis.call('DECR', KEYS[1]) end
  return 0`;

/**
 * Limits tries by their failures, for every pod together.
 *
 * @param {import("../redis.js").RedisConnection} redis
 * @param {string} sessionSecret accounts are in Redis and in the log as a keyed digest: what people type into the field
 *   of the e-mail address may be a password
 */
export function limitAttempts(redis, sessionSecret) {
  const key = derivedKey(sessionSecret, "accounts");
  /** How an account is named in the log. @param {string} account */
  const nameOf = (account) =>
    createHmac("sha256", key).update(account.trim().toLowerCase()).digest("base64url").slice(0, 22);

  return {
    nameOf,
    /**
     * Call it before a try is checked, and `failed`, `succeeded` or `undecided` of the answer afterwards.
     *
     * @param {"log-in" | "password" | "code"} what
     * @param {string} account an e-mail address, or the id of a user
     * @param {string} address
     * @returns {Promise<{ wait: number, failed: () => Promise<void>, succeeded: () => Promise<void>,
     *   undecided: (error: unknown) => Promise<never> }>} `wait` in seconds; while it is not 0 the try must not be checked
     */
    async begin(what, account, address) {
      const name = nameOf(account);
      const counter = (/** @type {string} */ of) => `panel:failures:${what}:${of}`;
      const keys = { pair: counter(`${name}:${address}`), account: counter(name), address: counter(address) };
      const limits = [mostFailures.pair, mostFailures.account, mostFailures.address];
      const wait = await redis.eval(take, 3, keys.pair, keys.account, keys.address, ...limits, windowSeconds);
      return {
        wait: Number(wait),
        async failed() {
          await redis.multi().incr(keys.address).expire(keys.address, windowSeconds, "NX").exec();
        },
        async succeeded() {
          await Promise.all([redis.del(keys.pair), redis.eval(giveBack, 1, keys.account)]);
        },
        /** The check itself failed, for example because Postgres is away: nobody knows whether the try was right. */
        async undecided(error) {
          const back = [keys.pair, keys.account].map((counter) => redis.eval(giveBack, 1, counter));
          // What went wrong first is what is told; a counter that stays ends by itself.
          await Promise.allSettled(back);
          throw error;
        },
      };
    },
  };
}
/** @typedef {ReturnType<typeof limitAttempts>} Attempts */
