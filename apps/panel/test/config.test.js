import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ConfigError, readConfig } from "../src/config.js";
import { chatToken } from "./support/panel.js";

const good = {
  PUBLIC_URL: "https://panel.example.com",
  CHAT_URL: "wss://chat.example.com/socket",
  PGHOST: "postgres",
  PGDATABASE: "switchboard",
  PGUSER: "panel",
  PGPASSWORD: "pg-password",
  REDIS_HOST: "redis",
  SESSION_SECRET: "s".repeat(32),
  CHAT_TOKEN_KEY: chatToken.privateKey,
};

/** @param {Record<string, string | undefined>} change */
function problemsOf(change, role = /** @type {import("../src/config.js").Role} */ ("web")) {
  try {
    readConfig(role, { ...good, ...change });
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.problems;
  }
  return [];
}

test("the least that must be set is enough, the rest has defaults", () => {
  const config = readConfig("web", good);
  assert.equal(config.port, 3000);
  assert.equal(config.postgres.ssl, false);
  assert.equal(config.secureCookies, true);
  assert.equal(config.firstAdmin, undefined);
});

test("the release is called VERSION or, as in every app of the platform, APP_VERSION", () => {
  assert.equal(readConfig("web", good).version, "unknown");
  assert.equal(readConfig("web", { ...good, APP_VERSION: "1.2.3" }).version, "1.2.3");
  assert.equal(readConfig("web", { ...good, VERSION: "4", APP_VERSION: "1.2.3" }).version, "4");
});

test("an empty environment names every variable that is missing, at once", () => {
  assert.throws(
    () => readConfig("web", {}),
    (/** @type {any} */ error) => {
      assert.deepEqual(
        error.problems.map((/** @type {string} */ problem) => problem.split(" ")[0]),
        Object.keys(good),
      );
      return /The environment of the panel is not valid:\n {2}- PUBLIC_URL is not set; allowed: https:/.test(
        error.message,
      );
    },
  );
});

test("a wrong value is named with what is allowed", () => {
  const cases = /** @type {[Record<string, string>, string][]} */ ([
    [{ PORT: "0" }, 'PORT is "0"; allowed: a whole number from 1 to 65535.'],
    [{ PORT: "3000x" }, 'PORT is "3000x"; allowed: a whole number from 1 to 65535.'],
    [{ JOB_CONCURRENCY: "1.5" }, 'JOB_CONCURRENCY is "1.5"; allowed: a whole number from 1 to 100.'],
    [{ LOG_LEVEL: "loud" }, 'LOG_LEVEL is "loud"; allowed: trace, debug, info, warn, error or fatal.'],
    [
      { PUBLIC_URL: "http://panel.example.com" },
      'PUBLIC_URL is "http://panel.example.com"; allowed: https://host[:port] without a path (http only for localhost).',
    ],
    [
      { PUBLIC_URL: "https://panel.example.com/panel" },
      'PUBLIC_URL is "https://panel.example.com/panel"; allowed: https://host[:port] without a path (http only for localhost).',
    ],
    [
      { CHAT_URL: "https://chat.example.com" },
      'CHAT_URL is "https://chat.example.com"; allowed: wss://host[:port]/path (ws only for localhost).',
    ],
    [{ PGSSLMODE: "require" }, 'PGSSLMODE is "require"; allowed: disable, verify-ca or verify-full.'],
    [
      { PGSSLMODE: "verify-full" },
      "PGSSLROOTCERT is not set; with PGSSLMODE=verify-full it is the path of the CA that signed Postgres.",
    ],
    [
      { PGSSLMODE: "verify-ca" },
      "PGSSLROOTCERT is not set; with PGSSLMODE=verify-ca it is the path of the CA that signed Postgres.",
    ],
    [
      { REDIS_TLS: "1", REDIS_TLS_MODE: "verify-ca" },
      "REDIS_CA is not set; with REDIS_TLS_MODE=verify-ca it is the path of the CA that signed Redis and nobody else.",
    ],
    [{ REDIS_TLS: "1", REDIS_TLS_MODE: "none" }, 'REDIS_TLS_MODE is "none"; allowed: verify-ca or verify-full.'],
    [
      { REDIS_TLS: "1", REDIS_CA: "/nowhere/ca.crt" },
      'REDIS_CA is "/nowhere/ca.crt" and cannot be read (ENOENT); mount the CA there.',
    ],
  ]);
  for (const [change, problem] of cases) assert.deepEqual(problemsOf(change), [problem]);
});

