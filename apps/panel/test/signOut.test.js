// What ends a log-in ends it in the chat, too: what the chat's own role reads of it, in the panel's own Postgres.
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeJwt } from "jose";
import { pino } from "pino";
import { readConfig } from "../src/config.js";
import { openDatabase } from "../src/db.js";
import { revoke } from "../src/models/revocations.js";
import { openPanel } from "./support/opened.js";
import { runCommand, signUpMember, until, Visitor } from "./support/panel.js";
import { rendered } from "./support/rendered.js";

const chatRole = rendered().postgres.chat.role;

const { backends, web, boss } = await openPanel();

/** The claims of a token of this moment. @param {Visitor} visitor */
async function claims(visitor) {
  const { json } = await visitor.chatToken();
  return /** @type {{ sub: string, sid: string, iat: number, rooms: string[] }} */ (decodeJwt(json.token));
}

/** When the subject was revoked, in seconds, as the chat reads it. @param {string} kind @param {string} subject */
async function revokedAt(kind, subject) {
  const text =
    "SELECT extract(epoch FROM at)::float8 AS at FROM panel.chat_revocations WHERE kind = $1 AND subject = $2";
  return (await backends.sqlOfChat(text, [kind, subject])).rows[0]?.at;
}

test("the chat's role reads the revocations and nothing else, once the migration is told its name", async () => {
  const rights = async () =>
    (
      await backends.sqlOfChat(
        `SELECT has_schema_privilege('panel', 'USAGE') AS usage, has_schema_privilege('panel', 'CREATE') AS create,
           (SELECT string_agg(relname || ' ' || verb, ', ') FROM pg_class,
              unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS verb
            WHERE relnamespace = 'panel'::regnamespace AND relkind = 'r' AND has_table_privilege(oid, verb)) AS tables`,
      )
    ).rows[0];
  assert.deepEqual(await rights(), { usage: false, create: false, tables: null });
  for (const _ of [1, 2]) {
    const run = await backends.migrate({ CHAT_DATABASE_ROLE: chatRole });
    assert.equal(run.code, 0, run.err);
    assert.deepEqual(await rights(), { usage: true, create: false, tables: "chat_revocations SELECT" });
  }
  const wrong = await backends.migrate({ CHAT_DATABASE_ROLE: "nobody_at_all" });
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /role "nobody_at_all" does not exist/);
});

test("a log-out ends this session's tokens and no other's", async () => {
  const { visitor, ...mia } = await signUpMember(boss, "out@example.com");
  const other = new Visitor(web.url);
  await other.logIn(mia);
  const [mine, others] = [await claims(visitor), await claims(other)];
  assert.notEqual(mine.sid, others.sid);
  await visitor.submit("/chat", "/logout");
  assert.ok((await revokedAt("session", mine.sid)) > mine.iat);
  assert.equal(await revokedAt("session", others.sid), undefined);
  assert.ok((await claims(other)).iat > others.iat, "the other one goes on");
});

test("whatever ends all sessions of a user ends their tokens, and a new log-in's token is good", async () => {
  const password = "another one that I chose";
  const ends = /** @type {[string, (visitor: Visitor, id: string, old: string) => Promise<unknown>, boolean][]} */ ([
    ["deactivate", (_, id) => boss.submit("/users", `/users/${id}/deactivate`), false],
    ["reset", (_, id) => boss.submit("/users", `/users/${id}/password`), false],
    ["everywhere", (visitor) => visitor.submit("/account", "/account/sessions/end-all"), false],
    ["demote", (_, id) => boss.submit("/users", `/users/${id}`, { name: "Mia", role: "member" }), false],
    [
      "change",
      (visitor, _, current) =>
        visitor.submit("/account/password", "/account/password", { current, next: password, again: password }),
      true,
    ],
  ]);
  for (const [name, end, staysIn] of ends) {
    const role = name === "demote" ? "admin" : "member";
    const { visitor, password: old } = await signUpMember(boss, `${name}@example.com`, { role });
    const { sub, iat } = await claims(visitor);
    await end(visitor, sub, old);
    assert.ok((await revokedAt("user", sub)) > iat, name);
    const page = await visitor.ask("/chat");
    assert.equal(page.status, staysIn ? 200 : 303, name);
    if (staysIn) assert.ok((await claims(visitor)).iat > (await revokedAt("user", sub)), "the new session is good");
  }
});

test("an archived room is told to the chat, by its slug", async () => {
  await boss.submit("/rooms", "/rooms", { name: "To be archived" });
  const { iat, rooms } = await claims(boss);
  assert.ok(rooms.includes("to-be-archived"));
  const id = (await backends.sql("SELECT id FROM rooms WHERE slug = 'to-be-archived'")).rows[0].id;
  await boss.submit("/rooms", `/rooms/${id}/archive`);
  assert.ok((await revokedAt("room", "to-be-archived")) > iat);
});

