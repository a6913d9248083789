import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { execa } from "execa";
import { FakeGitlab } from "../support/forges/gitlab";
import { gitlabCiLocal } from "../support/gitlabPipeline";
import { Checkout } from "./support/checkout";

const scratch = mkdtempSync(join(tmpdir(), "switchboard-merge-request-"));
const checkout = new Checkout(join(scratch, "checkout"));
const artifact = join(checkout.folder, "comment/comment.md");
const forge = new FakeGitlab();

before(async () => {
  await forge.start();
  // Each job installs its packages by itself.
  await checkout.make(false);
  await checkout.git("remote", "add", "origin", "git@gitlab.example:acme/shop.git");
});
after(async () => {
  await forge.stop();
  rmSync(scratch, { recursive: true, force: true });
});

/** Runs jobs of .ci/gitlab.yml as a shell runner would, for a merge request whose branch is in `project`. */
async function pipeline(project: string, sha: string, jobs: readonly string[], more: Record<string, string> = {}) {
  const base = await checkout.git("rev-parse", "base");
  const variables = {
    ...{ GITLAB_CI: "true", CI_PIPELINE_SOURCE: "merge_request_event", CI_COMMIT_SHA: sha },
    ...{ CI_API_V4_URL: forge.origin, CI_PIPELINE_ID: "12" },
    // The packages of this checkout were downloaded when it was installed.
    NPM_CONFIG_CACHE: (await execa("npm", ["config", "get", "cache"])).stdout,
    ...{ CI_PROJECT_PATH: "acme/shop", CI_MERGE_REQUEST_PROJECT_PATH: "acme/shop", CI_MERGE_REQUEST_IID: "7" },
    ...{ CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: project, CI_MERGE_REQUEST_DIFF_BASE_SHA: base },
    ...more,
  };
  const args = ["--file", ".ci/gitlab.yml", "--force-shell-executor", ...jobs];
  const { exitCode, all } = await gitlabCiLocal(checkout.folder, scratch, variables, ...args);
  process.stderr.write(`${all}\n`);
  return { exitCode, said: all };
}

test("a merge request's pipeline previews the stack that it touches and posts one note", async () => {
  const sha = await checkout.commit(() => checkout.edit("Pulumi.prod.yaml", "logLevel: info", "logLevel: debug"));
  forge.head = sha;
  const { exitCode, said } = await pipeline("acme/shop", sha, ["offline: [prod]", "report"], { GITLAB_TOKEN: "token" });
  assert.equal(exitCode, 0, said);
  assert.match(said, /prod: touched by Pulumi\.prod\.yaml/);
  assert.equal(forge.notes.length, 1, said);
  const { body } = forge.notes[0]!;
  assert.match(body, new RegExp(`switchboard:commit ${sha}`));
  assert.match(body, /offline preview/);
  assert.match(readFileSync(artifact, "utf8"), new RegExp(sha));
});

test("a merge request that breaks a stack shuts the gate; a fork's posts nothing", async () => {
  const sha = await checkout.commit(() => checkout.edit("Pulumi.dev.yaml", "kind: inCluster", "kind: inTheCluster"));
  forge.head = sha;
  forge.notes.length = 0;
  const { exitCode, said } = await pipeline("eve/shop", sha, ["offline: [dev]", "report"]);
  assert.notEqual(exitCode, 0);
  assert.match(said, /dev: the preview failed/);
  assert.deepEqual(forge.notes, []);
  // What the merge request links to instead.
  assert.match(readFileSync(artifact, "utf8"), /postgres\.kind/);
});
