import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { ForgeError } from "../../../review/forge/errors";
import { Github, githubLimit } from "../../../review/forge/github";
import { upsert } from "../../../review/forge/upsert";
import { FakeGithub } from "../../support/forges/github";
import { lines, marker } from "../../support/forges/sections";
import type { Asked } from "../../support/forges/server";

let forge: FakeGithub;
let slept: number[];
const client = (token = "token") =>
  new Github({ repository: "acme/shop", token, api: forge.origin, throttled: false, second: 5 });
const board = () => client().comments(7);
const clock = {
  random: () => 0,
  sleep: async (milliseconds: number) => void slept.push(milliseconds),
  timeout: (milliseconds: number) => AbortSignal.timeout(milliseconds),
};
const post = (entry = lines("dev", 1), more = {}) => upsert(board(), entry, { clock, ...more });
const ours = () => forge.comments.filter(({ author }) => author === "github-actions[bot]").map(({ body }) => body);
const writes = (asked: Asked) => asked.method !== "GET" && asked.path !== "/graphql";

beforeEach(async () => {
  slept = [];
  forge = await new FakeGithub().start();
  forge.pull(7);
});
afterEach(() => forge.stop());

/** What a refused post says. */
async function refusal(posting: Promise<unknown>): Promise<ForgeError> {
  const error = await posting.then(
    () => assert.fail("it was posted"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ForgeError, String(error));
  return error;
}

test("the first run makes a comment, the next ones edit it, the same text is not sent again", async () => {
  assert.equal((await post()).outcome, "created");
  assert.equal((await post(lines("prod", 1))).outcome, "updated");
  const before = forge.writes().length;
  assert.equal((await post()).outcome, "unchanged");
  assert.equal(forge.writes().length, before);
  assert.deepEqual(ours(), [`${marker}\ndev 1 -\nprod 1 -`]);
});

test("a comment on the fourth page is found", async () => {
  for (let index = 0; index < 350; index++) forge.say(7, "ada", `comment ${index}`);
  forge.say(7, "github-actions[bot]", `${marker}\nprod 1 -`);
  for (let index = 0; index < 20; index++) forge.say(7, "ada", `later ${index}`);
  const done = await post();
  assert.equal(done.outcome, "updated");
  assert.match(done.url ?? "", /#issuecomment-450$/);
  assert.deepEqual(ours(), [`${marker}\ndev 1 -\nprod 1 -`]);
});

test("a comment of somebody else with the same marker is left as it is", async () => {
  const theirs = forge.say(7, "mallory", `${marker}\ndev 9 forged`);
  await post();
  assert.equal(theirs.body, `${marker}\ndev 9 forged`);
  assert.deepEqual(ours(), [`${marker}\ndev 1 -`]);
});

test("our marker anywhere but on the first line is no marker", async () => {
  const quoted = forge.say(7, "github-actions[bot]", `> ${marker}\n\nsee above`);
  const below = forge.say(7, "github-actions[bot]", `Note\n${marker}`);
  const longer = forge.say(7, "github-actions[bot]", `${marker} `);
  await post();
  assert.equal(quoted.body, `> ${marker}\n\nsee above`);
  assert.equal(below.body, `Note\n${marker}`);
  assert.equal(longer.body, `${marker} `);
  assert.equal(ours().length, 4);
});

test("an older run changes nothing", async () => {
  await post(lines("dev", 5, "new"));
  const before = forge.writes().length;
  assert.equal((await post(lines("dev", 4, "old"))).outcome, "unchanged");
  assert.equal(forge.writes().length, before);
});

test("of two comments of ours the oldest stays, with what both held", async () => {
  const first = forge.say(7, "github-actions[bot]", `${marker}\ndev 1 -`);
  forge.say(7, "github-actions[bot]", `${marker}\r\nprod 2 -\r\n`);
  await post(lines("eu", 1));
  assert.deepEqual(ours(), [`${marker}\ndev 1 -\neu 1 -\nprod 2 -`]);
  assert.equal(forge.comments[0], first);
});

test("a comment that is deleted while it is written is made again", async () => {
  forge.say(7, "github-actions[bot]", `${marker}\nprod 1 -`);
  forge.faults.push({
    times: 1,
    on: (asked) => {
      if (asked.method !== "PATCH") return false;
      forge.comments.length = 0;
      return true;
    },
    ...{ status: 404, body: { message: "Not Found" } },
  });
  assert.equal((await post()).outcome, "created");
  assert.deepEqual(ours(), [`${marker}\ndev 1 -`]);
});

test("a token without the permission is told which one, once and without another try", async () => {
  forge.people.set("reader", "github-actions[bot]");
  forge.readers.add("reader");
  const error = await refusal(upsert(client("reader").comments(7), lines("dev", 1), { clock }));
  assert.equal(error.problem, "forbidden");
  assert.match(error.message, /pull request #7 of acme\/shop: GitHub answered 403: Resource not accessible/);
  assert.match(error.todo, /permission issues: write or\s+pull_requests: write; a run for a fork never has it/);
  assert.equal(forge.writes().length, 1);
});

test("a secondary limit is something else: it is waited for as long as GitHub says, and then read again", async () => {
  forge.say(7, "github-actions[bot]", `${marker}\nprod 1 -`);
  const message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
  forge.faults.push({
    ...{ on: writes, times: 2, status: 403, headers: { "retry-after": "17" }, body: { message } },
  });
  assert.equal((await post()).outcome, "updated");
  assert.deepEqual(slept.slice(0, 2), [17_000, 17_000]);
  assert.deepEqual(forge.log.filter((line) => line.startsWith("PATCH")).length, 3, "each try is one write");
});

test("a secondary limit without a time is waited for a minute, then two", async () => {
  forge.faults.push({
    on: writes,
    times: 2,
    status: 403,
    body: { message: "You have exceeded a secondary rate limit." },
  });
  await post();
  assert.deepEqual(slept.slice(0, 2), [60_000, 120_000]);
});

test("a used up limit is waited for until its reset, or told where that is too long", async () => {
  const at = Math.ceil(Date.now() / 1000) + 30;
  const limit = (reset: number) => ({
    ...{ on: writes, times: 1, status: 403, body: { message: "API rate limit exceeded for installation." } },
    headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(reset) },
  });
  forge.faults.push(limit(at));
  await post();
  assert.ok(slept[0]! > 25_000 && slept[0]! <= 32_000, String(slept[0]));
  forge.faults.push(limit(at + 3600));
  const error = await refusal(post(lines("dev", 2)));
  assert.equal(error.problem, "rateLimited");
  assert.match(error.message, /would have to be waited for 36\d\d s/);
});

test("429, 409 and 5xx are tried again after a look, and an answer that was lost makes no second comment", async () => {
  for (const status of [429, 409, 500, 502, 503]) {
    forge.comments.length = 0;
    const headers = status === 429 ? { "retry-after": "1" } : undefined;
    forge.faults.push({ on: writes, times: 1, status, headers, body: { message: "oh" } });
    assert.equal((await post()).outcome, "created", String(status));
    assert.equal(ours().length, 1);
  }
  for (const lost of [{ status: 502 }, { status: 0, cut: true }]) {
    forge.comments.length = 0;
    forge.faults.push({ on: writes, times: 1, after: true, body: {}, ...lost });
    await post();
    assert.deepEqual(ours(), [`${marker}\ndev 1 -`]);
    assert.equal(forge.writes().filter((line) => line.startsWith("POST")).length > 0, true);
  }
});

test("reading is tried again by itself on 5xx", async () => {
  forge.faults.push({ on: ({ method }) => method === "GET", times: 2, status: 502, body: { message: "Bad Gateway" } });
  assert.equal((await post()).outcome, "created");
});

test("a forge that stays down is given up after the last attempt", async () => {
  forge.faults.push({ on: writes, times: 99, status: 503, body: { message: "down" } });
  const error = await refusal(post(lines("dev", 1), { attempts: 3 }));
  assert.equal(error.problem, "unavailable");
  assert.equal(forge.writes().length, 3);
});

test("a write that takes too long is given up, and what it did is found", async () => {
  forge.latency = ({ method, path }) => (method === "POST" && path !== "/graphql" ? [0, 300] : [0, 0]);
  const done = await post(lines("dev", 1), { deadline: 100 });
  assert.equal(done.outcome, "unchanged");
  assert.equal(ours().length, 1);
});

test("a text that is too long is refused before it is sent, and GitHub's own refusal is worded", async () => {
  const error = await refusal(post(lines("dev", 1, "x".repeat(githubLimit))));
  assert.equal(error.problem, "tooLong");
  assert.match(error.message, /has 655\d\d characters, and 65536 are allowed/);
  assert.equal(forge.writes().length, 0);
  const answered = await refusal(board().create("x".repeat(githubLimit + 1)));
  assert.equal(answered.problem, "tooLong");
});

test("a wrong number, a wrong token, a locked conversation and a dead address each say what to do", async () => {
  const missing = await refusal(upsert(client().comments(8), lines("dev", 1), { clock }));
  assert.equal(missing.problem, "missing");
  assert.match(missing.message, /#8 of acme\/shop: GitHub answered 404/);
  const wrong = await refusal(upsert(client("other").comments(7), lines("dev", 1), { clock }));
  assert.equal(wrong.problem, "unauthorized");
  assert.doesNotMatch(wrong.render(), /other/);
  forge.issues[0]!.locked = true;
  const locked = await refusal(post());
  assert.equal(locked.problem, "forbidden");
  assert.match(locked.todo, /unlock/);
  const nowhere = new Github({
    repository: "acme/shop",
    token: "t",
    api: "http://127.0.0.1:9",
    throttled: false,
    second: 1,
  });
  const dead = await refusal(upsert(nowhere.comments(7), lines("dev", 1), { clock, patience: 1 }));
  assert.equal(dead.problem, "unavailable");
  assert.throws(() => new Github({ repository: "acme", token: "t" }), /acme is no repository of GitHub/);
});

test("the pull request of a run is the open one with that head in that repository", async () => {
  const sha = "b".repeat(40);
  const head = { sha, branch: "fix", repository: "eve/shop" };
  forge.pull(8, { pull: head });
  forge.pull(9, { pull: { ...head, sha: "c".repeat(40) } });
  forge.pull(10, { pull: { ...head, repository: "eve/other" } });
  forge.pull(11, { pull: head, state: "closed" });
  const found = await client().pullRequests({ repository: "eve/shop", branch: "fix", sha });
  assert.deepEqual(found, [{ number: 8, base: "main", labels: [] }]);
});

test("a pull request and an environment are told as they are now", async () => {
  forge.issues.length = 0;
  forge.pull(7, { labels: ["review"] });
  forge.environments.set("prod", 2).set("dev", 0);
  const head = "a".repeat(40);
  assert.deepEqual(await client().pullRequest(7), { number: 7, base: "main", labels: ["review"], open: true, head });
  assert.equal(await client().pullRequest(8), undefined);
  assert.deepEqual(await client().environment("prod"), { name: "prod", reviewers: 2, branches: "all" });
  forge.branchPolicies.set("prod", "protected").set("dev", ["main", "release/*"]);
  assert.equal((await client().environment("prod"))?.branches, "protected");
  const branches = ["main", "release/*"];
  assert.deepEqual(await client().environment("dev"), { name: "dev", reviewers: 0, branches });
  assert.equal(await client().environment("other"), undefined);
});

test("requests keep GitHub's pace when nothing says otherwise", async () => {
  const paced = new Github({ repository: "acme/shop", token: "token", api: forge.origin });
  const message = "You have exceeded a secondary rate limit";
  forge.faults.push({
    ...{
      on: ({ method }) => method === "GET",
      times: 1,
      status: 403,
      headers: { "retry-after": "1" },
      body: { message },
    },
  });
  const begun = Date.now();
  assert.deepEqual(await paced.comments(7).posts(), []);
  assert.ok(Date.now() - begun >= 900, "it did not wait");
});

test("a write that met a limit is never sent again by itself: what it would bring is old by then", async () => {
  const paced = new Github({ repository: "acme/shop", token: "token", api: forge.origin, second: 1 });
  const message = "You have exceeded a secondary rate limit";
  forge.faults.push({ on: writes, times: 1, status: 403, headers: { "retry-after": "1" }, body: { message } });
  const error = await refusal(paced.comments(7).create("x"));
  assert.deepEqual([error.problem, error.retryAfter], ["rateLimited", 1]);
  assert.deepEqual(forge.comments, []);
});
