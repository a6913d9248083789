import { setTimeout as sleep } from "node:timers/promises";
import { renewSecondFactors } from "./models/secondFactor.js";
import { secretBox } from "./secondFactor.js";

/** After a change of the session secret pods of before may seal something for as long as they serve. */
const againMs = 3_600_000;
/** Postgres may be away when a pod starts. */
const afterFailureMs = 30_000;

/**
 * Seals second factors with the present session secret, now and each hour, while there are accepted ones beside it.
 *
 * @param {{ config: Pick<import("./config.js").Config, "sessionSecret" | "acceptedSessionSecrets">,
 *   db: import("./db.js").Database, log: import("./logger.js").Logger }} parts
 * @returns {() => void} ends it
 */
export function keepRenewing({ config, db, log }) {
  const ended = new AbortController();
  const { sessionSecret, acceptedSessionSecrets } = config;
  if (acceptedSessionSecrets.length > 0) void renew();
  return () => ended.abort();

  async function renew() {
    const box = secretBox(sessionSecret, acceptedSessionSecrets);
    while (!ended.signal.aborted) {
      let pause = againMs;
      try {
        const renewed = await renewSecondFactors(db, box);
        if (renewed > 0) log.info({ renewed }, "second factors are sealed with the present session secret");
      } catch (error) {
        if (ended.signal.aborted) return;
        log.warn(
          { err: error },
          "second factors could not be sealed with the present session secret; it is tried again",
        );
        pause = afterFailureMs;
      }
      await sleep(pause, undefined, { signal: ended.signal, ref: false }).catch(() => {});
    }
  }
}
