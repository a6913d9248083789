// What administrators look at, with the rights that the program gives in Redis and Postgres.
import assert from "node:assert/strict";
import { test } from "node:test";
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
