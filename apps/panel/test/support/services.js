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
import { rendered } from "./rendered.js";

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
 * A real Postgres as the program renders it, on a free port of 127.0.0.1 and in a folder that goes away with it. Its
 * roles are those of the program.
 *
 * @param {{ certificate: string, key: string, authority: string }} tls what it proves itself by; nobody comes without TLS
 */
export async function startPostgres(tls) {
  const { file, postgres: servers } = rendered();
  const folder = mkdtempSync(join(tmpdir(), "panel-postgres-"));
  if (nobody.uid) chownSync(folder, nobody.uid, nobody.gid);
  const { user, password } = servers.superuser;
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, password);
  const data = join(folder, "data");
  const made = spawnSync(
    program("initdb"),
    ["-D", data, "-U", user, "-E", "UTF8", "--locale=C.UTF-8", "-A", "scram-sha-256", "-N", `--pwfile=${passwordFile}`],
    { ...nobody, encoding: "utf8", cwd: "/" },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const own = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: folder,
    hba_file: file("pg_hba.conf"),
    fsync: "off",
    // Every test file has a whole system on this one server, and several files run at once.
    max_connections: "300",
    ...{ ssl: "on", ssl_cert_file: tls.certificate, ssl_key_file: tls.key },
  };
  const child = spawn(
    program("postgres"),
    ["-D", data, `--config-file=${file("postgresql.conf")}`].concat(
      Object.entries(own).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ),
    { ...nobody, stdio: ["ignore", "ignore", "pipe"], cwd: "/" },
  );
  let log = "";
  child.stderr.on("data", (text) => {
    log += text;
  });
  // The name in the certificate, which its clients verify.
  const ssl = { ca: readFileSync(tls.authority, "utf8") };
  const admin = { host: "localhost", port, user, password, database: "postgres", ssl };
  for (let attempt = 0; ; attempt++) {
    const client = new pg.Client(admin);
    try {
      await client.connect();
      await client.end();
      break;
    } catch (error) {
      if (attempt > 600 || child.exitCode !== null)
        throw new Error(`Postgres does not start: ${log}`, { cause: error });
      await sleep(100);
    }
  }
  const roles = spawn("sh", [file("roles.sh")], {
    // Without a terminal to ask for a password at, as in a pod.
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      ...process.env,
      ...servers.rolesEnvironment,
      ...{ PGHOST: admin.host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password, PGDATABASE: "postgres" },
      ...{ PGSSLMODE: "verify-full", PGSSLROOTCERT: tls.authority },
    },
  });
  let problem = "";
  roles.stderr.on("data", (text) => {
    problem += text;
  });
  const status = await new Promise((resolve) => roles.once("close", resolve));
  if (status !== 0) throw new Error(`the roles cannot be made: ${problem}`);
  return {
    admin,
    /** What the tests of all files are told of it (TEST_POSTGRES): how to log in, and the file with the authority. */
    shared: JSON.stringify({ ...admin, authority: tls.authority }),
    /** What it logged so far: every statement that was refused is in there. */
    log: () => log,
    async stop() {
      await ended(child, "SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A user beside the rendered ones, for what a test looks at or puts there itself. */
const observer = { user: "observer", password: "observer-of-this-test" };

/**
 * A real Redis with the configuration and the users that the program renders.
 *
 * @param {number} [port] a free one by default
 * @param {{ certificate: string, key: string, authority: string }} [tls] what it proves itself by, and then TLS alone
 */
export async function startRedis(port = 0, tls = undefined) {
  const { file, redis: panel } = rendered();
  const folder = mkdtempSync(join(tmpdir(), "panel-redis-"));
  const chosen = port || (await freePort());
  const users = join(folder, "users.acl");
  const { user, password } = observer;
  writeFileSync(users, `${readFileSync(file("users.acl"), "utf8")}user ${user} on >${password} ~* &* +@all\n`);
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
    ...{ bind: "127.0.0.1", aclfile: users },
  };
  // Redis goes to its folder while it reads that line, so an override behind it comes too late.
  const configuration = join(folder, "redis.conf");
  writeFileSync(configuration, readFileSync(file("redis.conf"), "utf8").replace(/^dir .*$/m, `dir ${folder}`));
  const child = spawn(
    program("redis-server"),
    [configuration, ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let log = "";
  child.stdout.on("data", (text) => {
    log += text;
  });
  const redis = new Redis({
    port: chosen,
    username: user,
    password,
    ...(tls ? { host: "localhost", tls: { ca: readFileSync(tls.authority) } } : {}),
    retryStrategy: () => (child.exitCode === null ? 50 : null),
    maxRetriesPerRequest: 600,
  });
  redis.on("error", () => {});
  await redis.ping().catch((cause) => {
    throw new Error(`Redis does not start: ${log}`, { cause });
  });
  return {
    env: {
      ...{ REDIS_HOST: "127.0.0.1", REDIS_PORT: String(chosen) },
      ...{ REDIS_USERNAME: panel.user, REDIS_PASSWORD: panel.password },
    },
    port: chosen,
    redis,
    /** What was refused by the ACL so far, one text for each kind. */
    async refused() {
      const entries = /** @type {unknown[][]} */ (await redis.acl("LOG"));
      return entries.map((entry) => entry.slice(2, 14).map(String).join(" "));
    },
    /** Ends it; a test in which a user was refused a command, a key or a log-in fails here. */
    async stop({ mayBeRefused = false } = {}) {
      const refused = child.exitCode === null && !mayBeRefused ? await this.refused() : [];
      redis.disconnect();
      await ended(child, "SIGTERM");
      rmSync(folder, { recursive: true, force: true });
      if (refused.length > 0) throw new Error(`Redis refused what the panel's user did:\n${refused.join("\n")}`);
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

/**
 * A database of its own with the program's roles and schemas: a copy of the one that `roles.sh` made.
 *
 * @typedef {{ PGHOST: string, PGPORT: string, PGDATABASE: string, PGUSER: string, PGPASSWORD: string, PGSSLMODE: string,
 *   PGSSLROOTCERT: string }} PgVariables
 * @returns {Promise<{ app: PgVariables, owner: PgVariables, chat: PgVariables, asSuperuser: pg.ClientConfig }>} how the
 *   serving pods of the panel, its migration and the pods of the chat log in
 */
export async function createDatabase() {
  const { authority, ...admin } = JSON.parse(process.env.TEST_POSTGRES ?? "{}");
  if (!authority) throw new Error("Run the tests with npm test: it starts the Postgres they use.");
  const { postgres } = rendered();
  const name = `t${randomBytes(6).toString("hex")}`;
  const client = new pg.Client(admin);
  await client.connect();
  try {
    // Two test files cannot copy it at the same moment.
    await client.query("SELECT pg_advisory_lock(1)");
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${postgres.database}`);
    // A copy has everything but who may connect.
    await client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
    const { rows } = await client.query(
      `SELECT format('GRANT %s ON DATABASE ${name} TO %I', privilege_type, grantee::regrole) AS grant
       FROM pg_database, aclexplode(datacl) WHERE datname = $1 AND grantee <> datdba`,
      [postgres.database],
    );
    for (const row of rows) await client.query(row.grant);
  } finally {
    await client.end();
  }
  const as = (/** @type {import("./rendered.js").LogIn} */ { user, password }) => ({
    ...{ PGHOST: admin.host, PGPORT: String(admin.port), PGDATABASE: name, PGUSER: user, PGPASSWORD: password },
    ...{ PGSSLMODE: "verify-full", PGSSLROOTCERT: authority },
  });
  return {
    app: as(postgres.panel.app),
    owner: as(postgres.panel.owner),
    chat: as(postgres.chat.app),
    asSuperuser: { ...admin, database: name },
  };
}
