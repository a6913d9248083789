import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { test } from "node:test";
import { jwtVerify } from "jose";
import { openPanel } from "./support/opened.js";
import {
  admin,
  chatToken,
  chooseAdminPassword,
  formToken,
  startBackends,
  startWeb,
  until,
  Visitor,
} from "./support/panel.js";

const { backends, web, boss } = await openPanel();

/** Signs up a user and returns the temporary password that the page shows. */
async function signUp(/** @type {string} */ email, role = "member", name = "Mia Member") {
  const answer = await boss.submit("/users", "/users", { email, name, role });
  assert.equal(answer.status, 201, answer.body);
  return /id="temporary-password">([^<]+)</.exec(answer.body)?.[1] ?? "";
}

/** Signs up a user who has chosen a password already, and logs in. */
async function member(/** @type {string} */ email, role = "member") {
  const password = "a-password-chosen-by-me";
  const visitor = new Visitor(web.url);
  const temporary = await signUp(email, role);
  await visitor.logIn({ email, password: temporary });
  const fields = { current: temporary, next: password, again: password };
  assert.equal((await visitor.submit("/account/password", "/account/password", fields)).status, 303);
  return { visitor, password };
}

test("a stranger is sent to the log-in page and back to where they wanted to go", async () => {
  const visitor = new Visitor(web.url);
  const first = await visitor.ask("/chat?room=general");
  assert.equal(first.to, "/login?next=%2Fchat%3Froom%3Dgeneral");
  const page = await visitor.ask(first.to);
  const fields = { ...admin, _csrf: formToken(page.body), next: "/chat?room=general" };
  assert.equal((await visitor.post("/login", fields)).to, "/chat?room=general");
});

test("the log-in never leads to another site", async () => {
  const next = "//evil.example";
  assert.equal((await new Visitor(web.url).submit("/login", "/login", { ...admin, next })).to, "/");
});

test("a wrong password is refused without telling whether the user exists", async () => {
  const wrong = await new Visitor(web.url).logIn({ email: admin.email, password: "wrong" });
  const unknown = await new Visitor(web.url).logIn({ email: "nobody@example.com", password: "wrong" });
  assert.deepEqual([wrong.status, unknown.status], [401, 401]);
  assert.match(wrong.body, /The address or the password is not right\./);
  const problem = (/** @type {string} */ body) => /role="alert">[^<]+/.exec(body)?.[0];
  assert.equal(problem(wrong.body), problem(unknown.body));
});

test("the session cookie is bound to the host, hidden from scripts and new after the log-in", async () => {
  const visitor = new Visitor(web.url);
  const page = await visitor.ask("/login");
  assert.doesNotMatch(page.headers.getSetCookie().join(), /__Host-session/, "a visitor costs no session");
  const answer = await visitor.logIn();
  const cookie = answer.headers.getSetCookie().find((line) => line.startsWith("__Host-session=")) ?? "";
  for (const attribute of ["Path=/", "HttpOnly", "Secure", "SameSite=Lax"])
    assert.ok(cookie.includes(attribute), cookie);
  assert.doesNotMatch(cookie, /Domain/i);
  const before = visitor.cookies.get("__Host-session");
  await visitor.post("/login", { ...admin, _csrf: formToken((await visitor.ask("/chat")).body) });
  assert.notEqual(visitor.cookies.get("__Host-session"), before);
  const old = new Visitor(web.url);
  old.cookies.set("__Host-session", before ?? "");
  assert.equal((await old.ask("/chat")).to, "/login?next=%2Fchat", "the id from before the log-in is worth nothing");
});

test("a log-out ends the session on the server, too", async () => {
  const visitor = new Visitor(web.url);
  await visitor.logIn();
  const stolen = new Map(visitor.cookies);
  assert.equal((await visitor.submit("/chat", "/logout")).to, "/login?notice=logged-out");
  visitor.cookies = stolen;
  assert.equal((await visitor.ask("/chat")).status, 303);
});

test("a form without its token, with a stranger's or another user's is refused", async () => {
  const { visitor } = await member("csrf@example.com", "admin");
  const tokens = {
    none: "",
    invented: "AAAA-BBBB",
    stranger: formToken((await new Visitor(web.url).ask("/login")).body),
    "another user": formToken((await boss.ask("/chat")).body),
  };
  for (const [whose, token] of Object.entries(tokens)) {
    const answer = await visitor.post("/rooms", { name: `Forged by ${whose}`, _csrf: token });
    assert.equal(answer.status, 403, whose);
  }
  assert.doesNotMatch((await boss.ask("/rooms")).body, /Forged/);
});

