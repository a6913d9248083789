// What administrators look at, with the rights that the program gives in Redis and Postgres.
import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { readConfig } from "../src/config.js";
import { openDatabase } from "../src/db.js";
import { isRefusal } from "../src/refusals.js";
import { openPanel } from "./support/opened.js";
import { startProcess, until } from "./support/panel.js";
import { rendered } from "./support/rendered.js";

const { backends, web, boss } = await openPanel();

const workers = async () => [
  ...(await boss.ask("/workers")).body.matchAll(/<strong>([^<]+)<\/strong><p class="faint">at work/g),
];

test("Workers lists who works, as long as they do, and Health says that everything works", async () => {
  assert.match((await boss.ask("/workers")).body, /No worker is connected/);
  assert.match((await boss.ask("/health")).body, /Something needs attention\./);
  const worker = startProcess(backends.env, "worker");
  await until(
    async () => (await workers()).length === 1,
    () => worker.output.out + worker.output.err,
  );
  const health = (await boss.ask("/health")).body;
  assert.match(health, /Everything works\./);
  assert.match(health, /1 worker, \d+ events to do/);
  for (const path of [
    "/chat",
    "/users",
    "/rooms",
    "/activity",
    "/workers",
    "/health",
    "/account",
    "/account/password",
  ]) {
    const { status, body } = await boss.ask(path);
    assert.equal(status, 200, path);
    assert.doesNotMatch(body, /role="alert"|class="notice bad"/, path);
  }
  assert.deepEqual(await worker.end(), { code: 0, by: null });
  assert.equal((await workers()).length, 0, "one that ended is gone at once");
  assert.deepEqual(await backends.redis.refused(), []);
});

test("a worker that was killed is not shown for long", async () => {
  const worker = startProcess(backends.env, "worker");
  await until(async () => (await workers()).length === 1);
  await worker.end("SIGKILL");
  const { redis } = backends.redis;
  const [member = ""] = await redis.zrange("panel:workers", 0, "-1");
  // As 36 seconds later.
  await redis.zincrby("panel:workers", "-36", member);
  assert.equal((await workers()).length, 0);
});

test("Redis that refuses a command is told apart from Redis that is away, on the page and in the log", async () => {
  const { redis } = backends.redis;
  const { user } = rendered().redis;
  await redis.acl("SETUSER", user, "-zrangebyscore");
  try {
    const { body } = await boss.ask("/workers");
    assert.match(body, /role="alert">Redis refuses the panel a command/);
    assert.doesNotMatch(body, /does not answer/);
    assert.match((await boss.ask("/health")).body, /Redis refuses the panel a command; the log of this pod names it/);
    await until(() =>
      web
        .log()
        .some(
          ({ level, message, err }) =>
            level === "error" &&
            message === "the queue cannot be looked at" &&
            /NOPERM.*zrangebyscore/.test(err?.message),
        ),
    );
    await redis.acl("SETUSER", user, "-ping");
    await until(async () => /refuses the panel: NOPERM/.test((await boss.ask("/health")).body));
    assert.ok(web.log().some(({ level, message }) => level === "error" && message === "dependency refuses the panel"));
    await redis.acl("SETUSER", user, "-getex");
    const refused = await boss.ask("/chat");
    assert.equal(refused.status, 500, "trying again would not help");
  } finally {
    await redis.acl("SETUSER", user, "+zrangebyscore", "+ping", "+getex");
    await redis.acl("LOG", "RESET");
  }
  assert.doesNotMatch((await boss.ask("/workers")).body, /role="alert"/);
});

test("what is a refusal and what an outage", () => {
  for (const error of [
    { code: "42501" },
    { code: "28P01" },
    { message: "NOPERM User panel has no permissions" },
    { message: "WRONGPASS x" },
  ])
    assert.equal(isRefusal(error), true, JSON.stringify(error));
  for (const error of [
    undefined,
    {},
    { code: "ECONNREFUSED" },
    { code: "57P03" },
    { message: "no answer within 2500 ms" },
  ])
    assert.equal(isRefusal(error), false, JSON.stringify(error));
});

test("a Postgres that has no room or no time is an outage that passes, not a fault of the panel", async () => {
  const database = backends.env.PGDATABASE;
  const others =
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()";
  await backends.sql(`ALTER DATABASE "${database}" CONNECTION LIMIT 0`);
  try {
    await backends.sql(others, [database]);
    const answer = await boss.ask("/users");
    assert.equal(answer.status, 503, answer.body);
    assert.match(answer.body, /Not available right now/);
  } finally {
    await backends.sql(`ALTER DATABASE "${database}" CONNECTION LIMIT -1`);
  }
  await until(
    async () => (await boss.ask("/users")).status === 200,
    () => "it does not come back",
  );
  // What ends a statement that is out of time ends it with the same code.
  const waiting = "datname = $1 AND wait_event_type = 'Lock'";
  const db = openDatabase(
    readConfig("migrate", /** @type {any} */ ({ ...backends.env, ...backends.owner })),
    /** @type {any} */ (pino({ level: "silent" })),
  );
  await db.transaction(async (tx) => {
    await tx.query("LOCK TABLE users");
    const asked = boss.ask("/users");
    await until(
      async () =>
        (await backends.sql(`SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE ${waiting}`, [database]))
          .rowCount === 1,
      () => "nothing waits for the table",
    );
    assert.equal((await asked).status, 503);
  });
  await db.close();
});
