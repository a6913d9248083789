import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { forgeOf, placeOf } from "../../../review/forge";

const folder = mkdtempSync(join(tmpdir(), "switchboard-place-"));
after(() => rmSync(folder, { recursive: true, force: true }));

test("a pull request of GitHub: its head, not the merge that was checked out", () => {
  const path = join(folder, "event.json");
  const pull_request = {
    ...{ number: 7, head: { sha: "aaa" }, base: { ref: "main", sha: "bbb" }, labels: [{ name: "allow-destroy" }] },
  };
  writeFileSync(path, JSON.stringify({ pull_request }));
  const env = {
    ...{ GITHUB_ACTIONS: "true", GITHUB_REPOSITORY: "acme/shop", GITHUB_SHA: "merge", GITHUB_EVENT_PATH: path },
    ...{
      GITHUB_RUN_ID: "12",
      GITHUB_SERVER_URL: "https://git.acme.example",
      GITHUB_API_URL: "https://git.acme.example/api/v3",
    },
  };
  assert.deepEqual(placeOf(env), {
    ...{ forge: "github", repository: "acme/shop", url: "https://git.acme.example/acme/shop" },
    ...{ api: "https://git.acme.example/api/v3", commit: "aaa", number: 7, base: { name: "main", sha: "bbb" } },
    run: { id: "12", url: "https://git.acme.example/acme/shop/actions/runs/12" },
    labels: ["allow-destroy"],
  });
  const push = placeOf({ ...env, GITHUB_EVENT_PATH: undefined });
  assert.equal(push?.commit, "merge");
  assert.equal(push?.number, undefined);
  const merge_group = { head_sha: "ggg", base_sha: "bbb", base_ref: "refs/heads/main" };
  writeFileSync(path, JSON.stringify({ merge_group }));
  const group = placeOf(env);
  assert.deepEqual([group?.commit, group?.base, group?.number], ["ggg", { name: "main", sha: "bbb" }, undefined]);
});

test("a merge request of GitLab, of a branch and of a merged result", () => {
  const env = {
    ...{ GITLAB_CI: "true", CI_PROJECT_PATH: "acme/shop", CI_PROJECT_URL: "https://gitlab.com/acme/shop" },
    ...{ CI_API_V4_URL: "https://gitlab.com/api/v4", CI_COMMIT_SHA: "ccc", CI_MERGE_REQUEST_IID: "7" },
    ...{ CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main", CI_MERGE_REQUEST_DIFF_BASE_SHA: "bbb" },
    ...{ CI_MERGE_REQUEST_LABELS: "review,ops", CI_PIPELINE_ID: "5", CI_PIPELINE_URL: "https://gitlab.com/p/5" },
  };
  assert.deepEqual(placeOf(env), {
    ...{ forge: "gitlab", repository: "acme/shop", url: "https://gitlab.com/acme/shop" },
    ...{ api: "https://gitlab.com/api/v4", commit: "ccc", number: 7, base: { name: "main", sha: "bbb" } },
    ...{ run: { id: "5", url: "https://gitlab.com/p/5" }, labels: ["review", "ops"] },
  });
  assert.equal(placeOf({ ...env, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: "ddd" })?.commit, "ddd");
});

test("a machine of a person is no pipeline; a pipeline without its variables is told which is missing", () => {
  assert.equal(placeOf({}), undefined);
  assert.throws(() => placeOf({ GITHUB_ACTIONS: "true" }), /GITHUB_REPOSITORY is not set/);
  assert.throws(() => placeOf({ GITLAB_CI: "true" }), /CI_COMMIT_SHA|CI_PROJECT_PATH is not set/);
});

test("without a token it says which variable, and how to set it", () => {
  const place = placeOf({ GITHUB_ACTIONS: "true", GITHUB_REPOSITORY: "acme/shop", GITHUB_SHA: "a" })!;
  assert.throws(
    () => forgeOf(place, {}),
    (error: any) => /GITHUB_TOKEN is not set/.test(error.message) && /github\.token/.test(error.todo),
  );
  assert.throws(() => forgeOf({ ...place, forge: "gitlab" }, {}), /GITLAB_TOKEN is not set/);
});