test("pages for administrators are refused to members and strangers, in every method", async () => {
  const { visitor } = await member("plain@example.com");
  const token = formToken((await visitor.ask("/chat")).body);
  for (const path of ["/users", "/rooms", "/activity", "/workers", "/health"]) {
    assert.equal((await visitor.ask(path)).status, 403, path);
    assert.equal((await boss.ask(path)).status, 200, path);
    assert.equal((await new Visitor(web.url).ask(path)).status, 303, path);
  }
  for (const path of ["/users", "/rooms", "/workers/check"]) {
    const answer = await visitor.post(path, { name: "Mine", email: "me@example.com", role: "admin", _csrf: token });
    assert.equal(answer.status, 403, path);
  }
});

test("a temporary password must be changed before anything else", async () => {
  const temporary = await signUp("new@example.com");
  assert.match(temporary, /^[a-z2-9]{4}(-[a-z2-9]{4}){3}$/);
  const visitor = new Visitor(web.url);
  assert.equal((await visitor.logIn({ email: "NEW@example.com", password: temporary })).to, "/account/password");
  assert.equal((await visitor.ask("/chat")).to, "/account/password");
  const form = formToken((await visitor.ask("/account/password")).body);
  assert.equal((await visitor.ask("/chat/token", { method: "POST", headers: { "csrf-token": form } })).status, 403);
  const short = await visitor.post("/account/password", {
    current: temporary,
    next: "short",
    again: "short",
    _csrf: form,
  });
  assert.equal(short.status, 422);
  assert.match(short.body, /Please use at least 12 characters\./);
  const next = "correct horse battery";
  const changed = await visitor.post("/account/password", { current: temporary, next, again: next, _csrf: form });
  assert.equal(changed.to, "/chat?notice=password-changed");
  assert.equal((await visitor.ask("/chat")).status, 200);
  assert.equal((await new Visitor(web.url).logIn({ email: "new@example.com", password: temporary })).status, 401);
});

test("deactivating a user ends their sessions at once and keeps them out", async () => {
  const { visitor, password } = await member("leaver@example.com");
  const id = /href="\/users\/([0-9a-f-]{36})">Mia Member<\/a><br><span class="faint">leaver@/.exec(
    (await boss.ask("/users")).body,
  )?.[1];
  assert.equal((await visitor.chatToken()).status, 200);
  const elsewhere = new Visitor(web.url);
  await elsewhere.logIn({ email: "leaver@example.com", password });
  assert.equal((await boss.submit("/users", `/users/${id}/deactivate`)).to, "/users?notice=user-deactivated");
  assert.equal((await visitor.ask("/chat")).to, "/login?next=%2Fchat");
  assert.equal((await visitor.logIn({ email: "leaver@example.com", password })).status, 401);
  assert.equal((await boss.submit("/users", `/users/${id}/activate`)).status, 303);
  assert.equal((await elsewhere.ask("/chat")).to, "/login?next=%2Fchat", "activation does not bring sessions back");
  assert.equal((await visitor.logIn({ email: "leaver@example.com", password })).status, 303);
});

test("the last administrator can be neither deactivated nor demoted", async () => {
  const backends2 = await startBackends();
  await backends2.migrate();
  const other = await startWeb(backends2.env);
  try {
    const only = await chooseAdminPassword(other.url);
    const id = /href="\/users\/([0-9a-f-]{36})"/.exec((await only.ask("/users")).body)?.[1];
    for (const [path, fields] of /** @type {const} */ ([
      [`/users/${id}/deactivate`, {}],
      [`/users/${id}`, { name: "A", role: "member" }],
    ])) {
      const answer = await only.submit("/users", path, fields);
      assert.equal(answer.status, 422);
      assert.match(answer.body, /The last administrator cannot/);
    }
  } finally {
    await other.end();
    await backends2.stop();
  }
});

