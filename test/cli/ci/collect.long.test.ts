import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { execa } from "execa";
import { loadReports } from "../../../cli/ci/savedReport";
import { FakeGithub } from "../../support/forges/github";
import { repository } from "../../support/plan";
import { fixture } from "../../support/previews/fixtures";

const folder = mkdtempSync(join(tmpdir(), "switchboard-collect-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A file as `pulumi preview --json` wrote it. */
function written(situation: string): string {
  const file = join(folder, `${situation}.json`);
  writeFileSync(file, fixture(situation).stdout);
  return file;
}

/** The command, outside of every pipeline unless the environment says so. */
async function comment(args: readonly string[], env: Record<string, string> = {}) {
  const outside = { GITHUB_ACTIONS: "", GITLAB_CI: "", GITHUB_OUTPUT: "", GITHUB_STEP_SUMMARY: "", GITHUB_TOKEN: "" };
  return execa("node", [join(repository, "cli/bin/switchboard.cjs"), "comment", ...args], {
    ...{ cwd: folder, env: { ...outside, ...env }, reject: false },
  });
}

test("a dangerous preview of the CLI shuts the gate with exit code 3 and its reason, and gives outputs", async () => {
  const output = join(folder, "output");
  writeFileSync(output, "");
  const danger = `prod=${written("postgres-deleted")}`;
  const gate = await comment(["--preview", danger, "--fail-on", "danger", "--json"], { GITHUB_OUTPUT: output });
  assert.equal(gate.exitCode, 3, gate.stderr);
  const { risk, stacks, shut } = JSON.parse(gate.stdout);
  assert.deepEqual([risk, stacks], ["danger", ["prod"]]);
  assert.match(shut[0], /^prod: danger: /);
  const given = readFileSync(output, "utf8");
  assert.match(given, /^changed<<(\S+)\ntrue\n\1$/m);
  assert.match(given, /^risk<<(\S+)\ndanger\n\1$/m);
});

test("the label lets it pass where the forge says that it was given for this commit, and not otherwise", async () => {
  const danger = written("postgres-deleted");
  const forge = await new FakeGithub("a/b").start();
  forge.pull(7);
  const run = forge.push(7, "a", "2026-11-20T10:00:00Z");
  const gated = ["--preview", danger, "--fail-on", "danger", "--unless-label", "allow-destroy"];
  const event = join(folder, "event.json");
  for (const [label, code] of [
    ["allow-destroy", 0],
    ["other", 3],
  ] as const) {
    const pull_request = { number: 7, head: { sha: "a" }, base: { ref: "main", sha: "b" }, labels: [{ name: label }] };
    writeFileSync(event, JSON.stringify({ pull_request }));
    const env = { GITHUB_ACTIONS: "true", GITHUB_REPOSITORY: "a/b", GITHUB_SHA: "c", GITHUB_EVENT_PATH: event };
    forge.label(7, label, "ada", "2026-11-20T10:01:00Z");
    const asking = { ...env, GITHUB_TOKEN: "token", GITHUB_API_URL: forge.origin, GITHUB_RUN_ID: String(run) };
    const gate = await comment(gated, asking);
    assert.equal(gate.exitCode, code, gate.stdout + gate.stderr);
    assert.match(
      gate.stdout,
      code === 0 ? /ada allows it for a by the label/ : /lets danger pass, for this commit alone/,
    );
    forge.label(7, label, "ada", "2026-11-20T10:02:00Z", "unlabeled");
    const alone = await comment(gated, env);
    assert.equal(alone.exitCode, 3, "the event's word is not enough");
  }
  await forge.stop();
});

test("what changes nothing passes; two stacks are saved one by one and brought together", async () => {
  for (const stack of ["prod", "prod-eks"]) {
    const saved = await comment([
      "--preview",
      written(`nothing-${stack}`),
      "--save",
      join(folder, `reports/${stack}.json`),
    ]);
    assert.equal(saved.exitCode, 0, saved.stderr);
  }
  const both = await comment(["--reports", join(folder, "reports"), "--fail-on", "caution", "--json"]);
  assert.equal(both.exitCode, 0, both.stderr);
  const { stacks, changed } = JSON.parse(both.stdout);
  assert.deepEqual([stacks, changed], [["prod", "prod-eks"], false]);
});

test("wrong calls exit with 2 and say what is allowed", async () => {
  const calls: readonly (readonly [string[], RegExp])[] = [
    [[], /no source was given/],
    [["--offline", "--live"], /--live and --offline are two sources/],
    [["--offline", "--unless-label", "x"], /without --fail-on/],
    [["--offline", "--post", "azure"], /github, gitlab/],
    [["--offline", "--fail-on", "none"], /caution, danger/],
  ];
  for (const [args, said] of calls) {
    const { exitCode, stderr } = await comment(args);
    assert.equal(exitCode, 2, args.join(" "));
    assert.match(stderr, said);
  }
});

test("a preview that failed exits with 1, whether it is a file, no file or no report", async () => {
  const nothing = await comment(["--preview", join(folder, "nothing.json")]);
  assert.equal(nothing.exitCode, 1);
  assert.match(nothing.stderr, /--preview .*nothing\.json/);
  const text = join(folder, "error.txt");
  writeFileSync(text, "error: no stack named 'prod' found");
  const failed = await comment(["--preview", `prod=${text}`]);
  assert.equal(failed.exitCode, 1);
  assert.match(failed.stdout, /prod: the preview failed: .*no stack named/);
});

test("--live asks the CLI on the PATH for that stack, saves what it says, and fails when it fails", async () => {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const asked = join(folder, "asked");
  // What the CLI really printed, with the exit code that it had.
  const script = (situation: string) => {
    const { exitCode, stderr } = fixture(situation);
    const said = join(folder, `${situation}.err`);
    writeFileSync(said, stderr ?? "");
    return `#!/bin/sh
if [ "$1" = version ]; then echo v3.262.0; exit; fi
echo "$@" >> ${asked}
cat ${written(situation)}; cat ${said} >&2; exit ${exitCode ?? 0}
`;
  };
  const env = { PATH: `${bin}:${process.env.PATH}` };
  const save = join(folder, "live/prod.json");
  writeFileSync(join(bin, "pulumi"), script("postgres-tier"), { mode: 0o755 });
  const live = ["--stack", "prod", "--production", "prod", "--live", "--save", save];
  const done = await comment(live, env);
  assert.equal(done.exitCode, 0, done.stderr);
  assert.equal(readFileSync(asked, "utf8"), "preview --stack prod --json --show-sames --non-interactive\n");
  const [saved] = loadReports(join(folder, "live"));
  assert.deepEqual(saved!.tools[0], ["pulumi", "3.262.0"]);
  assert.equal(saved!.report.preview.stack, "prod");
  assert.ok(saved!.report.cost && saved!.report.diagram);
  writeFileSync(join(bin, "pulumi"), script("provider-error"), { mode: 0o755 });
  const failed = await comment(live, env);
  assert.equal(failed.exitCode, 1);
  assert.match(failed.stdout, /^prod: the preview failed/);
  const unasked = await comment(["--stack", "prod", "--live"], env);
  assert.equal(unasked.exitCode, 4, "production needs a clear yes");
});
