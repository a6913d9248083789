import assert from "node:assert/strict";
import { execFile as execFileCallback } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, before, test } from "node:test";
import { rootCertificates } from "node:tls";
import { promisify } from "node:util";
import { readConfig } from "../src/config.js";
import { openDatabase } from "../src/db.js";
import { openRedis } from "../src/redis.js";
import { chatToken } from "./support/panel.js";
import { makeCertificates, startPostgres, startRedis } from "./support/services.js";

const execFile = promisify(execFileCallback);

/** @type {ReturnType<typeof makeCertificates>} */ let tls;
/** @type {Awaited<ReturnType<typeof startPostgres>>} */ let postgres;
/** @type {Awaited<ReturnType<typeof startRedis>>} */ let redis;
/** @type {Awaited<ReturnType<typeof startRedis>>} */ let plainRedis;
before(async () => {
  // The name in the certificate; 127.0.0.1, the same server, is not in it.
  tls = makeCertificates("localhost");
  [postgres, redis, plainRedis] = await Promise.all([startPostgres(tls), startRedis(0, tls), startRedis()]);
});
after(async () => {
  await Promise.all([postgres?.stop(), redis?.stop(), plainRedis?.stop()]);
  tls?.remove();
});

const elsewhere = {
  PUBLIC_URL: "https://panel.example.com",
  CHAT_URL: "wss://chat.example.com/socket",
  PGHOST: "localhost",
  PGDATABASE: "postgres",
  PGUSER: "postgres",
  PGPASSWORD: "unused",
  REDIS_HOST: "localhost",
  SESSION_SECRET: "s".repeat(32),
  CHAT_TOKEN_KEY: chatToken.privateKey,
};

/** The panel's own configuration, database and Redis, as the environment makes them. */
const configured = (/** @type {Record<string, string>} */ env) => readConfig("web", { ...elsewhere, ...env });
const silent = /** @type {any} */ ({ warn() {}, info() {} });

/** Connects as the panel does and says whether the server sees TLS. */
async function askPostgres(/** @type {Record<string, string>} */ env) {
  const { port, password } = postgres.admin;
  const database = openDatabase(configured({ PGPORT: String(port), PGPASSWORD: password, ...env }), silent);
  try {
    const { rows } = await database.query("SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
    return rows[0];
  } finally {
    await database.close();
  }
}

/** Connects as the panel does; the answer to PING, or the first reason why there is no connection. */
async function askRedis(/** @type {Record<string, string>} */ env, server = redis) {
  const connection = openRedis(configured({ ...server.env, REDIS_HOST: "localhost", ...env }), silent, { use: "test" });
  try {
    const refused = new Promise((_resolve, reject) => connection.once("error", reject));
    return await Promise.race([connection.ping(), refused]);
  } finally {
    connection.disconnect();
  }
}

// The second where the server sends its authority along, as Redis does.
const unknownAuthority = { code: /^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN)$/ };
const rightAuthority = () => ({ PGSSLROOTCERT: tls.authority, REDIS_TLS: "1", REDIS_CA: tls.authority });
const wrongAuthority = () => ({ PGSSLROOTCERT: tls.otherAuthority, REDIS_TLS: "1", REDIS_CA: tls.otherAuthority });
const full = { PGSSLMODE: "verify-full", REDIS_TLS_MODE: "verify-full" };
const chain = { PGSSLMODE: "verify-ca", REDIS_TLS_MODE: "verify-ca" };
const otherName = { PGHOST: "127.0.0.1", REDIS_HOST: "127.0.0.1" };

test("a server of the right authority and name is accepted, and the connection is TLS", async () => {
  for (const mode of [full, chain]) {
    const { ssl, version } = await askPostgres({ ...rightAuthority(), ...mode });
    assert.equal(ssl, true);
    assert.match(version, /^TLSv1\.[23]$/);
    assert.equal(await askRedis({ ...rightAuthority(), ...mode }), "PONG");
  }
});

test("a server of another authority is refused in both modes", async () => {
  for (const mode of [full, chain]) {
    await assert.rejects(askPostgres({ ...wrongAuthority(), ...mode }), unknownAuthority);
    await assert.rejects(askRedis({ ...wrongAuthority(), ...mode }), unknownAuthority);
  }
});

