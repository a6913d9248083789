// Runs the whole panel on this machine until Ctrl-C: a Postgres and a Redis of its own, web, worker, and the in-memory
// chat of the tests in place of the real one (CHAT_URL and CHAT_TOKEN_KEY_FILE in the environment name another).
import { startChatServer } from "./chatServer.js";
import { admin, chooseAdminPassword, runCommand, startBackends, startProcess, startWeb } from "./panel.js";
import { renderServers } from "./rendered.js";
import { makeCertificates, startPostgres } from "./services.js";

const port = Number(process.env.PORT ?? 3000);
const servers = renderServers();
const certificates = makeCertificates("localhost");
const postgres = await startPostgres(certificates);
process.env.TEST_POSTGRES = postgres.shared;
const backends = await startBackends();
const chat = process.env.CHAT_URL ? undefined : await startChatServer();
const env = {
  ...backends.env,
  STAGE: "dev",
  VERSION: "working-copy",
  PUBLIC_URL: `http://localhost:${port}`,
  CHAT_URL: process.env.CHAT_URL ?? `ws://localhost:${chat?.port}/socket`,
  ...(process.env.CHAT_TOKEN_KEY_FILE
    ? { CHAT_TOKEN_KEY: undefined, CHAT_TOKEN_KEY_FILE: process.env.CHAT_TOKEN_KEY_FILE }
    : {}),
};

const stop = async (code = 0) => {
  await backends.stop();
  await chat?.stop();
  await postgres.stop();
  servers.remove();
  certificates.remove();
  process.exit(code);
};
process.once("SIGINT", () => stop());
process.once("SIGTERM", () => stop());

try {
  const migrated = await runCommand({ ...env, ...backends.owner }, "migrate");
  if (migrated.code !== 0) throw new Error(migrated.err);
  const web = await startWeb(env, port);
  await chooseAdminPassword(web.url);
  for (const { child } of [web, startProcess(env, "worker")]) {
    child.stdout.pipe(process.stdout);
    child.stderr.pipe(process.stderr);
  }
  console.log(`\nOpen http://localhost:${port} and log in as ${admin.email} with ${admin.password}. Ctrl-C ends it.\n`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await stop(1);
}
