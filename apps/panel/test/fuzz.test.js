// Every field of every route, with what nobody would type: an answer may refuse it, never fail.
import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { readConfig } from "../src/config.js";
import { buildApp } from "../src/web/app.js";
import { isVisible } from "../src/web/text.js";
import { openPanel } from "./support/opened.js";
import { formToken, signUpMember, Visitor } from "./support/panel.js";

const { backends, web, boss } = await openPanel();

const uuid = "00000000-0000-4000-8000-000000000000";
const nasty = [
  ...[
    "",
    " ",
    "\0",
    "a\0b",
    "\u0001",
    "\u007f",
    "\u0085",
    "\r\nset-cookie: a=b",
    "\u202eevil",
    "\u200b",
    "\ufeff",
    "\ud800",
  ],
  ...[
    "a".repeat(300),
    "é".repeat(5_000),
    "💥".repeat(300),
    "null",
    "undefined",
    "NaN",
    "-1",
    "0",
    "1e309",
    "9".repeat(40),
  ],
  ...["99999999999999999", "2026-13-45 99:99:99", "0000-00-00", "infinity", "'; DROP TABLE users; --", "%", "_", "\\"],
  ...[
    "{}",
    "[]",
    "__proto__",
    "constructor",
    "<script>",
    "../../etc/passwd",
    uuid,
    "admin",
    "general",
    "a@b.c",
    "a\0@b.cd",
  ],
];

/** The fields that any form or address of ours has. */
const fields = ["email", "password", "next", "current", "again", "code", "confirmation", "name", "role", "sid"];
const queries = ["next", "notice", "room", "kind", "at", "id", "page"];

/** Method and path of every route, as the application itself lists them. @returns {Promise<[string, string][]>} */
async function routes() {
  const config = readConfig("web", /** @type {any} */ (backends.env));
  const nothing = /** @type {any} */ ({});
  const log = /** @type {any} */ (pino({ level: "silent" }));
  const app = await buildApp({ config, db: nothing, redis: nothing, health: nothing, log, life: { draining: false } });
  await app.ready();
  /** @type {string[]} */ const path = [];
  /** @type {[string, string][]} */ const found = [];
  for (const line of app.printRoutes({ commonPrefix: false }).split("\n")) {
    const [, indent = "", part = "", methods = ""] = /^([│├└─ ]*)(\S.*?) \(([A-Z, ]+)\)$/.exec(line) ?? [];
    if (!part) continue;
    const depth = indent.length / 4;
    path.splice(depth - 1, path.length, part);
    for (const method of methods.split(", ")) found.push([method, path.join("")]);
  }
  return found;
}

/** Error lines, but for those of the probe before the first look at the servers. */
const failures = () => web.log().filter(({ level, path }) => level === "error" && path !== "/readyz");