test("a certificate for another name is refused by verify-full and accepted by verify-ca", async () => {
  const refusal = { code: "ERR_TLS_CERT_ALTNAME_INVALID" };
  await assert.rejects(askPostgres({ ...rightAuthority(), ...full, ...otherName }), refusal);
  await assert.rejects(askRedis({ ...rightAuthority(), ...full, ...otherName }), refusal);
  assert.equal((await askPostgres({ ...rightAuthority(), ...chain, ...otherName })).ssl, true);
  assert.equal(await askRedis({ ...rightAuthority(), ...chain, ...otherName }), "PONG");
});

test("without an authority of its own, Redis is measured by the ones that Node.js trusts", async () => {
  await assert.rejects(askRedis({ REDIS_TLS: "1" }), unknownAuthority);
  // The same process as a person starts it, with the test's authority among the trusted ones from the start.
  const env = {
    ...elsewhere,
    ...redis.env,
    REDIS_HOST: "localhost",
    REDIS_TLS: "1",
    NODE_EXTRA_CA_CERTS: tls.authority,
  };
  const ping = (/** @type {Record<string, string>} */ change) =>
    execFile(process.execPath, ["--input-type=module", "-e", pingScript], {
      env: { ...process.env, ...env, ...change },
      cwd: new URL("../", import.meta.url),
    });
  assert.equal((await ping({})).stdout, "PONG");
  await assert.rejects(ping({ REDIS_HOST: "127.0.0.1" }), { stdout: "ERR_TLS_CERT_ALTNAME_INVALID" });
});

test("Node.js itself knows the authority of ElastiCache", () => {
  // https://www.amazontrust.com/repository/
  const names = rootCertificates.map((pem) => /^CN=(.*)$/m.exec(new X509Certificate(pem).subject)?.[1]);
  for (const name of ["Amazon Root CA 1", "Amazon Root CA 3", "Starfield Services Root Certificate Authority - G2"])
    assert.ok(names.includes(name), name);
});

const pingScript = `
  import { readConfig } from "./src/config.js";
  import { openRedis } from "./src/redis.js";
  const redis = openRedis(readConfig("web"), { warn() {}, info() {} }, { use: "test" });
  const end = (word, code) => process.stdout.write(word, () => process.exit(code));
  redis.once("error", (error) => end(error.code, 1));
  redis.ping().then((answer) => end(answer, 0), () => {});
`;

test("a server without TLS is refused, and never sees the password", async () => {
  // A Postgres without `ssl` answers the request for TLS with N (protocol, "SSL Session Encryption").
  const heard = /** @type {string[]} */ ([]);
  const plain = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (data) => {
      heard.push(data.toString("hex"));
      socket.write("N");
    });
  }).listen(0, "127.0.0.1");
  await once(plain, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (plain.address());
  const env = { ...rightAuthority(), ...full, PGPORT: String(port) };
  await assert.rejects(askPostgres(env), { message: "The server does not support SSL connections" });
  plain.close();
  // SSLRequest, and nothing else: neither a name nor a password.
  assert.deepEqual([...new Set(heard)], ["0000000804d2162f"]);
  const logIns = async () => /cmdstat_(auth|hello):calls=(\d+)/.exec(await plainRedis.redis.info("commandstats"))?.[2];
  const before = await logIns();
  // Redis waits for the end of a line, which a TLS greeting does not have.
  await assert.rejects(askRedis({ ...rightAuthority(), ...full }, plainRedis), { message: "Command timed out" });
  assert.equal(await logIns(), before);
});

test("without PGSSLMODE and REDIS_TLS nothing is encrypted, and Postgres as the program renders it lets nobody in", async () => {
  await assert.rejects(askPostgres({}), /no pg_hba\.conf entry for host .*no encryption/);
  assert.equal(await askRedis({}, plainRedis), "PONG");
});

test("REDIS_DATABASE is the logical database that everything is kept in", async () => {
  const connection = openRedis(configured({ ...plainRedis.env, REDIS_DATABASE: "3" }), silent, { use: "test" });
  try {
    await connection.set("of-database-3", "there");
  } finally {
    connection.disconnect();
  }
  assert.equal(await plainRedis.redis.get("of-database-3"), null);
  assert.match(await plainRedis.redis.info("keyspace"), /^db3:keys=1,/m);
});