test("a room is opened, renamed, archived and brought back; its slug stays", async () => {
  assert.equal((await boss.submit("/rooms", "/rooms", { name: "Café & Küche" })).to, "/rooms?notice=room-created");
  const again = await boss.submit("/rooms", "/rooms", { name: "café & küche" });
  assert.equal(again.status, 422);
  assert.match(again.body, /There is already an open room called/);
  const list = (await boss.ask("/rooms")).body;
  const id = /action="\/rooms\/([0-9a-f-]{36})">(?:(?!<\/form>)[\s\S])*Café/.exec(list)?.[1];
  assert.match(list, /#cafe-kuche/);
  assert.equal((await boss.submit("/rooms", `/rooms/${id}`, { name: "Kitchen" })).status, 303);
  assert.ok(
    (await boss.chatToken()).json.rooms.some(
      (/** @type {any} */ room) => room.name === "Kitchen" && room.slug === "cafe-kuche",
    ),
  );
  await boss.submit("/rooms", `/rooms/${id}/archive`);
  assert.ok(!(await boss.chatToken()).json.rooms.some((/** @type {any} */ { slug }) => slug === "cafe-kuche"));
  await boss.submit("/rooms", `/rooms/${id}/restore`);
  assert.ok((await boss.chatToken()).json.rooms.some((/** @type {any} */ { slug }) => slug === "cafe-kuche"));
});

test("a name is shown as text, never as HTML", async () => {
  const name = `<img src=x onerror=alert(1)> "O'Neil"`;
  await boss.submit("/rooms", "/rooms", { name });
  const { body } = await boss.ask("/rooms");
  assert.doesNotMatch(body, /<img src=x/);
  assert.match(body, /&lt;img src=x/);
});

test("the chat token says who, where and how long, signed with the private key", async () => {
  const { json, headers } = await boss.chatToken();
  assert.equal(headers.get("cache-control"), "no-store");
  const { payload, protectedHeader } = await jwtVerify(json.token, createPublicKey(chatToken.publicKey), {
    audience: "chat",
    algorithms: ["EdDSA"],
  });
  assert.deepEqual(protectedHeader, { alg: "EdDSA", typ: "JWT" });
  assert.match(payload.sub ?? "", /^[0-9a-f-]{36}$/);
  assert.equal(payload.name, "Administrator");
  assert.ok(/** @type {string[]} */ (payload.rooms).includes("general"));
  const { iat = 0, nbf = 0, exp = 0 } = payload;
  assert.deepEqual([nbf, exp], [Math.floor(iat), Math.floor(iat) + 300]);
  const stored = (await backends.sql("SELECT sid FROM sessions WHERE ended_at IS NULL")).rows.map(({ sid }) => sid);
  assert.ok(stored.includes(payload.sid));
  assert.ok(!boss.cookies.get("__Host-session")?.includes(String(payload.sid)), "never the id of the session");
  assert.equal(Date.parse(json.expiresAt), (payload.exp ?? 0) * 1000);
  // Its id is that of the request, which the chat logs.
  assert.equal(payload.jti, headers.get("x-request-id"));
});

test("a page allows scripts of the panel and connections to the chat, nothing else", async () => {
  const { headers } = await boss.ask("/chat");
  const policy = headers.get("content-security-policy") ?? "";
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /connect-src 'self' wss:\/\/chat\.localhost:8443(;|$)/);
  assert.doesNotMatch(policy, /unsafe/);
  assert.equal(headers.get("cache-control"), "no-store");
  assert.equal(headers.get("x-frame-options"), "DENY");
  assert.match(headers.get("permissions-policy") ?? "", /camera=\(\).*clipboard-write=\(self\)/);
});

test("assets are kept for a year under their own digest only", async () => {
  const page = (await boss.ask("/chat")).body;
  const path = /href="(\/assets\/[0-9a-f]{12}\/app\.css)"/.exec(page)?.[1] ?? "";
  const own = await boss.ask(path);
  assert.equal(own.status, 200);
  assert.match(own.headers.get("cache-control") ?? "", /immutable/);
  const other = await boss.ask("/assets/000000000000/app.css");
  assert.deepEqual([other.status, other.headers.get("cache-control")], [200, "no-store"]);
});

test("the request id of the proxy is logged and returned, with the client's address; no secret is in the log", async () => {
  const answer = await boss.ask("/chat?secret=in-the-query", { headers: { "x-request-id": "abc-123456" } });
  assert.equal(answer.headers.get("x-request-id"), "abc-123456");
  await until(() => web.log().some(({ requestId }) => requestId === "abc-123456"));
  const line = web.log().find(({ requestId }) => requestId === "abc-123456");
  const { method, path, status, ip, stage, version, role, user } = line;
  assert.deepEqual(
    { method, path, status, ip, stage, version, role },
    {
      method: "GET",
      path: "/chat",
      status: 200,
      ip: "203.0.113.9",
      stage: "test",
      version: "src-0123456789ab",
      role: "web",
    },
  );
  assert.match(user, /^[0-9a-f-]{36}$/);
  const all = web.output.out + web.output.err;
  const secrets = [
    admin.password,
    admin.first,
    ...chatToken.privateKey.split("\n").slice(1, 2),
    backends.env.SESSION_SECRET,
    `${backends.env.PGPASSWORD}"`,
  ].concat(
    [...boss.cookies.values()].map((value) => value.slice(0, 24)),
    "in-the-query",
  );
  for (const secret of secrets) assert.ok(!all.includes(secret), `the log has ${secret}`);
  const strange = await boss.ask("/chat", { headers: { "x-request-id": 'x"\\ny' } });
  assert.match(strange.headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/);
});

test("what does not exist is a page that says so", async () => {
  for (const path of ["/nothing", "/users/not-an-id", "/users/00000000-0000-4000-8000-000000000000"]) {
    const answer = await boss.ask(path);
    assert.equal(answer.status, 404, path);
    assert.match(answer.body, /<h1>Not found<\/h1>/);
  }
});

test("the health page shows each part and this pod", async () => {
  const { body } = await boss.ask("/health");
  assert.match(body, /answers in [\d.]+ ms/);
  assert.match(body, /src-0123456789ab/);
  assert.match(body, /Something needs attention/, "no worker runs in this test");
});
