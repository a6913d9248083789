import assert from "node:assert/strict";
import { test } from "node:test";
import { Secret, TOTP } from "otpauth";
import { checkCode, recoveryDigest, secretBox } from "../src/secondFactor.js";
import { openPanel } from "./support/opened.js";
import { admin, signUpMember, startWeb, Visitor } from "./support/panel.js";

const { backends, web, boss } = await openPanel();

/** The code that the app on the phone shows, so many steps from now. @param {string} secret */
const codeOf = (secret, steps = 0) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });

/** Turns the second factor on as a person does. @param {Visitor} visitor */
async function turnOn(visitor) {
  const page = (await visitor.ask("/account/second-factor")).body;
  assert.match(page, /<svg/);
  const secret = (/type this key into the app: <code class="clip">([A-Z2-7 ]+)</.exec(page)?.[1] ?? "").replaceAll(
    " ",
    "",
  );
  assert.equal(secret.length, 32);
  const wrong = await visitor.submit("/account/second-factor", "/account/second-factor", { code: "000000" });
  assert.equal(wrong.status, 422);
  const done = await visitor.submit("/account/second-factor", "/account/second-factor", { code: codeOf(secret, -1) });
  assert.equal(done.status, 201, done.body);
  const codes = [...done.body.matchAll(/<li><code>([a-z2-9-]+)</g)].map(([, code = ""]) => code);
  assert.equal(codes.length, 10);
  return { secret, codes };
}

test("codes are those of RFC 6238, one step around now, and each is used once", () => {
  // Its test vectors (appendix B), the last six digits: the secret is "12345678901234567890".
  const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
  const vectors = /** @type {const} */ ([
    [59, "287082"],
    [1111111109, "081804"],
    [1234567890, "005924"],
    [20000000000, "353130"],
  ]);
  for (const [seconds, code] of vectors) {
    const step = Math.floor(seconds / 30);
    assert.equal(checkCode(secret, code, 0, seconds * 1000), step);
    assert.equal(checkCode(secret, ` ${code.slice(0, 3)} ${code.slice(3)}`, 0, (seconds + 30) * 1000), step);
    assert.equal(checkCode(secret, code, 0, (seconds + 90) * 1000), undefined);
    assert.equal(checkCode(secret, code, step, seconds * 1000), undefined, "used already");
  }
  for (const wrong of ["", "28708", "2870820", "abcdef", "２８７０８２"])
    assert.equal(checkCode(secret, wrong, 0, 59_000), undefined);
  assert.equal(recoveryDigest("ABCDE-fghij"), recoveryDigest("abcde fghij"));
});

test("what is stored opens for its user and with its key alone", () => {
  const box = secretBox("s".repeat(32));
  const sealed = box.seal("SECRET", "user-1");
  assert.doesNotMatch(sealed, /SECRET/);
  assert.equal(box.open(sealed, "user-1"), "SECRET");
  assert.equal(box.open(sealed, "user-2"), undefined);
  assert.equal(secretBox("t".repeat(32)).open(sealed, "user-1"), undefined);
  assert.equal(box.open("garbage", "user-1"), undefined);
});

test("what an accepted key has sealed opens, and is sealed anew with the own one", () => {
  const [before, now] = ["b".repeat(32), "n".repeat(32)];
  const box = secretBox(now, [before]);
  const sealed = secretBox(before).seal("SECRET", "user-1");
  assert.equal(box.open(sealed, "user-1"), "SECRET");
  assert.equal(secretBox(now).open(box.renew(sealed, "user-1") ?? "", "user-1"), "SECRET");
  assert.equal(box.renew(box.seal("SECRET", "user-1"), "user-1"), undefined, "it is sealed with it already");
  assert.equal(box.renew(sealed, "user-2"), undefined);
});

test("with a second factor the password alone opens nothing; a code does, once, and so does a recovery code", async () => {
  const { visitor, ...mia } = await signUpMember(boss, "factor@example.com");
  const { secret, codes } = await turnOn(visitor);
  const stored = (await backends.sql("SELECT totp_secret FROM users WHERE email = $1", [mia.email])).rows[0]
    .totp_secret;
  assert.ok(!stored.includes(secret));

  const phone = new Visitor(web.url);
  assert.equal((await phone.submit("/login", "/login", { ...mia, next: "/account" })).to, "/login/code");
  for (const path of ["/chat", "/account", "/account/password"]) assert.match((await phone.ask(path)).to, /^\/login\?/);
  const refused = await phone.submit("/login/code", "/login/code", { code: "000000" });
  assert.equal(refused.status, 401);
  const code = codeOf(secret);
  assert.equal((await phone.submit("/login/code", "/login/code", { code })).to, "/account", "on to where they wanted");
  assert.equal((await phone.ask("/chat")).status, 200);

  const thief = new Visitor(web.url);
  await thief.logIn(mia);
  assert.equal((await thief.submit("/login/code", "/login/code", { code })).status, 401, "seen over a shoulder");
  const [recovery = ""] = codes;
  assert.equal((await thief.submit("/login/code", "/login/code", { code: recovery.toUpperCase() })).status, 303);
  const again = new Visitor(web.url);
  await again.logIn(mia);
  assert.equal((await again.submit("/login/code", "/login/code", { code: recovery })).status, 401);
  assert.match((await visitor.ask("/account")).body, /9 recovery codes left/);
});