test("no field of any route brings an answer of 5xx, nor an error line", async () => {
  const all = await routes();
  assert.ok(all.length > 35, String(all.length));
  for (const [method, path] of [
    ["POST", "/users/:id"],
    ["POST", "/account/sessions/end-all"],
    ["GET", "/assets/:build/:file"],
  ])
    assert.ok(
      all.some((route) => route[0] === method && route[1] === path),
      `${method} ${path}`,
    );
  const { visitor } = await signUpMember(boss, "target@example.com");
  const target = (await backends.sql("SELECT id FROM users WHERE email = 'target@example.com'")).rows[0].id;
  const room = (await backends.sql("SELECT id FROM rooms")).rows[0].id;
  const stranger = new Visitor(web.url);
  /** @type {string[]} */ const bad = [];
  let answers = 0;
  /** @type {Set<Promise<void>>} */ const running = new Set();
  /** Eight at a time: most of the wait is for hashes of passwords. */
  const check = async (/** @type {string} */ what, /** @type {Promise<{ status: number }>} */ answer) => {
    answers++;
    const one = answer.then(({ status }) => {
      if (status >= 500) bad.push(`${status} ${what}`);
      running.delete(one);
    });
    running.add(one);
    if (running.size >= 8) await Promise.race(running);
  };
  for (const [method, pattern] of all) {
    // These end what the test itself needs, whatever they are sent.
    if (/logout|end-all|\/deactivate|startupz/.test(pattern)) continue;
    const who = pattern.startsWith("/login") ? stranger : pattern.startsWith("/account") ? visitor : boss;
    const id = pattern.startsWith("/rooms") ? room : target;
    const path = pattern.replace(":id", id).replace(":build", "x").replace(":file", "app.css");
    if (method === "POST") {
      const _csrf = formToken((await who.ask(who === stranger ? "/login" : "/account")).body);
      // It reads no field, and each time it makes a hash.
      const reads = pattern !== "/users/:id/password";
      for (const value of reads ? nasty : nasty.slice(0, 5)) {
        const body = Object.fromEntries(fields.map((field) => [field, value]));
        await check(`POST ${path} all ${JSON.stringify(value).slice(0, 30)}`, who.post(path, { ...body, _csrf }));
      }
      for (const field of reads ? fields : []) {
        const good = {
          email: `f${answers}@example.com`,
          name: `Name ${answers}`,
          role: "member",
          password: "x",
          current: "x",
        };
        for (const value of ["\0", "\ud800", "é".repeat(300), "{}"])
          await check(`POST ${path} ${field}`, who.post(path, { ...good, [field]: value, _csrf }));
        await check(
          `POST ${path} ${field} twice`,
          raw(who, path, `_csrf=${_csrf}&${field}=a&${field}=b&${field}[]=c&${field}[x]=d`),
        );
      }
      for (const [type, body] of [
        ["application/json", '{"email":{"toString":1},"next":{"toString":1},"name":[1]}'],
        ["application/json", "null"],
        ["application/json", '{"__proto__":1}'],
        ["text/plain", "a"],
        ["multipart/form-data; boundary=x", "--x--"],
        ["application/x-www-form-urlencoded", `_csrf=${_csrf}&email=%ff%00%&name=%e0%80`],
        ["application/x-www-form-urlencoded; charset=nonsense", `_csrf=${_csrf}`],
        ["nonsense", "a"],
      ])
        await check(`POST ${path} ${type} ${body}`, raw(who, path, body ?? "", type));
    } else {
      for (const value of nasty) {
        const asked = new URLSearchParams(queries.map((name) => [name, value.slice(0, 2_000)]));
        await check(`${method} ${path} ?${value.slice(0, 30)}`, who.ask(`${path}?${asked}`, { method }));
      }
      for (const name of queries)
        await check(`${method} ${path} ${name}`, who.ask(`${path}?${name}=%ff%00&${name}=b&${name}[x]=c`, { method }));
      await check("a cursor with every digit", who.ask(`${path}?at=99999999999999999&id=${uuid}`, { method }));
    }
    for (const value of nasty.filter((text) => text && text.length <= 100 && text !== "\ud800")) {
      const strange = pattern.replace(/:\w+/g, encodeURIComponent(value));
      if (strange !== pattern) await check(`${method} ${strange}`, who.ask(strange, { method }));
    }
  }
  for (const path of [
    "/%",
    "/%00",
    "/users/%ff",
    "/assets/x/%00",
    "/assets/x/nothing.css",
    "/assets//",
    "/favicon.ico/x",
  ])
    await check(path, boss.ask(path));
  for (const [name, value] of [
    ["user-agent", "x".repeat(5_000)],
    ["user-agent", "\u00ff\u0080"],
    ["x-forwarded-for", "not an address"],
    ["x-forwarded-for", ", ,"],
    ["cookie", "__Host-session=%ff%00; __Host-form=a"],
    ["accept", "text/html;q=\u00ff"],
  ]) {
    const odd = new Visitor(web.url);
    await check(`header ${name}`, odd.ask("/login", { headers: { [name ?? ""]: value ?? "" } }));
    const token = formToken((await odd.ask("/login")).body);
    const body = new URLSearchParams({
      _csrf: token,
      email: "admin@example.com",
      password: "what the admin chose instead",
    });
    const headers = { "content-type": "application/x-www-form-urlencoded", [name ?? ""]: value ?? "" };
    if (name !== "cookie")
      await check(`log-in with ${name}`, odd.ask("/login", { method: "POST", headers, body: String(body) }));
  }
  await Promise.all(running);
  assert.ok(answers > 1_500, `only ${answers} requests`);
  // The log first: it says why.
  assert.deepEqual(failures(), []);
  assert.deepEqual(bad, []);
});

