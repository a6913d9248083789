import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { execa } from "execa";
import { binaries } from "../../lib/paths";
import { repository } from "../support/plan";
import { actionlint, lintWorkflows } from "./support/actionlint";

const folder = join(repository, ".github/workflows");
const files = readdirSync(folder).map((name) => join(folder, name));
const scratch = mkdtempSync(join(tmpdir(), "switchboard-workflows-"));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** What is said of a committed workflow after a change. */
async function saidOf(name: string, from: string, to: string): Promise<string> {
  const text = readFileSync(join(folder, name), "utf8");
  assert.ok(text.includes(from), from);
  const file = join(scratch, name);
  writeFileSync(file, text.replace(from, to));
  return lintWorkflows([file]);
}

test("actionlint and shellcheck have nothing to say about the workflows", async () => {
  assert.equal(await lintWorkflows(files), "");
});

test("the linter is built once", async () => {
  await lintWorkflows(files);
  const built = statSync(join(binaries, actionlint.name)).mtimeMs;
  await lintWorkflows(files);
  assert.equal(statSync(join(binaries, actionlint.name)).mtimeMs, built);
});

test("it sees an unknown key, an unknown output, a hole in a script and an untrusted text in one", async () => {
  assert.match(await saidOf("preview.yml", "fail-fast: false", "fail-faster: false"), /unexpected key "fail-faster"/);
  assert.match(
    await saidOf("preview.yml", "steps.plan.outputs.live", "steps.plans.outputs.live"),
    /property "plans" is not defined/,
  );
  const unquoted = await saidOf(
    "preview-post.yml",
    '"$RUNNER_TEMP/comment/comment.md"',
    "$RUNNER_TEMP/comment/comment.md",
  );
  assert.match(unquoted, /shellcheck.*SC2086/);
  const untrusted = await saidOf(
    "preview.yml",
    "npm ci --ignore-scripts",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of a workflow
    "echo ${{ github.event.pull_request.title }}",
  );
  assert.match(untrusted, /potentially untrusted/);
});

test("the scripts that GitLab's jobs read are well formed too", async () => {
  const scripts = ["gitlab-cloud.sh", "gitlab-cluster.sh"].map((name) => join(repository, ".ci", name));
  const { stdout, exitCode } = await execa("shellcheck", scripts, { reject: false });
  assert.equal(exitCode, 0, stdout);
});
