// Starts the Postgres that all test files share, as the program renders it, runs them, ends it. Arguments go to
// node --test. At the end nothing may have been refused by Postgres: what the panel does is what its roles allow.
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { renderServers } from "./rendered.js";
import { makeCertificates, startPostgres } from "./services.js";

const folder = fileURLToPath(new URL("../", import.meta.url));
const args = process.argv.slice(2);
const files = args.filter((arg) => arg.endsWith(".test.js"));
const all = readdirSync(folder)
  .filter((file) => file.endsWith(".test.js"))
  .map((file) => `${folder}${file}`);
const options = args.filter((arg) => !arg.endsWith(".test.js"));

const servers = renderServers();
const certificates = makeCertificates("localhost");
const postgres = await startPostgres(certificates);
const tests = spawn(
  process.execPath,
  ["--test", "--test-concurrency=3", "--test-timeout=600000", ...options, ...(files.length > 0 ? files : all)],
  { stdio: "inherit", env: { ...process.env, TEST_POSTGRES: postgres.shared } },
);
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, () => tests.kill(signal));
const code = await new Promise((resolve) => tests.on("exit", resolve));
await postgres.stop();
servers.remove();
certificates.remove();
// The words of Postgres for SQLSTATE 42501, and the statement, which it logs in the next line.
const refused = postgres
  .log()
  .match(/^.*(permission denied|must be (owner|superuser|member)|must have).*(\n.*STATEMENT.*)?/gm);
if (refused) console.error(`Postgres refused what the panel's roles did:\n${refused.join("\n")}`);
process.exit(code || (refused ? 1 : 0));
