import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import { parse } from "yaml";
import { ciStack } from "../../../cli/ci/touched";
import { stacks } from "../../../engine/stack/target";
import { gitlabPipeline } from "../../support/gitlabPipeline";
import { repository } from "../../support/plan";
import { missingCommands } from "../../support/workflows";

const text = readFileSync(join(repository, ".ci/gitlab.yml"), "utf8");
const reference = { tag: "!reference", collection: "seq" as const, resolve: (seq: any) => seq };

const global = ["stages", "workflow", "variables", "default"];

/** A job with what it extends. */
function resolved(file: any, name: string): any {
  const { extends: parent, ...own } = file[name] ?? {};
  return parent
    ? { ...resolved(file, parent), ...own, parents: [parent, ...(resolved(file, parent).parents ?? [])] }
    : own;
}

/** What is wrong with the file, one sentence each. */
function complaints(source: string): string[] {
  const file = parse(source, { customTags: [reference as any] });
  const found: string[] = [];
  const names = Object.keys(file).filter((name) => !global.includes(name));
  for (const name of names) {
    const say = (what: string) => found.push(`${name}: ${what}`);
    if (name.startsWith(".")) continue;
    const job = resolved(file, name);
    if (!/@sha256:[0-9a-f]{64}$/.test(job.image ?? file.default.image)) say("its image has no digest");
    if (!job.timeout && !file.default.timeout) say("no timeout");
    if (!job.rules) say("no rules, so it runs in every pipeline");
    const lines = [...job.script, ...(job.before_script ?? [])]
      .flat()
      .filter((line: unknown) => typeof line === "string");
    for (const problem of missingCommands(lines.join("\n"))) say(problem);
    for (const [, script] of lines.join("\n").matchAll(/(?:^|\s)\. (\S+)/gm)) {
      if (!existsSync(join(repository, script!))) say(`${script} does not exist`);
    }
    if (job.id_tokens && !job.environment) say("a role without an environment");
    const isReview = job.parents?.includes(".review");
    if (job.id_tokens && !isReview && !/^node \S+ \S+ cli\/ci\/approval\.ts /.test(job.script[0]))
      say("a role of production, before it is known that no branch gets at it");
    if (job.id_tokens && !job.tags) say("a role, and no machine of one's own can be named");
    if (/apiDoor\.ts open/.test(lines.join("\n")) && !/apiDoor\.ts close/.test(String(job.after_script)))
      say("an API server stays open when a step fails");
    if (job.id_tokens && /--post|GITLAB_TOKEN/.test(lines.join("\n"))) say("what has a role posts");
    if (/pulumi up|review\.ts/.test(lines.join("\n"))) {
      if (job.interruptible !== false) say("a running change can be cancelled");
      if (!job.resource_group) say("two changes of one stack can meet");
    }
  }
  return found;
}

/** A merge request whose branch is in `project`, with everything switched on that can be. */
const mergeRequest = (project: string, more: Record<string, string> = {}) => ({
  ...{ CI_PIPELINE_SOURCE: "merge_request_event", CI_MERGE_REQUEST_IID: "7", LIVE_PREVIEW: "true", DEPLOY: "true" },
  ...{ CI_MERGE_REQUEST_PROJECT_PATH: "acme/shop", CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: project },
  ...more,
});
const push = (branch: string) => ({
  ...{ CI_PIPELINE_SOURCE: "push", CI_COMMIT_BRANCH: branch, CI_DEFAULT_BRANCH: "main", DEPLOY: "true" },
});
const offline = ["offline: [dev]", "offline: [prod]", "offline: [prod-eks]", "report always"];
const live = ["live: [prod]", "live: [prod-eks]"];
const production = ["production: [prod] manual", "production: [prod-eks] manual"];

