import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { repository } from "../../support/plan";
import { complaints, missingCommands, workflows } from "../../support/workflows";

const all = workflows();

test("all workflows keep the rules", () => {
  assert.deepEqual(Object.keys(all).sort(), [
    ...["ci.yml", "deploy.yml", "door.yml", "drift.yml", "preview-post.yml", "preview.yml", "review.yml"],
  ]);
  for (const [name, text] of Object.entries(all)) assert.deepEqual(complaints(text), [], name);
});

/** A change of one workflow, and what has to be said about it. */
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: expressions of a workflow
const breaks: readonly (readonly [file: string, from: string | RegExp, to: string, complaint: RegExp])[] = [
  ["preview.yml", /@3d3c42e5\S+ # v7\.0\.1/, "@v7", /not pinned by commit/],
  ["preview.yml", "# v7.0.1", "", /not pinned by commit/],
  ["preview.yml", "3d3c42e5aac5", "3d3c42e5aac6", /not the commit that is known/],
  ["preview.yml", "permissions: {}", "permissions: read-all", /top-level permissions/],
  ["preview.yml", "persist-credentials: false", "persist-credentials: true", /checkout keeps the token/],
  ["preview.yml", "pull_request:\n", "pull_request_target:\n", /pull_request_target/],
  [
    "preview.yml",
    "github.event.pull_request.head.repo.full_name == github.repository && ",
    "",
    /live: a fork's code would get a secret/,
  ],
  ["preview.yml", "&& github.actor != 'dependabot[bot]' &&\n", "&&\n", /live: a fork's code/],
  ["preview.yml", "github.repository && github.actor", "github.repository || github.actor", /live: a fork's code/],
  ["preview.yml", "pull-requests: read", "pull-requests: write", /report: a fork's code would get a token that writes/],
  [
    "preview.yml",
    "STACK: ${{ matrix.stack }}\n        run",
    "STACK: ${{ secrets.KEY }}\n        run",
    /offline: a fork's code would get a secret/,
  ],
  ["preview.yml", '--stack "$STACK" --offline', "--stack ${{ matrix.stack }} --offline", /an expression in a script/],
  ["preview.yml", "timeout-minutes: 30", "timeout-minutes: 0", /live: no timeout/],
  ["preview.yml", "--save", "--keep", /has no option --keep/],
  ["preview.yml", "cli/ci/plan.ts", "cli/ci/plans.ts", /plans\.ts does not exist/],
  ["preview.yml", "fetch-depth: 2", "fetch-depth: 2\n          token: x", /no input token/],
  [
    "preview-post.yml",
    "persist-credentials: false",
    "persist-credentials: false\n          ref: x",
    /checks out another commit/,
  ],
  ["preview-post.yml", "package-manager-cache: false", "cache: npm", /uses a cache/],
  ["preview-post.yml", "${{ runner.temp }}/comment", "comment", /over its code/],
  ["preview-post.yml", "--ignore-scripts", "", /install scripts/],
  ["preview-post.yml", "pull-requests: write", "pull-requests: write\n      id-token: write", /more rights/],
  ["deploy.yml", "environment: ${{ matrix.stack }}", "", /outside of an environment/],
  ["deploy.yml", "cancel-in-progress: false", "cancel-in-progress: true", /can be cancelled/],
  ["deploy.yml", "npm run images", "npm run image", /npm run image does not exist/],
  ["deploy.yml", "comment-on-summary: true", "comment-on-pr: true", /comments by itself/],
  [
    "review.yml",
    "github.event.pull_request.head.repo.full_name == github.repository &&",
    "true &&",
    /up: a fork's code/,
  ],
  ["deploy.yml", "if: always() && matrix", "if: matrix", /stays open when a step fails/],
  ["deploy.yml", "vars.CLOUD_RUNNER ||", "", /no machine of one's own can be named/],
  [
    "preview.yml",
    "name: preview-${{ matrix.stack }}\n      deployment",
    "name: ${{ matrix.stack }}\n      deployment",
    /a branch's job in an environment of production/,
  ],
  ["drift.yml", "name: drift-${{", "name: preview-${{", /waits for a reviewer where nobody is/],
  ["drift.yml", "      id-token: write\n", "", /reads a state without a role of its own/],
  ["door.yml", "      name: door-${{ matrix.stack }}\n", "", /a role without an environment/],
  ["ci.yml", /@sha256:\w+/, ":latest", /container without a digest/],
  ["drift.yml", "      contents: read\n      issues: write", "      contents: everything", /not named one by one/],
];

// biome-ignore-end lint/suspicious/noTemplateCurlyInString: expressions of a workflow

for (const [file, from, to, complaint] of breaks) {
  test(`${file} with ${JSON.stringify(to).slice(0, 50)} for ${String(from).slice(0, 50)} is refused`, () => {
    const broken = all[file]!.replace(from, to);
    assert.notEqual(broken, all[file], "nothing was changed");
    assert.match(complaints(broken).join("\n"), complaint);
  });
}

test("production is brought up after a check of its reviewers, and after what is no production", () => {
  const { jobs } = parse(all["deploy.yml"]!);
  assert.deepEqual(jobs.production.needs, ["plan", "development"]);
  assert.match(JSON.stringify(jobs.plan.steps), /approval\.ts deploy/);
  assert.deepEqual(jobs.production.steps, jobs.development.steps);
  assert.doesNotMatch(jobs.production.if, /always\(\)/);
});

test("nothing that has production's role begins before it is known that no branch gets at it", () => {
  for (const [file, job] of [
    ["deploy.yml", "development"],
    ["deploy.yml", "production"],
    ["drift.yml", "look"],
    ["door.yml", "sweep"],
  ] as const) {
    const { jobs } = parse(all[file]!);
    const { needs } = jobs[job];
    assert.ok([needs].flat().includes("plan"), `${file} ${job}`);
    const [step] = jobs.plan.steps.filter(({ run = "" }) => /approval\.ts/.test(run));
    assert.match(step.env.PRODUCTION, /steps\.plan\.outputs\.production/);
    assert.equal(step["continue-on-error"] ?? step.if, undefined);
    assert.equal(jobs.plan.permissions.actions, "read");
  }
});

test("a pull request asks which of its previews somebody has to approve", () => {
  const { plan } = parse(all["preview.yml"]!).jobs;
  assert.match(JSON.stringify(plan.steps), /plan\.ts .*--reviewed/);
  assert.equal(plan.permissions.actions, "read");
});

test("the guide names every variable, secret and environment of the workflows", () => {
  const guides = ["docs/pull-requests.md", "docs/production.md"].map((file) =>
    readFileSync(join(repository, file), "utf8"),
  );
  const text = Object.values(all).join("\n");
  const used = [...text.matchAll(/\b(?:vars|secrets)\.([A-Z][A-Z0-9_]*)/g)].map(([, name]) => name!);
  const missing = [...new Set(used)].filter((name) => !guides.some((guide) => guide.includes(`\`${name}\``)));
  assert.deepEqual(missing, []);
  const environments = Object.values(all).flatMap((workflow) =>
    Object.values<any>(parse(workflow).jobs).flatMap(({ environment }) => environment?.name ?? environment ?? []),
  );
  assert.ok(environments.length >= 5);
  for (const name of new Set<string>(environments)) {
    const shown = name.replace(/\$\{\{ matrix\.stack \}\}/, "<stack>");
    assert.ok(guides[0]!.includes(`| \`${shown}\` |`), shown);
  }
});

test("no job gives an API server more time than a door has", () => {
  const { jobs } = parse(all["deploy.yml"]!);
  const minutes = Number(/usualMinutes = (\d+)/.exec(readFileSync(join(repository, "cli/ci/apiDoor.ts"), "utf8"))?.[1]);
  for (const job of ["development", "production"]) assert.ok(jobs[job]["timeout-minutes"] < minutes, job);
});

test("only the job that posts may write to a pull request, only the one for the issue to issues", () => {
  const writers = Object.entries(all).flatMap(([file, text]) =>
    Object.entries<any>(parse(text).jobs).flatMap(([job, { permissions }]) =>
      Object.entries(permissions).flatMap(([right, level]) =>
        level === "write" && right !== "id-token" ? [`${file} ${job} ${right}`] : [],
      ),
    ),
  );
  assert.deepEqual(writers.sort(), ["drift.yml issue issues", "preview-post.yml post pull-requests"]);
});

test("what may write has no role in a cloud, and the other way round", () => {
  for (const [file, text] of Object.entries(all)) {
    for (const [name, { permissions }] of Object.entries<any>(parse(text).jobs)) {
      const writes = ["issues", "pull-requests", "contents"].some((right) => permissions[right] === "write");
      assert.ok(!(writes && permissions["id-token"]), `${file} ${name}`);
    }
  }
});

test("the poster waits for the workflow of that name", () => {
  const post = parse(all["preview-post.yml"]!);
  assert.deepEqual(post.on.workflow_run.workflows, [parse(all["preview.yml"]!).name]);
});

test("a merge queue gets every required check, each group a run of its own, and no comment is posted of it", () => {
  for (const file of ["preview.yml", "ci.yml"]) {
    const { on, concurrency } = parse(all[file]!);
    assert.deepEqual(on.merge_group, { types: ["checks_requested"] }, file);
    // The number of a pull request alone is nothing there: all groups would be one, and cancel each other.
    assert.match(concurrency.group, /\|\| github\.(?:ref|sha) \}\}$/, file);
  }
  const { plan, live, offline, report } = parse(all["preview.yml"]!).jobs;
  for (const job of [plan, offline, report]) assert.doesNotMatch(job.if ?? "", /pull_request|event_name/);
  // A fork's commits are in a group too: without an event of a pull request there is no role.
  assert.match(live.if, /^github\.event\.pull_request\.head\.repo\.full_name == github\.repository && /);
  assert.match(parse(all["preview-post.yml"]!).jobs.post.if, /^github\.event\.workflow_run\.event == 'pull_request'/);
});

test("both pipelines use one version of the Pulumi CLI", () => {
  const gitlab = readFileSync(join(repository, ".ci/gitlab.yml"), "utf8");
  const versions = [...Object.values(all), gitlab].flatMap((text) => [
    ...[...text.matchAll(/pulumi-version: (\S+)|pulumi\/pulumi:([\d.]+)@/g)].map(([, a, b]) => a ?? b),
  ]);
  assert.equal(new Set(versions).size, 1, versions.join(", "));
});

test("a script's commands are looked for", () => {
  assert.deepEqual(missingCommands("npm run nothing && switchboard nothing"), [
    "npm run nothing does not exist",
    "switchboard nothing is not checked here: switchboard nothing",
  ]);
});
