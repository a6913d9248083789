import { readConfig } from "../config.js";
import { openDatabase } from "../db.js";
import { createLogger } from "../logger.js";
import { migrate } from "../migrations.js";
import { grantToChat } from "../models/revocations.js";
import { createFirstRoom } from "../models/rooms.js";
import { countUsers, createFirstAdmin } from "../models/users.js";

/** Brings the schema up to this version and makes the first administrator. Run again it changes nothing. */
export async function run() {
  const config = readConfig("migrate");
  const log = createLogger(config);
  const db = openDatabase(config, log);
  try {
    const applied = await migrate(db, log, async (tx) => {
      if (config.chatDatabaseRole) await grantToChat(tx, config.chatDatabaseRole);
      if ((await countUsers(tx)) > 0) return;
      if (!config.firstAdmin) {
        throw new Error(
          "There is no user yet; set ADMIN_EMAIL and ADMIN_PASSWORD (or ADMIN_PASSWORD_FILE) to make the first administrator.",
        );
      }
      await createFirstAdmin(tx, config.firstAdmin);
      await createFirstRoom(tx);
      log.info({ email: config.firstAdmin.email }, "first administrator made");
    });
    log.info({ applied }, applied.length > 0 ? "the database is up to date now" : "the database was up to date");
  } catch (error) {
    console.error(describe(/** @type {any} */ (error)));
    process.exitCode = 1;
  } finally {
    await db.close();
  }
}

/** What a person needs to mend a failed migration: its name, the words of Postgres and where in the file. */
function describe(/** @type {any} */ error) {
  const lines = [
    error.migration ? `Migration ${error.migration} failed; the ones before it stay applied.` : "Migrating failed.",
  ];
  lines.push(`  ${error.code ? `${error.code}: ` : ""}${error.message || error.name}`);
  for (const key of ["detail", "hint", "where", "schema", "table", "constraint", "position"]) {
    if (error[key]) lines.push(`  ${key}: ${error[key]}`);
  }
  return lines.join("\n");
}
