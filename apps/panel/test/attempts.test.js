import assert from "node:assert/strict";
import { test } from "node:test";
import { openPanel } from "./support/opened.js";
import { admin, formToken, signUpMember, until, Visitor } from "./support/panel.js";

let last = 0;

const { backends, web, boss } = await openPanel();

/** A visitor from an address that nobody had before. */
function stranger(address = `198.51.100.${++last}`) {
  const visitor = new Visitor(web.url);
  visitor.address = address;
  return visitor;
}

const counters = async () => {
  const { redis } = backends.redis;
  const keys = await redis.keys("panel:failures:*");
  return Object.fromEntries(await Promise.all(keys.map(async (key) => [key, await redis.get(key)])));
};

test("right passwords never count: a whole office logs in from one address", async () => {
  const { email, password } = await signUpMember(boss, "office@example.com");
  const before = await counters();
  const answers = await Promise.all(
    Array.from({ length: 30 }, async () => (await stranger("198.51.100.200").logIn({ email, password })).status),
  );
  // At most ten of one account at the same moment from one address; the others may try again at once.
  assert.ok(answers.filter((status) => status === 303).length >= 10, answers.join());
  for (let round = 0; round < 15; round++) {
    assert.equal((await stranger("198.51.100.200").logIn({ email, password })).status, 303);
  }
  const left = Object.entries(await counters()).filter(([key, count]) => before[key] !== count && count !== "0");
  assert.deepEqual(left, []);
});

test("ten wrong passwords for an account from an address, then it waits; the answer says how long", async () => {
  const { email, password } = await signUpMember(boss, "slow@example.com");
  const visitor = stranger();
  for (let round = 0; round < 10; round++) {
    assert.equal((await visitor.logIn({ email, password: "wrong" })).status, 401);
  }
  const locked = await visitor.logIn({ email, password });
  assert.equal(locked.status, 429, "the right one is not even looked at");
  const [, minutes] = /Too many wrong passwords\. Please wait (\d+) minutes\./.exec(locked.body) ?? [];
  const seconds = Number(locked.headers.get("retry-after"));
  // The quarter of an hour began with the first of them, which may be a while ago.
  assert.ok(seconds > 0 && seconds <= 900, String(seconds));
  assert.equal(Number(minutes), Math.ceil(seconds / 60));
  const other = stranger(visitor.address);
  assert.equal((await other.logIn(admin)).status, 303, "another account from the same address");
  assert.equal((await stranger().logIn({ email, password })).status, 303, "the same account from elsewhere");
  for (const key of await backends.redis.redis.keys("panel:failures:*"))
    assert.ok((await backends.redis.redis.ttl(key)) > 0, `${key} never ends`);
});

test("wrong passwords at the same moment are not more than ten either", async () => {
  const visitor = stranger();
  const page = await visitor.ask("/login");
  const _csrf = /name="_csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? "";
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => visitor.post("/login", { _csrf, email: "many@example.com", password: "wrong" })),
  );
  const count = (/** @type {number} */ status) => answers.filter((answer) => answer.status === status).length;
  assert.deepEqual([count(401), count(429)], [10, 30]);
});

test("what could not be checked counts for nothing: after an outage the right password is taken", async () => {
  const { visitor, email, password } = await signUpMember(boss, "outage@example.com");
  const pages = stranger();
  const form = async (/** @type {Visitor} */ who, /** @type {string} */ page) => formToken((await who.ask(page)).body);
  const tokens = { logIn: await form(pages, "/login"), account: await form(visitor, "/account/password") };
  const before = await counters();
  // Postgres is there and cannot answer what is asked of the hash; everything else of the page goes on.
  await backends.sql("ALTER TABLE users RENAME COLUMN password_hash TO hidden");
  try {
    for (let round = 0; round < 15; round++) {
      const logIn = await pages.post("/login", { _csrf: tokens.logIn, email, password });
      assert.equal(logIn.status, 500, "log-in");
      const next = "something else entirely";
      const change = { _csrf: tokens.account, current: password, next, again: next };
      assert.equal((await visitor.post("/account/password", change)).status, 500, "password");
    }
  } finally {
    await backends.sql("ALTER TABLE users RENAME COLUMN hidden TO password_hash");
  }
  const left = Object.entries(await counters()).filter(
    ([key, count]) => (before[key] ?? "0") !== count && count !== "0",
  );
  assert.deepEqual(left, []);
  assert.equal((await pages.logIn({ email, password })).status, 303);
});