test("one session of several is ended from the list; somebody else's is not there", async () => {
  const { visitor, ...mia } = await signUpMember(boss, "list@example.com");
  const phone = new Visitor(web.url);
  phone.address = "203.0.113.77";
  await phone.logIn(mia);
  const { sid } = await claims(phone);
  const page = (await visitor.ask("/account")).body;
  assert.match(page, /203\.0\.113\.77/);
  assert.match(page, new RegExp(`value="${sid}"`));
  assert.equal((await boss.submit("/account", "/account/sessions/end", { sid })).status, 404, "not the boss's session");
  const ended = await visitor.submit("/account", "/account/sessions/end", { sid });
  assert.equal(ended.to, "/account?notice=session-ended");
  assert.equal((await phone.ask("/chat")).to, "/login?next=%2Fchat");
  assert.ok((await revokedAt("session", sid)) > 0);
  assert.doesNotMatch((await visitor.ask("/account")).body, /203\.0\.113\.77/);
});

test("logging in again in the same browser leaves one session in the list, and ends the tokens of the one before", async () => {
  const { visitor, ...mia } = await signUpMember(boss, "twice@example.com");
  const before = await claims(visitor);
  assert.equal((await visitor.submit("/account", "/login", { ...mia })).status, 303);
  const list = (await visitor.ask("/account")).body;
  assert.equal(list.match(/action="\/account\/sessions\/end"/g)?.length, 1);
  assert.ok((await revokedAt("session", before.sid)) > before.iat);
});

test("a session of a version that did not note them is noted when it is used, and then ends as the others do", async () => {
  const { visitor } = await signUpMember(boss, "earlier@example.com");
  const { sid, iat } = await claims(visitor);
  await backends.sql("DELETE FROM sessions WHERE sid = $1", [sid]);
  assert.equal((await visitor.submit("/chat", "/logout")).status, 303);
  assert.ok((await revokedAt("session", sid)) > iat);
});

test("a change that cannot be told to the chat does not happen", async () => {
  const { visitor } = await signUpMember(boss, "atomic@example.com");
  const { sub } = await claims(visitor);
  await boss.submit("/rooms", "/rooms", { name: "Atomic" });
  const room = (await backends.sql("SELECT id FROM rooms WHERE slug = 'atomic'")).rows[0].id;
  await backends.sql("ALTER TABLE chat_revocations ADD CONSTRAINT broken CHECK (false) NOT VALID");
  try {
    for (const path of [`/users/${sub}/deactivate`, `/users/${sub}/password`, `/rooms/${room}/archive`])
      assert.equal((await boss.submit("/users", path)).status, 500, path);
    for (const path of ["/logout", "/account/sessions/end-all"])
      assert.equal((await visitor.submit("/account", path)).status, 500, path);
  } finally {
    await backends.sql("ALTER TABLE chat_revocations DROP CONSTRAINT broken");
  }
  assert.equal((await visitor.ask("/chat")).status, 200, "still active and logged in");
  assert.ok((await claims(boss)).rooms.includes("atomic"));
});

test("a token that is asked for while the user is being deactivated is not given", async () => {
  const { visitor } = await signUpMember(boss, "race@example.com");
  const { sub } = await claims(visitor);
  const db = openDatabase(
    readConfig("console", /** @type {any} */ (backends.env)),
    /** @type {any} */ (pino({ level: "silent" })),
  );
  /** @type {Promise<Awaited<ReturnType<Visitor["chatToken"]>>> | undefined} */ let asked;
  await db.transaction(async (tx) => {
    await tx.query("UPDATE users SET deactivated_at = now() WHERE id = $1", [sub]);
    await revoke(tx, "user", sub);
    asked = visitor.chatToken();
    // It waits for this transaction: nobody sees the change yet, and a token of now would be younger than `at`.
    await until(
      async () =>
        (
          await backends.sql(
            "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
          )
        ).rowCount === 1,
      () => "the token does not wait",
    );
  });
  assert.equal((await asked)?.status, 401);
  await db.close();
});

test("the clean-up forgets revocations after a week, and sessions that ended before", async () => {
  await backends.sql(
    `INSERT INTO chat_revocations VALUES ('user', 'old', now() - interval '7 days 1 minute'), ('user', 'new', now() - interval '6 days')`,
  );
  await backends.sql("UPDATE sessions SET seen_at = now() - interval '9 days' WHERE ended_at IS NOT NULL");
  const { rows } = await backends.sql("SELECT count(*)::int AS ended FROM sessions WHERE ended_at IS NOT NULL");
  const run = await runCommand(backends.env, "cleanup");
  assert.equal(run.code, 0, run.err);
  const { revocations, sessions } = run.log.at(-1);
  assert.deepEqual({ revocations, sessions }, { revocations: 1, sessions: rows[0].ended });
  assert.equal(await revokedAt("user", "old"), undefined);
  assert.ok(await revokedAt("user", "new"));
});
