import assert from "node:assert/strict";
import { after } from "node:test";
import { chooseAdminPassword, startBackends, startWeb } from "./panel.js";

/**
 * A panel for all tests of a file: its Postgres and Redis, migrated, a web process, and its administrator, logged in. All of
 * it ends with the file's last test, also where a part of it did not start.
 */
export async function openPanel() {
  const backends = await startBackends();
  /** @type {Awaited<ReturnType<typeof startWeb>> | undefined} */ let web;
  after(async () => {
    await web?.end();
    await backends.stop();
  });
  const migrated = await backends.migrate();
  assert.equal(migrated.code, 0, migrated.err);
  web = await startWeb(backends.env);
  return { backends, web, boss: await chooseAdminPassword(web.url) };
}
