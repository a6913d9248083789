import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import pg from "pg";

/** A port that nobody listens on now. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A program on the PATH or where Debian keeps Postgres. */
function program(/** @type {string} */ name) {
  const debian = "/usr/lib/postgresql";
  const folders = (process.env.PATH ?? "").split(delimiter);
  if (existsSync(debian)) folders.push(...readdirSync(debian).map((version) => join(debian, version, "bin")));
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (!found) throw new Error(`The tests need the program ${name}; install postgresql and redis-server.`);
  return found;
}

/** Postgres refuses to run as root; "nobody" will do for a folder of its own. */
const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

/** A real Postgres with passwords on a free port of 127.0.0.1, in a folder that goes away with it. */
export async function startPostgres() {
  const folder = mkdtempSync(join(tmpdir(), "panel-postgres-"));
  if (nobody.uid) chownSync(folder, nobody.uid, nobody.gid);
  const password = randomBytes(12).toString("hex");
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, password);
  const data = join(folder, "data");
  const made = spawnSync(
    program("initdb"),
    ["-D", data, "-U", "postgres", "-E", "UTF8", "--locale=C", "-A", "scram-sha-256", "-N", `--pwfile=${passwordFile}`],
    { ...nobody, encoding: "utf8", cwd: "/" },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const child = spawn(
    program("postgres"),
    ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", folder, "-c", "fsync=off", "-c", "shared_buffers=32MB"],
    { ...nobody, stdio: "ignore", cwd: "/" },
  );
  const admin = { host: "127.0.0.1", port, user: "postgres", password, database: "postgres" };
  for (let attempt = 0; ; attempt++) {
    const client = new pg.Client(admin);
    try {
      await client.connect();
      await client.end();
      break;
    } catch (error) {
      if (attempt > 100) throw error;
      await sleep(100);
    }
  }
  return {
    admin,
    async stop() {
      await ended(child, "SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A real Redis, as the platform runs it: a user with a password, nothing is evicted. */
export async function startRedis(port = 0) {
  const folder = mkdtempSync(join(tmpdir(), "panel-redis-"));
  const chosen = port || (await freePort());
  const password = "test-redis-password";
  const options = { port: chosen, bind: "127.0.0.1", dir: folder, save: "", "maxmemory-policy": "noeviction" };
  const child = spawn(
    program("redis-server"),
    Object.entries(options)
      .flatMap(([name, value]) => [`--${name}`, String(value)])
      .concat("--user", "panel", "on", `>${password}`, "~*", "&*", "+@all", "--user", "default", "off"),
    { stdio: "ignore" },
  );
  const redis = new Redis({
    port: chosen,
    username: "panel",
    password,
    retryStrategy: () => 50,
    maxRetriesPerRequest: 100,
  });
  redis.on("error", () => {});
  await redis.ping();
  return {
    env: { REDIS_HOST: "127.0.0.1", REDIS_PORT: String(chosen), REDIS_USERNAME: "panel", REDIS_PASSWORD: password },
    port: chosen,
    redis,
    async stop() {
      redis.disconnect();
      await ended(child, "SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Sends the signal to the process and waits until it has ended. */
export function ended(/** @type {import("node:child_process").ChildProcess} */ child, signal = "SIGTERM") {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve({ code: child.exitCode });
    child.once("exit", (code, by) => resolve({ code, by }));
    child.kill(/** @type {NodeJS.Signals} */ (signal));
  });
}

/** A database with a role and a schema, as the platform makes them: the role's search_path is its schema. */
export async function createDatabase() {
  const admin = JSON.parse(process.env.TEST_POSTGRES ?? "null");
  if (!admin) throw new Error("Run the tests with npm test: it starts the Postgres they use.");
  const name = `t${randomBytes(6).toString("hex")}`;
  const client = new pg.Client(admin);
  await client.connect();
  await client.query(`CREATE ROLE ${name} LOGIN PASSWORD '${name}'`);
  await client.query(`CREATE DATABASE ${name}`);
  await client.query(`ALTER ROLE ${name} IN DATABASE ${name} SET search_path = panel`);
  await client.end();
  const inside = new pg.Client({ ...admin, database: name });
  await inside.connect();
  await inside.query(`CREATE SCHEMA panel AUTHORIZATION ${name}`);
  await inside.end();
  return { PGHOST: admin.host, PGPORT: String(admin.port), PGDATABASE: name, PGUSER: name, PGPASSWORD: name };
}