for (const [event, variables, expected] of [
  ["a merge request", mergeRequest("acme/shop"), offline],
  ["one without live previews", mergeRequest("acme/shop", { LIVE_PREVIEW: "" }), offline],
  ["a fork's merge request", mergeRequest("eve/shop"), offline],
  ["a fork's, labelled review", mergeRequest("eve/shop", { CI_MERGE_REQUEST_LABELS: "review" }), offline],
  [
    "one that asks for a review stack",
    mergeRequest("acme/shop", { CI_MERGE_REQUEST_LABELS: "bug,review" }),
    [...offline, "review", "review-stop manual"],
  ],
  [
    "a merge train, which brings up no review stack",
    mergeRequest("acme/shop", { CI_MERGE_REQUEST_LABELS: "review", CI_MERGE_REQUEST_EVENT_TYPE: "merge_train" }),
    offline,
  ],
  ["another label", mergeRequest("acme/shop", { CI_MERGE_REQUEST_LABELS: "needs-review" }), offline],
  ["a push to the default branch", push("main"), production],
  ["the same with live previews", { ...push("main"), LIVE_PREVIEW: "true" }, [...live, ...production]],
  ["the same without DEPLOY", { ...push("main"), DEPLOY: "" }, []],
  ["a push to another branch", push("change"), []],
  ["a schedule of doors", { CI_PIPELINE_SOURCE: "schedule", API_DOOR: "true" }, ["door: [prod-eks]"]],
  [
    "a schedule",
    { CI_PIPELINE_SOURCE: "schedule", LIVE_PREVIEW: "true" },
    ["drift-issue always", "drift: [prod]", "drift: [prod-eks]"],
  ],
] as const) {
  test(`${event} runs ${expected.length === 0 ? "nothing" : expected.join(", ")}`, async () => {
    const { jobs, refused } = await gitlabPipeline(text, variables, { schema: false });
    assert.equal(refused, "");
    const found = jobs.map(({ name, when }) => (when === "on_success" ? name : `${name} ${when}`));
    assert.deepEqual(found.sort(), [...expected].sort());
  });
}

test("GitLab's own schema has nothing to say against the file", async () => {
  assert.equal((await gitlabPipeline(text, mergeRequest("acme/shop"))).refused, "");
});

/** Jobs of a merge request that would get a role in a cloud. @param project that of the branch */
async function rolesOf(source: string, project = "eve/shop"): Promise<string[]> {
  const file = parse(source, { customTags: [reference as any] });
  const event = mergeRequest(project, { CI_MERGE_REQUEST_LABELS: "review" });
  const { jobs, refused } = await gitlabPipeline(source, event, { schema: false });
  assert.equal(refused, "");
  return jobs.map(({ name }) => name.split(":")[0]!).filter((name) => resolved(file, name).id_tokens);
}

test("no job of a fork's merge request has a role", async () => {
  assert.deepEqual(await rolesOf(text), []);
});

test("no job of a branch's merge request has a role of production", async () => {
  assert.deepEqual(await rolesOf(text, "acme/shop"), ["review", "review-stop"]);
});

for (const [from, to, job] of [
  [
    '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_PIPELINE_SOURCE == "push" && $LIVE_PREVIEW == "true"',
    '$CI_PIPELINE_SOURCE == "merge_request_event"',
    "live",
  ],
  ["      when: never\n", "      when: on_success\n", "review"],
] as const) {
  test(`${JSON.stringify(to)} for ${JSON.stringify(from)} would give a fork a role`, async () => {
    assert.ok((await rolesOf(changed(from, to))).includes(job));
  });
}

/** The file with one thing changed. */
function changed(from: string, to: string): string {
  const broken = text.replace(from, to);
  assert.notEqual(broken, text, "nothing was changed");
  return broken;
}

for (const [from, to, complaint] of [
  ["resource_group: stack-$STACK\n", "resource_groups: x\n", /'resource_groups' property is not expected/],
  ["expire_in: 7 days", "expires_in: 7 days", /'expires_in' property is not expected/],
  ["auto_stop_in", "auto_stop", /'auto_stop' property is not expected/],
  ["action: access", "action: look", /found look/],
  ["stage: preview", "stage: previews", /stage:previews not found/],
  ["extends: .cloud", "extends: .clouds", /\.clouds is unspecified/],
  // A colon between spaces makes a mapping of a command that is not in quotes.
  ["- '", "- ", /script contains non string value/],
] as const) {
  test(`GitLab refuses ${JSON.stringify(to)} for ${JSON.stringify(from)}`, async () => {
    assert.match((await gitlabPipeline(changed(from, to), mergeRequest("acme/shop"))).refused, complaint);
  });
}

