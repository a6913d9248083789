import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { FakeGithub } from "../support/forges/github";
import { type Runner, runJob } from "../support/runWorkflow";
import { Checkout } from "./support/checkout";

const scratch = mkdtempSync(join(tmpdir(), "switchboard-pull-request-"));
const checkout = new Checkout(join(scratch, "checkout"));
const forge = new FakeGithub();

before(async () => {
  await forge.start();
  await checkout.make(true);
});
after(async () => {
  await forge.stop();
  rmSync(scratch, { recursive: true, force: true });
});

/**
 * Runs preview.yml for a fork's pull request, and then preview-post.yml; for a group of a merge queue, which nobody is told
 * of, the first alone.
 */
async function pipeline(sha: string, group?: { head_sha: string; base_sha: string; base_ref: string }) {
  const place = mkdtempSync(join(scratch, "runner-"));
  const event = join(place, "event.json");
  const head = { sha, ref: "change", repo: { full_name: "eve/shop" } };
  const pull_request = { number: 7, head, base: { ref: "main", sha: "b".repeat(40) }, labels: [] };
  const env = {
    ...{ GITHUB_ACTIONS: "true", GITHUB_REPOSITORY: "acme/shop", GITHUB_SHA: sha, GITHUB_RUN_ID: "12" },
    ...{ GITHUB_API_URL: forge.origin, GITHUB_EVENT_PATH: event },
  };
  const expressions: Record<string, string> = {
    "github.event.pull_request.head.repo.full_name == github.repository && github.actor != 'dependabot[bot]' && vars.LIVE_PREVIEW == 'true'":
      "false",
    "github.event.merge_group.base_sha || 'HEAD^1'": group?.base_sha ?? "HEAD^1",
    "github.token": "token",
  };
  const runner: Runner = { checkout: checkout.folder, place, env, expressions };
  for (const folder of ["reports", "comment"]) rmSync(join(checkout.folder, folder), { recursive: true, force: true });
  writeFileSync(event, JSON.stringify(group ? { merge_group: group } : { pull_request }));
  const plan = await runJob(runner, "preview.yml", "plan");
  assert.equal(plan.exitCode, 0, plan.said);
  assert.equal(plan.outputs.live, "[]");
  for (const { stack } of JSON.parse(plan.outputs.offline!)) {
    expressions["matrix.stack"] = stack;
    // Each job has a checkout of its own.
    rmSync(join(checkout.folder, "reports"), { recursive: true, force: true });
    await runJob(runner, "preview.yml", "offline");
  }
  expressions["needs.plan.outputs.touched"] = plan.outputs.touched!;
  const report = await runJob(runner, "preview.yml", "report");
  if (group) return { plan, report, post: undefined, summary: join(place, "summary.md") };
  const head_repository = { full_name: "eve/shop" };
  const workflow_run = { event: "pull_request", head_sha: sha, head_branch: "change", head_repository };
  writeFileSync(event, JSON.stringify({ workflow_run }));
  // The privileged job runs the default branch.
  await checkout.git("checkout", "--quiet", "base");
  const post = await runJob({ ...runner, env: { ...env, GITHUB_SHA: "b".repeat(40) } }, "preview-post.yml", "post");
  await checkout.git("checkout", "--quiet", "main");
  return { plan, report, post, summary: join(place, "summary.md") };
}

test("a fork's pull request gets one comment, edited by the next commit and gone when nothing is touched any more", async () => {
  const first = await checkout.commit(() => checkout.edit("Pulumi.prod.yaml", "logLevel: info", "logLevel: debug"));
  forge.pull(7, { pull: { sha: first, branch: "change", repository: "eve/shop" } });
  const one = await pipeline(first);
  assert.equal(one.plan.outputs.touched, "prod");
  assert.equal(one.report.exitCode, 0, one.report.said);
  assert.equal(one.report.outputs.changed, "false", "an offline preview knows no change");
  assert.match(one.post!.said, /the comment of #7 was created/, one.post!.said);
  assert.equal(forge.comments.length, 1);
  assert.match(forge.comments[0]!.body, /offline preview/);
  assert.match(forge.comments[0]!.body, new RegExp(`switchboard:commit ${first}`));
  assert.match(readFileSync(one.summary, "utf8"), /`prod`/);

  const second = await checkout.commit(() => {
    checkout.edit("Pulumi.prod.yaml", "logLevel: info", "logLevel: debug");
    checkout.edit("Pulumi.dev.yaml", "kind: inCluster", "kind: inTheCluster");
  });
  forge.issues.length = 0;
  forge.pull(7, { pull: { sha: second, branch: "change", repository: "eve/shop" } });
  const two = await pipeline(second);
  assert.equal(two.plan.outputs.touched, "dev,prod");
  assert.equal(two.report.exitCode, 3, "a stack that cannot be previewed shuts the gate");
  assert.match(two.post!.said, /updated/);
  assert.equal(forge.comments.length, 1);
  const { body } = forge.comments[0]!;
  assert.match(body, /^### ❌ `dev`: \*\*the preview failed\*\*/m);
  assert.match(body, /postgres\.kind/);
  assert.doesNotMatch(body, new RegExp(first), "nothing of the older commit is left");

  const stale = await pipeline(first);
  assert.match(stale.post!.said, /not posted: no open pull request has/);
  assert.equal(forge.comments[0]!.body, body);

  const third = await checkout.commit(() => checkout.edit("README.md", "# Switchboard", "# The switchboard"));
  forge.issues.length = 0;
  forge.pull(7, { pull: { sha: third, branch: "change", repository: "eve/shop" } });
  const three = await pipeline(third);
  assert.equal(three.plan.outputs.touched, "");
  assert.equal(three.report.exitCode, 0, three.report.said);
  assert.match(three.post!.said, /the comment of #7 was removed/);
  assert.deepEqual(forge.comments, []);
});

test("a merge queue gets its required check for what several changes come to, and nobody is told", async () => {
  const before = forge.writes().length;
  const base_sha = await checkout.git("rev-parse", "base");
  const group = (head_sha: string) => ({ head_sha, base_sha, base_ref: "refs/heads/main" });
  const good = await checkout.commit(() => checkout.edit("Pulumi.prod.yaml", "logLevel: info", "logLevel: debug"));
  const passed = await pipeline(good, group(good));
  assert.equal(passed.plan.outputs.touched, "prod");
  assert.equal(passed.plan.outputs.live, "[]");
  assert.equal(passed.report.exitCode, 0, passed.report.said);
  const bad = await checkout.commit(() => checkout.edit("Pulumi.dev.yaml", "kind: inCluster", "kind: inTheCluster"));
  const failed = await pipeline(bad, group(bad));
  assert.equal(failed.report.exitCode, 3, "what does not fit together stays out");
  assert.equal(forge.writes().length, before, "there is no pull request to write to");
});