/** @param {Visitor} who @param {string} path @param {string} body */
const raw = (who, path, body, type = "application/x-www-form-urlencoded") =>
  who.ask(path, { method: "POST", headers: { "content-type": type }, body });

test("an asset that is not there is a 404 without an error line", async () => {
  for (const path of ["/assets/000000000000/nothing.css", "/assets/000000000000/..%2f..%2fpackage.json"]) {
    const answer = await boss.ask(path);
    assert.deepEqual([answer.status, answer.headers.get("cache-control")], [404, "no-store"], path);
  }
  assert.deepEqual(failures(), []);
});

test("a name that looks like another one, or like nothing, is refused; real names are not", async () => {
  await backends.sql("UPDATE rooms SET archived_at = now() WHERE slug <> 'general'");
  for (const name of [
    "Mia\u202e",
    "\u2066Mia\u2069",
    "M\u200bia",
    "Mi\ufeffa",
    "\u3164",
    "Mi\u00ada",
    "Mi\u2028a",
    "a\u{e0041}",
    "M\ufe0fia",
    "\u2800",
  ]) {
    const answer = await boss.submit("/rooms", "/rooms", { name });
    assert.equal(answer.status, 422, JSON.stringify(name));
  }
  for (const name of [
    "José Núñez",
    "Nguyễn Thị Minh",
    "О'Коннор",
    "李小龍",
    "محمد",
    "می\u200cخواهم",
    "👩\u200d💻 Team",
    "❤\ufe0f",
    "Zoë-Anne",
  ]) {
    assert.ok(isVisible(name), name);
    const answer = await boss.submit("/rooms", "/rooms", { name });
    assert.equal(answer.status, 303, name);
  }
});

test("long lists of users and rooms have pages, and every one is on one of them", async () => {
  await backends.sql(
    `INSERT INTO users (email, name, role) SELECT 'u' || n || '@example.org', 'Person ' || n, 'member' FROM generate_series(1, 120) n`,
  );
  await backends.sql(
    `INSERT INTO rooms (slug, name, archived_at) SELECT 'r' || n, 'Room ' || n, now() FROM generate_series(1, 120) n`,
  );
  for (const [path, pattern, table] of /** @type {const} */ ([
    ["/users", /href="\/users\/([0-9a-f-]{36})">/g, "users"],
    ["/rooms", /action="\/rooms\/([0-9a-f-]{36})\/(?:archive|restore)"/g, "rooms"],
  ])) {
    const seen = new Set();
    let next = path;
    let pages = 0;
    while (next && pages++ < 10) {
      const { body } = await boss.ask(next);
      for (const [, id] of body.matchAll(pattern)) seen.add(id);
      next = /** @type {any} */ (/rel="next" href="([^"]+)"/.exec(body)?.[1] ?? "");
    }
    const { rows } = await backends.sql(`SELECT count(*)::int AS count FROM ${table}`);
    assert.equal(seen.size, rows[0].count, path);
    assert.equal(pages, Math.ceil(rows[0].count / 50), path);
    assert.match((await boss.ask(`${path}?page=99`)).body, /Page 99 of/);
  }
});