test("codes cannot be tried for ever, nor without the password", async () => {
  const { visitor, ...mia } = await signUpMember(boss, "guess@example.com");
  const { secret } = await turnOn(visitor);
  const guesser = new Visitor(web.url);
  assert.equal((await guesser.ask("/login/code")).to, "/login");
  await guesser.logIn(mia);
  for (let round = 0; round < 10; round++) {
    assert.equal((await guesser.submit("/login/code", "/login/code", { code: "000000" })).status, 401);
  }
  const locked = await guesser.submit("/login/code", "/login/code", { code: codeOf(secret) });
  assert.equal(locked.status, 429);
  assert.ok(Number(locked.headers.get("retry-after")) > 800);
});

test("an administrator takes the second factor from somebody who lost their phone", async () => {
  const { visitor, ...mia } = await signUpMember(boss, "lost@example.com");
  await turnOn(visitor);
  const id = (await backends.sql("SELECT id FROM users WHERE email = $1", [mia.email])).rows[0].id;
  assert.equal(
    (await boss.submit(`/users/${id}`, `/users/${id}/second-factor`)).to,
    "/users?notice=user-second-factor-removed",
  );
  assert.equal((await new Visitor(web.url).logIn(mia)).to, "/");
});

test("where the settings ask for it, an administrator without a second factor comes to the page that adds one", async () => {
  const strict = await startWeb({ ...backends.env, REQUIRE_SECOND_FACTOR: "1" });
  try {
    const visitor = new Visitor(strict.url);
    await visitor.logIn(admin);
    assert.equal((await visitor.ask("/users")).to, "/account/second-factor");
    assert.equal((await visitor.submit("/account", "/rooms", { name: "Not yet" })).status, 403);
    await turnOn(visitor);
    assert.equal((await visitor.ask("/users")).status, 200);
    await visitor.submit("/account", "/account/second-factor/remove");
    assert.equal((await visitor.ask("/users")).to, "/account/second-factor");
  } finally {
    await strict.end();
  }
});

test("rights are given by somebody who just typed their password: an open browser is not enough", async () => {
  const { visitor: later } = await signUpMember(boss, "boss2@example.com", { role: "admin" });
  const me = (await backends.sql("SELECT id FROM users WHERE email = 'boss2@example.com'")).rows[0].id;
  const { redis } = backends.redis;
  for (const key of await redis.keys("panel:session:*")) {
    const session = JSON.parse((await redis.get(key)) ?? "{}");
    if (session.userId === me) await redis.set(key, JSON.stringify({ ...session, confirmedAt: 0 }), "KEEPTTL");
  }
  const wish = { name: "New Boss", email: "boss3@example.com", role: "admin" };
  const asked = await later.submit("/users", "/users", wish);
  assert.equal(asked.status, 403);
  assert.match(asked.body, /Is it you\?/);
  assert.match(asked.body, /<input type="hidden" name="email" value="boss3@example.com">/);
  const paths = { password: `/users/${me}/password`, remove: "/account/second-factor/remove", role: `/users/${me}` };
  assert.equal((await later.submit("/users", paths.password)).status, 403);
  assert.equal((await later.submit("/users", paths.remove)).status, 403);
  const plain = await later.submit("/users", "/users", { ...wish, email: "plain3@example.com", role: "member" });
  assert.equal(plain.status, 201, "a member has no rights to give");
  const wrong = await later.submit("/users", "/users", { ...wish, confirmation: "wrong" });
  assert.equal(wrong.status, 422);
  assert.match(wrong.body, /The password is not right\./);
  const right = await later.submit("/users", "/users", { ...wish, confirmation: "a-password-chosen-by-me" });
  assert.equal(right.status, 201);
  assert.equal((await later.submit("/users", paths.password)).status, 201, "for ten minutes it is not asked again");
});
