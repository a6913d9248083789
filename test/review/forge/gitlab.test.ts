import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { ForgeError } from "../../../review/forge/errors";
import { Gitlab, gitlabLimit } from "../../../review/forge/gitlab";
import { upsert } from "../../../review/forge/upsert";
import { FakeGitlab } from "../../support/forges/gitlab";
import { lines, marker } from "../../support/forges/sections";
import type { Asked } from "../../support/forges/server";

let forge: FakeGitlab;
let slept: number[];
const client = (token = "token") => new Gitlab({ project: "acme/shop", token, api: forge.origin, second: 5 });
const clock = {
  random: () => 0,
  sleep: async (milliseconds: number) => void slept.push(milliseconds),
  timeout: (milliseconds: number) => AbortSignal.timeout(milliseconds),
};
const post = (entry = lines("dev", 1), more = {}) => upsert(client().notes(7), entry, { clock, ...more });
const ours = () => forge.notes.filter(({ author }) => author === "project_1_bot").map(({ body }) => body);
const writes = ({ method }: Asked) => method !== "GET";

beforeEach(async () => {
  slept = [];
  forge = await new FakeGitlab().start();
});
afterEach(() => forge.stop());

async function refusal(posting: Promise<unknown>): Promise<ForgeError> {
  const error = await posting.then(
    () => assert.fail("it was posted"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ForgeError, String(error));
  return error;
}

test("the first run makes a note, the next ones edit it, the same text is not sent again", async () => {
  assert.equal((await post()).outcome, "created");
  assert.equal((await post(lines("prod", 1))).outcome, "updated");
  const before = forge.writes().length;
  assert.equal((await post()).outcome, "unchanged");
  assert.equal(forge.writes().length, before);
  assert.deepEqual(ours(), [`${marker}\ndev 1 -\nprod 1 -`]);
});

test("a note on a later page is found; notes of the system and of others are left", async () => {
  for (let index = 0; index < 250; index++) forge.say(7, "ada", `note ${index}`, index % 3 === 0);
  forge.say(7, "project_1_bot", marker, true);
  forge.say(7, "mallory", `${marker}\ndev 9 forged`);
  forge.say(7, "project_1_bot", `${marker}\nprod 1 -`);
  assert.equal((await post()).outcome, "updated");
  assert.deepEqual(ours(), [marker, `${marker}\ndev 1 -\nprod 1 -`]);
  assert.ok(forge.notes.some(({ body }) => body === `${marker}\ndev 9 forged`));
});

test("a token without the scope is told which, once", async () => {
  forge.people.set("reader", "project_1_bot");
  forge.readers.add("reader");
  const error = await refusal(upsert(client("reader").notes(7), lines("dev", 1), { clock }));
  assert.equal(error.problem, "forbidden");
  assert.match(error.message, /merge request !7 of acme\/shop: GitLab answered 403: insufficient_scope/);
  assert.match(error.todo, /Reporter and the scope api/);
  assert.equal(forge.writes().length, 1);
});

test("429 is waited for as long as GitLab says", async () => {
  const body = { message: { error: "This endpoint has been requested too many times. Try again later." } };
  forge.faults.push({ on: writes, times: 1, status: 429, headers: { "retry-after": "42" }, body });
  forge.faults.push({
    on: ({ method }) => method === "GET",
    times: 1,
    status: 429,
    headers: { "retry-after": "3" },
    body,
  });
  assert.equal((await post()).outcome, "created");
  assert.equal(slept[0], 42_000);
});

test("409 and 5xx are tried again after a look, and an answer that was lost makes no second note", async () => {
  for (const status of [409, 500, 502]) {
    forge.notes.length = 0;
    forge.faults.push({ on: writes, times: 1, status, body: { message: "oh" } });
    assert.equal((await post()).outcome, "created", String(status));
  }
  for (const lost of [{ status: 502 }, { status: 0, cut: true }]) {
    forge.notes.length = 0;
    forge.faults.push({ on: writes, times: 1, after: true, body: {}, ...lost });
    await post();
    assert.deepEqual(ours(), [`${marker}\ndev 1 -`]);
  }
});

test("a note that is too long, a wrong number and a wrong token say what to do, and no token is told", async () => {
  const long = await refusal(
    client()
      .notes(7)
      .create("x".repeat(gitlabLimit + 1)),
  );
  assert.equal(long.problem, "tooLong");
  const missing = await refusal(upsert(client().notes(8), lines("dev", 1), { clock }));
  assert.equal(missing.problem, "missing");
  const wrong = await refusal(upsert(client("glpat-secret").notes(7), lines("dev", 1), { clock }));
  assert.equal(wrong.problem, "unauthorized");
  assert.doesNotMatch(wrong.render(), /glpat/);
});

test("a redirect is not followed, so the token goes nowhere else", async () => {
  const other = await new FakeGitlab().start();
  try {
    const location = `${other.origin}/user`;
    forge.faults.push({ on: () => true, times: 9, status: 302, headers: { location }, body: {} });
    const error = await refusal(post(lines("dev", 1), { patience: 0 }));
    assert.equal(error.problem, "unavailable");
    assert.deepEqual(other.log, []);
  } finally {
    await other.stop();
  }
});

test("a merge request is told with its head and its labels", async () => {
  forge.mergeRequests.set(7, ["allow-destroy", "ops"]);
  assert.deepEqual(await client().mergeRequest(7), { head: "a".repeat(40), labels: ["allow-destroy", "ops"] });
  assert.equal(await client().mergeRequest(8), undefined);
});
