import { setTimeout as sleep } from "node:timers/promises";
import { readConfig } from "../config.js";
import { openDatabase } from "../db.js";
import { watchHealth } from "../health.js";
import { createLogger } from "../logger.js";
import { openRedis } from "../redis.js";
import { keepRenewing } from "../renewal.js";
import { onShutdown } from "../shutdown.js";
import { buildApp } from "../web/app.js";

/** How long the server still takes new connections after SIGTERM. */
const lingerMs = 1_000;

/** Serves the panel until SIGTERM. It starts without Postgres or Redis and says so in /readyz. */
export async function run() {
  const config = readConfig("web");
  const log = createLogger(config);
  const db = openDatabase(config, log);
  const redis = openRedis(config, log, { use: "web" });
  const health = watchHealth({ db, redis, log });
  const life = { draining: false };
  const endRenewal = keepRenewing({ config, db, log });
  const app = await buildApp({ config, db, redis, health, log, life });

  onShutdown({
    log,
    seconds: config.shutdownSeconds,
    async finish(deadline) {
      // From now on every answer ends its connection. Going on for a moment before the socket closes gives the proxy's
      // busy connections that answer; closing at once would cut off requests that are just arriving on them.
      life.draining = true;
      await sleep(lingerMs);
      const late = setTimeout(() => {
        log.warn({ seconds: config.shutdownSeconds }, "requests did not end in time and are cut off");
        app.server.closeAllConnections();
      }, deadline - Date.now());
      await app.close();
      clearTimeout(late);
      health.stop();
      endRenewal();
      await db.close();
      redis.disconnect();
    },
  });
  await app.listen({ host: config.host, port: config.port });
}
