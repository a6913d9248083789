import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError, readConfig } from "../src/config.js";

const good = {
  PUBLIC_URL: "https://panel.example.com",
  CHAT_URL: "wss://chat.example.com/socket",
  PGHOST: "postgres",
  PGDATABASE: "switchboard",
  PGUSER: "panel",
  PGPASSWORD: "pg-password",
  REDIS_HOST: "redis",
  SESSION_SECRET: "s".repeat(32),
  CHAT_TOKEN_KEY: "k".repeat(32),
};

/** @param {Record<string, string | undefined>} change */
function problemsOf(change) {
  try {
    readConfig("web", { ...good, ...change });
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
    [
      { ADMIN_EMAIL: "admin@example.com" },
      "ADMIN_EMAIL and ADMIN_PASSWORD belong together; set both, or neither when a user exists already.",
    ],
    [{ ADMIN_EMAIL: "admin", ADMIN_PASSWORD: "x".repeat(12) }, 'ADMIN_EMAIL is "admin"; allowed: an e-mail address.'],
  ]);
  for (const [change, problem] of cases) assert.deepEqual(problemsOf(change), [problem]);
});

test("a wrong secret is told by its length, never by its value", () => {
  const secret = "too-short-secret";
  assert.deepEqual(problemsOf({ SESSION_SECRET: secret, CHAT_TOKEN_KEY: secret }), [
    "SESSION_SECRET has 16 characters; allowed: at least 32 characters.",
    "CHAT_TOKEN_KEY has 16 characters; allowed: at least 32 characters.",
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
