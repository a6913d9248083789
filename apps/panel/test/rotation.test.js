// A change of the session secret, with pods of before and after it, which one visitor meets in turn.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { secretBox } from "../src/secondFactor.js";
import { chooseAdminPassword, formToken, startBackends, startWeb, until, Visitor } from "./support/panel.js";

const secretOf = (/** @type {number} */ generation) => `session-secret-${generation}-of-this-rotation-test`;
const backends = await startBackends();
after(() => backends.stop());
assert.equal((await backends.migrate()).code, 0);

/** A pod of a generation, with what the platform gives it. */
function startPod(/** @type {number} */ generation) {
  const others = [generation - 1, generation + 1].filter((number) => number > 0).map(secretOf);
  return startWeb({
    ...backends.env,
    SESSION_SECRET: secretOf(generation),
    SESSION_SECRET_ACCEPTED: others.join(","),
  });
}

test("a visitor keeps the session and no form is refused, whichever pod answers", async () => {
  const [before, ahead] = [await startPod(1), await startPod(2)];
  const boss = await chooseAdminPassword(before.url);
  /** @param {{ url: string }} pod @param {string} path */
  async function through(pod, path) {
    boss.url = pod.url;
    return boss.ask(path);
  }
  for (const pod of [ahead, before, ahead]) {
    const { status, to } = await through(pod, "/users");
    assert.equal(status, 200, to);
  }
  const ways = /** @type {const} */ ([
    ["one", before, ahead],
    ["two", ahead, before],
  ]);
  for (const [name, shows, takes] of ways) {
    const _csrf = formToken((await through(shows, "/users")).body);
    boss.url = takes.url;
    const answer = await boss.post("/users", { email: `${name}@example.com`, name, role: "member", _csrf });
    assert.equal(answer.status, 201, answer.body);
    // Somebody who is not logged in has a form from one pod, too, and sends it to the other.
    const stranger = new Visitor(shows.url);
    const token = formToken((await stranger.ask("/login")).body);
    stranger.url = takes.url;
    const wrong = await stranger.post("/login", { email: "nobody@example.com", password: "x", _csrf: token });
    assert.equal(wrong.status, 401);
  }
  const other = formToken((await new Visitor(before.url).ask("/login")).body);
  for (const pod of [before, ahead])
    for (const _csrf of ["forged", "", other]) {
      boss.url = pod.url;
      const answer = await boss.post("/users", { email: "x@example.com", name: "X", role: "member", _csrf });
      assert.equal(answer.status, 403, "a token of another visitor, or none");
    }

  // A session that was begun with the next secret is known to the pods of before, and to those two generations on to nobody.
  const late = await startPod(4);
  const fresh = new Visitor(ahead.url);
  await fresh.logIn();
  fresh.url = before.url;
  assert.equal((await fresh.ask("/users")).status, 200);
  fresh.url = late.url;
  assert.equal((await fresh.ask("/users")).to, "/login?next=%2Fusers");
  for (const pod of [before, ahead, late]) {
    const said = pod.output.out + pod.output.err;
    for (const generation of [1, 2, 3, 4, 5]) assert.ok(!said.includes(secretOf(generation)), "a secret is in the log");
    await pod.end();
  }
});

test("second factors are sealed anew, so that later changes lose none", async () => {
  const { id } = (await backends.sql("SELECT id FROM users LIMIT 1")).rows[0];
  const text = "JBSWY3DPEHPK3PXP";
  const sealed = secretBox(secretOf(1)).seal(text, id);
  await backends.sql("UPDATE users SET totp_secret = $2 WHERE id = $1", [id, sealed]);
  const opens = async (/** @type {number} */ generation) => {
    const { rows } = await backends.sql("SELECT totp_secret FROM users WHERE id = $1", [id]);
    return secretBox(secretOf(generation)).open(rows[0].totp_secret, id) === text;
  };
  for (const generation of [2, 3, 4]) {
    const pod = await startPod(generation);
    await until(() => opens(generation));
    await pod.end();
  }
});