test("an account is protected from many addresses, an address cannot try one password on everybody", async () => {
  const { email, password } = await signUpMember(boss, "far@example.com");
  const before = await counters();
  const from = stranger();
  assert.equal((await from.logIn({ email, password: "wrong" })).status, 401);
  const fresh = Object.keys(await counters()).filter((key) => !(key in before));
  const ofAddress = `panel:failures:log-in:${from.address}`;
  const pair = fresh.find((key) => key !== ofAddress && key.endsWith(`:${from.address}`)) ?? "";
  assert.deepEqual(fresh.sort(), [ofAddress, pair].sort());
  const ofAccount = pair.slice(0, -from.address.length - 1);
  const { redis } = backends.redis;
  await redis.set(ofAccount, 50, "KEEPTTL");
  assert.equal((await stranger().logIn({ email, password })).status, 429);
  await redis.set(ofAccount, 49, "KEEPTTL");
  assert.equal((await stranger().logIn({ email, password })).status, 303);
  await redis.set(ofAddress, 100, "KEEPTTL");
  assert.equal((await stranger(from.address).logIn(admin)).status, 429);
  assert.equal((await stranger().logIn(admin)).status, 303);
});

test("the current password cannot be tried for ever by somebody at an open browser", async () => {
  const { visitor, password } = await signUpMember(boss, "open@example.com");
  const change = (/** @type {string} */ current) =>
    visitor.submit("/account/password", "/account/password", {
      ...{ current, next: "something else entirely", again: "something else entirely" },
    });
  for (let round = 0; round < 10; round++) assert.equal((await change("wrong")).status, 422);
  const locked = await change(password);
  assert.equal(locked.status, 429);
  assert.ok(Number(locked.headers.get("retry-after")) > 800);
});

test("refused log-ins, lock-outs and refused pages are events of the log, without the address that was typed", async () => {
  const { visitor } = await signUpMember(boss, "logged@example.com");
  const from = stranger();
  for (let round = 0; round < 11; round++) await from.logIn({ email: "Typed@example.com", password: "wrong" });
  assert.equal((await visitor.ask("/users")).status, 403);
  const lines = () => web.log().filter(({ ip }) => ip === from.address && true);
  await until(() => lines().some(({ event }) => event === "log-in.locked"));
  const refused = lines().filter(({ event }) => event === "log-in.refused");
  assert.equal(refused.length, 10);
  const [{ account, level }] = refused;
  assert.match(account, /^[\w-]{22}$/);
  assert.equal(level, "warn");
  assert.ok(
    lines().every((line) => !line.event || line.account === account),
    "one account, one name",
  );
  await until(() => web.log().some(({ event, path }) => event === "access.refused" && path === "/users"));
  const forbidden = web.log().find(({ event, path }) => event === "access.refused" && path === "/users");
  assert.match(forbidden.user, /^[0-9a-f-]{36}$/);
  assert.doesNotMatch(web.output.out, /typed@example/i);
});

test("a password that is common, or made of one's own name or address, is refused", async () => {
  const { visitor, password } = await signUpMember(boss, "mia.miller@example.com", { name: "Mia Miller" });
  for (const next of [
    "password1234",
    "Passw0rd1234!",
    "123456789012",
    "qwertyuiop12",
    "iloveyouiloveyou",
    "switchboard1",
    "Mia Miller 2026",
    "mia.miller@example.com",
    "mia.miller.123",
    "MillerMiller12",
  ]) {
    const answer = await visitor.submit("/account/password", "/account/password", {
      current: password,
      next,
      again: next,
    });
    assert.equal(answer.status, 422, next);
    assert.match(answer.body, /one of the first that an attacker tries|made of your own name or address/, next);
  }
  const next = "bananas under the piano";
  const answer = await visitor.submit("/account/password", "/account/password", {
    current: password,
    next,
    again: next,
  });
  assert.equal(answer.status, 303);
});
