import { readConfig } from "../config.js";
import { openDatabase } from "../db.js";
import { createLogger } from "../logger.js";
import { cleanUp } from "../models/cleanup.js";

/** The scheduled job: deletes what has expired, and says how much. May run twice at once. */
export async function run() {
  const config = readConfig("cleanup");
  const log = createLogger(config);
  const db = openDatabase(config, log);
  try {
    const started = Date.now();
    const deleted = await cleanUp(db, { activityDays: config.activityDays });
    log.info({ ...deleted, ms: Date.now() - started }, "cleaned up");
  } finally {
    await db.close();
  }
}
