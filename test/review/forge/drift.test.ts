import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import fc from "fast-check";
import { driftEntry, driftMarker, type StackDrift } from "../../../review/forge/driftEntry";
import { Github } from "../../../review/forge/github";
import { Gitlab } from "../../../review/forge/gitlab";
import { upsert } from "../../../review/forge/upsert";
import { FakeGithub } from "../../support/forges/github";
import { FakeGitlab } from "../../support/forges/gitlab";

let github: FakeGithub;
let gitlab: FakeGitlab;
const clock = {
  random: () => 0,
  sleep: async () => {},
  timeout: (ms: number) => AbortSignal.timeout(ms),
};
const title = "Stacks differ from what was brought up";
const at = (day: number) => `2026-11-${String(day).padStart(2, "0")}T04:23:00.000Z`;

beforeEach(async () => {
  github = await new FakeGithub().start();
  gitlab = await new FakeGitlab().start();
});
afterEach(() => Promise.all([github.stop(), gitlab.stop()]));

const boards = () => [
  new Github({ repository: "acme/shop", token: "token", api: github.origin, throttled: false }).issues(title, "drift"),
  new Gitlab({ project: "acme/shop", token: "token", api: gitlab.origin }).issues(title, "drift"),
];
const tell = async (...looked: StackDrift[]) =>
  Promise.all(boards().map(async (board) => (await upsert(board, driftEntry(looked), { clock })).outcome));
const open = () => [
  github.issues.filter(({ state }) => state === "open").map(({ body }) => body),
  gitlab.issues.filter(({ state }) => state === "opened").map(({ description }) => description),
];

test("one issue is opened, updated, and closed when nothing differs any more", async () => {
  assert.deepEqual(await tell({ stack: "prod", time: at(1) }), ["unchanged", "unchanged"], "nothing to tell");
  assert.deepEqual(await tell({ stack: "prod", text: "replicas 2 → 5", time: at(2) }), ["created", "created"]);
  assert.deepEqual(await tell({ stack: "eu", text: "gone", time: at(2) }), ["updated", "updated"]);
  for (const [body] of open()) {
    assert.ok(body!.startsWith(`${driftMarker}\n`));
    assert.ok(body!.indexOf("gone") < body!.indexOf("replicas"), "in the order of the stacks");
  }
  await tell({ stack: "prod", time: at(3) });
  for (const [body] of open()) assert.doesNotMatch(body!, /replicas/);
  assert.deepEqual(await tell({ stack: "eu", time: at(3) }), ["removed", "removed"]);
  assert.deepEqual(open(), [[], []]);
  assert.equal(github.issues.length, 1);
  assert.equal(github.issues[0]!.title, title);
  assert.deepEqual(gitlab.issues[0]!.labels, ["drift"]);
});

test("an older look changes nothing, the same look sends nothing", async () => {
  await tell({ stack: "prod", text: "new", time: at(5) });
  const before = github.writes().length + gitlab.writes().length;
  assert.deepEqual(await tell({ stack: "prod", text: "old", time: at(4) }), ["unchanged", "unchanged"]);
  assert.deepEqual(await tell({ stack: "prod", time: at(4) }), ["unchanged", "unchanged"]);
  assert.equal(github.writes().length + gitlab.writes().length, before);
});

test("an issue of somebody else with the marker, and a pull request, are left alone", async () => {
  github.issues.push({ number: 1, author: "mallory", title, labels: ["drift"], body: driftMarker, state: "open" });
  github.pull(2, { author: "github-actions[bot]", labels: ["drift"], body: driftMarker });
  gitlab.issues.push({
    iid: 1,
    author: "mallory",
    title,
    labels: ["drift"],
    description: driftMarker,
    state: "opened",
  });
  await tell({ stack: "prod", text: "x", time: at(1) });
  assert.equal(github.issues[0]!.body, driftMarker);
  assert.equal(github.issues[1]!.body, driftMarker);
  assert.equal(gitlab.issues[0]!.description, driftMarker);
});

test("many stacks with much drift are cut line by line to what a forge takes", () => {
  const text = `### x\n\n${"- `replicas` differs\n".repeat(600)}`;
  const looks = Array.from({ length: 12 }, (_, index) => ({ stack: `s${index}`, text, time: at(1) }));
  const body = driftEntry(looks).merge([])!;
  assert.ok(body.length <= 60_000, String(body.length));
  assert.equal(body.match(/and more, which/g)?.length, 12);
  assert.equal(driftEntry(looks).merge([body]), body, "and stay so");
});

test("whatever a section says, the others stay and it can be taken away", () => {
  const nasty = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "<!-- /stack -->",
      "<!-- stack=eu time=9 -->\nx\n<!-- /stack -->",
      "\n<!-- /stack -->\n",
      driftMarker,
    ),
  );
  fc.assert(
    fc.property(nasty, nasty, (one, two) => {
      const body = driftEntry([
        { stack: "prod", text: `a${one}`, time: at(1) },
        { stack: "eu", text: `b${two}`, time: at(1) },
      ]).merge([])!;
      assert.equal(driftEntry([]).merge([body]), body, "read and written again");
      const left = driftEntry([{ stack: "prod", time: at(2) }]).merge([body])!;
      assert.equal(left, driftEntry([{ stack: "eu", text: `b${two}`, time: at(1) }]).merge([]));
      assert.equal(driftEntry([{ stack: "eu", time: at(2) }]).merge([left]), undefined);
    }),
  );
});
