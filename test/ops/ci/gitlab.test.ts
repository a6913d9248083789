import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { stacks } from "../../../local/target";
import { ciStack } from "../../../ops/ci/touched";
import { repository } from "../../support/plan";
import { missingCommands } from "../../support/workflows";

const text = readFileSync(join(repository, ".ci/gitlab.yml"), "utf8");
const reference = { tag: "!reference", collection: "seq" as const, resolve: (seq: any) => seq };

/** Keywords of a job and of what is in it, as GitLab's own schema has them (app/assets/javascripts/editor/schema/ci.json). */
const keywords = {
  job: [
    ...["image", "services", "before_script", "after_script", "hooks", "rules", "variables", "cache", "id_tokens"],
    ...["identity", "inputs", "secrets", "script", "run", "stage", "only", "extends", "needs", "except", "tags"],
    ...["allow_failure", "timeout", "when", "start_in", "manual_confirmation", "dependencies", "artifacts"],
    ...["environment", "release", "coverage", "retry", "parallel", "interruptible", "resource_group", "trigger"],
  ],
  artifacts: ["paths", "exclude", "expose_as", "name", "untracked", "when", "access", "expire_in", "reports"],
  environment: ["name", "url", "on_stop", "action", "auto_stop_in", "kubernetes", "deployment_tier"],
  rule: ["if", "changes", "exists", "variables", "when", "allow_failure", "needs", "interruptible", "start_in"],
} as const;
const global = ["stages", "workflow", "variables", "default"];
const actions = ["start", "prepare", "stop", "verify", "access"];

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
    const known = (map: any, allowed: readonly string[], where: string) => {
      for (const key of Object.keys(map ?? {})) if (!allowed.includes(key)) say(`unknown ${key} in ${where}`);
    };
    known(file[name], keywords.job, "job");
    if (file[name].extends && !(file[name].extends in file)) say(`extends ${file[name].extends}, which is not there`);
    if (name.startsWith(".")) continue;
    const job = resolved(file, name);
    known(job.artifacts, keywords.artifacts, "artifacts");
    if (typeof job.environment === "object") known(job.environment, keywords.environment, "environment");
    for (const rule of job.rules ?? []) known(rule, keywords.rule, "rule");
    if (!Array.isArray(job.script)) say("no script");
    if (!file.stages.includes(job.stage)) say(`no stage ${job.stage}`);
    if (!/@sha256:[0-9a-f]{64}$/.test(job.image ?? file.default.image)) say("its image has no digest");
    if (!job.timeout && !file.default.timeout) say("no timeout");
    if (!job.rules) say("no rules, so it runs in every pipeline");
    const action = job.environment?.action;
    if (action && !actions.includes(action)) say(`no action ${action}`);
    const lines = [...job.script, ...(job.before_script ?? [])]
      .flat()
      .filter((line: unknown) => typeof line === "string");
    for (const problem of missingCommands(lines.join("\n"))) say(problem);
    for (const [, script] of lines.join("\n").matchAll(/(?:^|\s)\. (\S+)/gm)) {
      if (!existsSync(join(repository, script!))) say(`${script} does not exist`);
    }
    checkRole(job, lines.join("\n"), say);
    if (/pulumi up|review\.ts/.test(lines.join("\n"))) {
      if (job.interruptible !== false) say("a running change can be cancelled");
      if (!job.resource_group) say("two changes of one stack can meet");
    }
  }
  return found;
}

/** What has a role in a cloud is not for forks, and does not post. */
function checkRole(job: any, script: string, say: (what: string) => void): void {
  if (!job.id_tokens) return;
  if (!job.environment) say("a role without an environment");
  if (/--post|GITLAB_TOKEN/.test(script)) say("what has a role posts");
  const forks = (job.rules ?? []).every(
    ({ if: condition = "", when }: any, index: number) =>
      when === "never" ||
      !/merge_request|MERGE_REQUEST/.test(condition) ||
      condition.includes("$CI_MERGE_REQUEST_SOURCE_PROJECT_PATH == $CI_MERGE_REQUEST_PROJECT_PATH") ||
      job.rules
        .slice(0, index)
        .some(
          (rule: any) =>
            rule.when === "never" && rule.if.includes("SOURCE_PROJECT_PATH != $CI_MERGE_REQUEST_PROJECT_PATH"),
        ),
  );
  if (!forks) say("a merge request from a fork would get a role");
}

test("the file keeps the rules", () => {
  assert.deepEqual(complaints(text), []);
});

const breaks: readonly (readonly [from: string, to: string, complaint: RegExp])[] = [
  ["stage: preview", "stage: previews", /no stage previews/],
  ["resource_group: stack-$STACK\n", "resource_groups: x\n", /unknown resource_groups in job/],
  ["expire_in: 7 days", "expires_in: 7 days", /unknown expires_in in artifacts/],
  ["auto_stop_in", "auto_stop", /unknown auto_stop in environment/],
  ["@sha256:cb023f08", ":x-cb023f08", /its image has no digest/],
  ["--save", "--keep", /no option --keep/],
  [". .ci/gitlab-cloud.sh", ". .ci/gitlab-clouds.sh", /does not exist/],
  [
    " && $CI_MERGE_REQUEST_SOURCE_PROJECT_PATH == $CI_MERGE_REQUEST_PROJECT_PATH",
    "",
    /live: a merge request from a fork would get a role/,
  ],
  ["      when: never\n", "      when: on_success\n", /review: a merge request from a fork would get a role/],
  ["extends: .cloud", "extends: .clouds", /extends .clouds, which is not there/],
  ["  interruptible: false\n  timeout: 2h", "  timeout: 2h", /production: a running change can be cancelled/],
];

for (const [from, to, complaint] of breaks) {
  test(`${JSON.stringify(to)} for ${JSON.stringify(from)} is refused`, () => {
    const broken = text.replace(from, to);
    assert.notEqual(broken, text, "nothing was changed");
    assert.match(complaints(broken).join("\n"), complaint);
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