test("a wrong secret is told by its length, never by its value", () => {
  const secret = "too-short-secret";
  assert.deepEqual(problemsOf({ SESSION_SECRET_ACCEPTED: `${"a".repeat(32)},${secret}` }), [
    "SESSION_SECRET_ACCEPTED has 49 characters; allowed: secrets of at least 32 characters, separated by commas.",
  ]);
  assert.deepEqual(problemsOf({ SESSION_SECRET: secret, CHAT_TOKEN_KEY: secret }), [
    "SESSION_SECRET has 16 characters; allowed: at least 32 characters.",
    "CHAT_TOKEN_KEY has 16 characters; allowed: a private Ed25519 key in PEM (PKCS#8, BEGIN PRIVATE KEY).",
  ]);
});

test("on localhost the panel runs without TLS", () => {
  const config = readConfig("web", {
    ...good,
    PUBLIC_URL: "http://localhost:3000/",
    CHAT_URL: "ws://chat.localhost:4000/s",
  });
  assert.equal(config.publicUrl, "http://localhost:3000");
  assert.equal(config.secureCookies, false);
});

test("each role reads the secrets that it needs, and no other", () => {
  const { SESSION_SECRET, CHAT_TOKEN_KEY, ...bare } = good;
  for (const role of /** @type {const} */ (["worker", "migrate", "cleanup", "console"])) {
    const config = readConfig(role, { ...bare, SESSION_SECRET, CHAT_TOKEN_KEY });
    assert.deepEqual([config.sessionSecret, config.chatTokenKey], [undefined, undefined], role);
  }
  const admin = { ADMIN_EMAIL: "admin@example.com", ADMIN_PASSWORD: "x".repeat(12) };
  assert.equal(readConfig("web", { ...good, ...admin }).firstAdmin, undefined);
  assert.deepEqual(readConfig("migrate", { ...bare, ...admin }).firstAdmin, {
    email: "admin@example.com",
    password: "x".repeat(12),
  });
  // Once a user exists the password may be gone.
  assert.equal(readConfig("migrate", { ...bare, ADMIN_EMAIL: "admin@example.com" }).firstAdmin, undefined);
  assert.deepEqual(problemsOf({ ADMIN_EMAIL: "admin" }, "migrate"), [
    'ADMIN_EMAIL is "admin"; allowed: an e-mail address.',
  ]);
});

test("a secret may be in a file; both, or a file that is not there, is an error without the secret", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "panel-config-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "secret");
  const secret = `${"f".repeat(31)}\n\u00e9`;
  writeFileSync(file, `${secret}\n`);
  const names = /** @type {const} */ ({ SESSION_SECRET: "sessionSecret", CHAT_TOKEN_KEY: "chatTokenKey" });
  const { SESSION_SECRET: _, ...rest } = good;
  assert.equal(readConfig("web", { ...rest, SESSION_SECRET_FILE: file }).sessionSecret, secret);
  const key = join(folder, "key.pem");
  writeFileSync(key, chatToken.privateKey);
  const fromFile = readConfig("web", { ...good, CHAT_TOKEN_KEY: undefined, CHAT_TOKEN_KEY_FILE: key });
  assert.equal(fromFile[names.CHAT_TOKEN_KEY], chatToken.privateKey.trimEnd());
  const { postgres, redis } = readConfig("worker", {
    ...{ ...good, PGPASSWORD: undefined, PGPASSWORD_FILE: file, REDIS_PASSWORD_FILE: file },
  });
  assert.deepEqual([postgres.password, redis.password], [secret, secret]);
  assert.equal(redis.db, 0);
  assert.deepEqual(problemsOf({ SESSION_SECRET_FILE: file }), [
    "SESSION_SECRET and SESSION_SECRET_FILE are both set; set one of them.",
  ]);
  assert.deepEqual(problemsOf({ SESSION_SECRET: undefined, SESSION_SECRET_FILE: "/nowhere/secret" }), [
    'SESSION_SECRET_FILE is "/nowhere/secret" and cannot be read (ENOENT); mount the secret there or set SESSION_SECRET.',
  ]);
  writeFileSync(file, "short\n");
  assert.deepEqual(problemsOf({ SESSION_SECRET: undefined, SESSION_SECRET_FILE: file }), [
    "SESSION_SECRET has 5 characters; allowed: at least 32 characters.",
  ]);
});

test("only an Ed25519 key signs chat tokens", () => {
  const rsa = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  for (const key of [rsa.privateKey, chatToken.publicKey, "k".repeat(32)]) {
    assert.match(
      problemsOf({ CHAT_TOKEN_KEY: key }).join(),
      /^CHAT_TOKEN_KEY has \d+ characters; allowed: a private Ed/,
    );
  }
});