for (const [type, posts] of [
  ["merged_result", true],
  ["detached", true],
  ["merge_train", false],
] as const) {
  test(`a pipeline of the type ${type} ${posts ? "posts" : "posts nothing"}, and has its gate`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "switchboard-gitlab-"));
    try {
      for (const name of ["npx", "node"])
        writeFileSync(join(folder, name), '#!/bin/sh\necho "$@" >> called\n', { mode: 0o755 });
      const { script } = parse(text, { customTags: [reference as any] }).report;
      const { exitCode } = await execa("bash", ["-ec", script.join("\n")], {
        ...{ cwd: folder, extendEnv: false, reject: false },
        env: { PATH: `${folder}:/usr/bin:/bin`, GITLAB_TOKEN: "token", CI_MERGE_REQUEST_EVENT_TYPE: type },
      });
      assert.equal(exitCode, 0);
      const called = readFileSync(join(folder, "called"), "utf8");
      assert.equal(called.includes("--post gitlab"), posts, called);
      assert.match(called, /--fail-on danger --unless-label allow-destroy/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

test("the file keeps the rules", () => {
  assert.deepEqual(complaints(text), []);
});

const breaks: readonly (readonly [from: string, to: string, complaint: RegExp])[] = [
  ["@sha256:cb023f08", ":x-cb023f08", /its image has no digest/],
  ["--save", "--keep", /no option --keep/],
  [". .ci/gitlab-cloud.sh", ". .ci/gitlab-clouds.sh", /does not exist/],
  [
    "    - node --require ./components/loader.cjs cli/ci/approval.ts drift\n",
    "",
    /drift: a role of production, before/,
  ],
  ["  tags: [$CLOUD_RUNNER]\n", "", /production: a role, and no machine of one's own can be named/],
  ['apiDoor.ts close "$STACK"; fi', 'apiDoor.ts sweep "$STACK"; fi', /production: an API server stays open/],
  ["  interruptible: false\n  timeout: 2h", "  timeout: 2h", /production: a running change can be cancelled/],
];

for (const [from, to, complaint] of breaks) {
  test(`${JSON.stringify(to)} for ${JSON.stringify(from)} is refused`, () => {
    assert.match(complaints(changed(from, to)).join("\n"), complaint);
  });
}

test("every stack in a cloud is previewed, checked for drift and brought up; production waits for a person", () => {
  const file = parse(text, { customTags: [reference as any] });
  const all = stacks()
    .sort()
    .map((stack) => ciStack(stack, readFileSync(join(repository, `Pulumi.${stack}.yaml`), "utf8")));
  const names = (some: typeof all) => some.map(({ stack }) => stack);
  const cloud = all.filter((one) => one.cloud !== "none");
  assert.deepEqual(file.offline.parallel.matrix[0].STACK, names(all));
  for (const job of ["live", "drift"]) assert.deepEqual(file[job].parallel.matrix[0].STACK, names(cloud), job);
  assert.deepEqual(file.production.parallel.matrix[0].STACK, names(cloud.filter(({ production }) => production)));
  const { rules, environment } = file.production;
  assert.deepEqual(
    rules.map(({ when, allow_failure }: any) => [when, allow_failure]),
    [["manual", false]],
  );
  assert.equal(environment.deployment_tier, "production");
});

test("a review environment is stopped by the job that it names, by itself after some days", () => {
  const file = parse(text, { customTags: [reference as any] });
  const { on_stop, auto_stop_in, name } = file.review.environment;
  assert.ok(auto_stop_in);
  assert.deepEqual(file[on_stop].environment, { name, action: "stop" });
  assert.equal(resolved(file, "review").resource_group, resolved(file, on_stop).resource_group);
  // GitLab asks for the same conditions, or the stop can never be run.
  assert.deepEqual(
    file[on_stop].rules.map(({ if: condition }: any) => condition),
    file.review.rules.map(({ if: condition }: any) => condition),
  );
});
