import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../../../../", import.meta.url));

/**
 * Has the program write what it gives to Postgres and Redis (`test/support/renderServers.ts`), once for a run of the
 * tests: they must not use servers that allow more than the ones that people run.
 *
 * @returns {{ folder: string, remove: () => void }}
 */
export function renderServers() {
  const folder = mkdtempSync(join(tmpdir(), "panel-servers-"));
  const script = ["--require", "./components/loader.cjs", "test/support/renderServers.ts", folder];
  const run = spawnSync(process.execPath, script, { cwd: repository, encoding: "utf8" });
  if (run.status !== 0) {
    throw new Error(`The program cannot render its servers; run npm ci in the repository's root first.\n${run.stderr}`);
  }
  // Postgres reads its files as another user.
  chmodSync(folder, 0o755);
  process.env.TEST_SERVERS = folder;
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * What was rendered: a file's path by its name, and `servers.json`.
 *
 * @typedef {{ user: string, password: string }} LogIn
 * @typedef {{ role: string, app: LogIn, owner: LogIn }} Part
 * @returns {{ file: (name: string) => string, redis: LogIn, postgres: { database: string, superuser: LogIn,
 *   rolesEnvironment: Record<string, string>, panel: Part, chat: Part } }}
 */
export function rendered() {
  const folder = process.env.TEST_SERVERS;
  if (!folder) throw new Error("Run the tests with npm test: it renders and starts the servers they use.");
  const file = (/** @type {string} */ name) => join(folder, name);
  return { file, ...JSON.parse(readFileSync(file("servers.json"), "utf8")) };
}
