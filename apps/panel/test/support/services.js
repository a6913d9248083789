import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
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
  if (!found) throw new Error(`The tests need the program ${name}; install postgresql, redis-server and openssl.`);
  return found;
}

/** Postgres refuses to run as root; "nobody" will do for a folder of its own. */
const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

/**
 * Certificates for one run, by openssl: an authority, one that signed nothing here, and a server's for one DNS name.
 *
 * @param {string} dnsName
 */
export function makeCertificates(dnsName) {
  const folder = mkdtempSync(join(tmpdir(), "panel-tls-"));
  chmodSync(folder, 0o755);
  const file = (/** @type {string} */ name) => join(folder, name);
  const openssl = (/** @type {string[]} */ ...args) => {
    const run = spawnSync(program("openssl"), args, { encoding: "utf8" });
    if (run.status !== 0) throw new Error(`openssl ${args[0]} failed: ${run.stderr}`);
  };
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  for (const authority of ["ca", "other"]) {
    const files = ["-keyout", file(`${authority}.key`), "-out", file(`${authority}.crt`)];
    openssl("req", "-x509", ...key, "-subj", `/CN=panel test ${authority}`, ...files);
  }
  openssl("req", ...key.slice(0, -2), "-subj", "/CN=panel test", "-keyout", file("server.key"), "-out", file("csr"));
  writeFileSync(file("names"), `subjectAltName=DNS:${dnsName}\n`);
  const issuer = ["-CA", file("ca.crt"), "-CAkey", file("ca.key"), "-CAcreateserial", "-days", "2"];
  openssl("x509", "-req", "-in", file("csr"), ...issuer, "-extfile", file("names"), "-out", file("server.crt"));
  // Postgres reads a key that is its own and nobody else's.
  chmodSync(file("server.key"), 0o600);
  if (nobody.uid) chownSync(file("server.key"), nobody.uid, nobody.gid);
  return {
    authority: file("ca.crt"),
    otherAuthority: file("other.crt"),
    certificate: file("server.crt"),
    key: file("server.key"),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/**
 * A real Postgres with passwords on a free port of 127.0.0.1, in a folder that goes away with it.
 *
 * @param {{ certificate: string, key: string }} [tls] what it proves itself by; without it there is no TLS
 */
export async function startPostgres(tls) {
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
    [
      ...["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", folder],
      ...["-c", "fsync=off", "-c", "shared_buffers=32MB"],
      ...(tls ? ["-c", "ssl=on", "-c", `ssl_cert_file=${tls.certificate}`, "-c", `ssl_key_file=${tls.key}`] : []),
    ],
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
      if (attempt > 600) throw error;
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

/**
 * A real Redis, as the platform runs it: a user with a password, nothing is evicted.
 *
 * @param {number} [port] a free one by default
 * @param {{ certificate: string, key: string, authority: string }} [tls] what it proves itself by, and then TLS alone
 */
export async function startRedis(port = 0, tls = undefined) {
  const folder = mkdtempSync(join(tmpdir(), "panel-redis-"));
  const chosen = port || (await freePort());
  const password = "test-redis-password";
  const options = {
    ...(tls
      ? {
          port: 0,
          "tls-port": chosen,
          "tls-cert-file": tls.certificate,
          "tls-key-file": tls.key,
          "tls-ca-cert-file": tls.authority,
          "tls-auth-clients": "no",
        }
      : { port: chosen }),
    ...{ bind: "127.0.0.1", dir: folder, save: "", "maxmemory-policy": "noeviction" },
  };
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
    ...(tls ? { host: "localhost", tls: { ca: readFileSync(tls.authority) } } : {}),
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
