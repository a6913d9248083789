import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, beforeEach, test } from "node:test";
import { postComment, postUntrusted } from "../../../cli/ci/post";
import { commentMarker, commitMarker } from "../../../review/comment/markers";
import { placeOf } from "../../../review/forge";
import { FakeGithub } from "../../support/forges/github";
import { FakeGitlab } from "../../support/forges/gitlab";
import { project } from "../../support/project";

const folder = mkdtempSync(join(tmpdir(), "switchboard-post-"));
const head = "a".repeat(40);
let github: FakeGithub;
let gitlab: FakeGitlab;
const quick = {
  clock: { random: () => 0, sleep: async () => {}, timeout: (ms: number) => AbortSignal.timeout(ms) },
};

/** What a `workflow_run` workflow finds in its environment. */
function environment(run: object = {}): NodeJS.ProcessEnv {
  const workflow_run = {
    ...{ event: "pull_request", head_sha: head, head_branch: "change", head_repository: { full_name: "eve/shop" } },
    ...run,
  };
  writeFileSync(join(folder, "event.json"), JSON.stringify({ workflow_run }));
  return {
    ...{ GITHUB_ACTIONS: "true", GITHUB_REPOSITORY: "acme/shop", GITHUB_SHA: "f".repeat(40), GITHUB_TOKEN: "token" },
    ...{ GITHUB_API_URL: github.origin, GITHUB_EVENT_PATH: join(folder, "event.json") },
  };
}

function comment(stack: string, sha = head): string {
  return [commentMarker(project), commitMarker(sha), "", `### ${stack}`, "", "hello", ""].join("\n");
}

/** What is rendered where no stack is touched. */
const nothing = `${commentMarker(project)}\n${commitMarker(head)}\n`;

function rendered(...args: Parameters<typeof comment>): string {
  const file = join(folder, "comment.md");
  writeFileSync(file, comment(...args));
  return file;
}

beforeEach(async () => {
  github = await new FakeGithub().start();
  gitlab = await new FakeGitlab().start();
  github.pull(7, { pull: { sha: head, branch: "change", repository: "eve/shop" } });
});
afterEach(() => Promise.all([github.stop(), gitlab.stop()]));
after(() => rmSync(folder, { recursive: true, force: true }));

test("what a fork has rendered is posted to its pull request, once, and goes when no stack is touched any more", async () => {
  const env = environment();
  const file = join(folder, "comment.md");
  writeFileSync(file, nothing);
  assert.match(await postUntrusted(file, env, quick), /^no stack is touched, and the comment of #7 is not there/);
  assert.match(await postUntrusted(rendered("prod"), env, quick), /^the comment of #7 was created: /);
  assert.match(await postUntrusted(rendered("prod"), env, quick), /unchanged/);
  assert.match(await postUntrusted(rendered("dev"), env, quick), /updated/);
  assert.equal(github.comments.length, 1);
  assert.match(github.comments[0]!.body, /^### dev$/m);
  assert.doesNotMatch(github.comments[0]!.body, /^### prod$/m, "it is touched no more");
  writeFileSync(file, nothing);
  assert.equal(await postUntrusted(file, env, quick), "the comment of #7 was removed");
  assert.equal(github.comments.length, 0);
});

test("a run whose commit is not the head any more posts nothing", async () => {
  const env = environment({ head_sha: "b".repeat(40) });
  const said = await postUntrusted(rendered("prod", "b".repeat(40)), env, quick);
  assert.match(said, /no open pull request has bbb/);
  assert.equal(github.comments.length, 0);
});

test("the pull request is the API's: the same branch and commit of another repository is another one", async () => {
  github.pull(8, { pull: { sha: head, branch: "change", repository: "eve/other" } });
  await postUntrusted(rendered("prod"), environment(), quick);
  assert.deepEqual(
    github.comments.map(({ issue }) => issue),
    [7],
  );
  const other = environment({ head_repository: { full_name: "mallory/shop" } });
  assert.match(await postUntrusted(rendered("prod"), other, quick), /no open pull request/);
});

test("two pull requests of one head, another event and no file are refused", async () => {
  await assert.rejects(
    postUntrusted(rendered("prod"), environment({ event: "push" }), quick),
    /not started by the run/,
  );
  await assert.rejects(postUntrusted(join(folder, "nothing.md"), environment(), quick), /nothing.md is not there/);
  github.pull(9, { pull: { sha: head, branch: "change", repository: "eve/shop" } });
  await assert.rejects(postUntrusted(rendered("prod"), environment(), quick), /#7, #9 have the same head/);
  assert.equal(github.comments.length, 0);
});

test("a merge request's own pipeline posts for its head and for no older commit", async () => {
  const env = (sha: string) => ({
    ...{ GITLAB_CI: "true", CI_PROJECT_PATH: "acme/shop", CI_PROJECT_URL: "https://gitlab.test/acme/shop" },
    ...{ CI_API_V4_URL: gitlab.origin, CI_COMMIT_SHA: sha, CI_MERGE_REQUEST_IID: "7" },
  });
  process.env.GITLAB_TOKEN = "token";
  try {
    assert.match(await postComment(comment("prod"), project, "gitlab", placeOf(env(head)), quick), /created/);
    const old = "b".repeat(40);
    const said = await postComment(comment("prod", old), project, "gitlab", placeOf(env(old)), quick);
    assert.match(said, /not posted: the newest commit is aaa.*and this is about bbb/);
  } finally {
    delete process.env.GITLAB_TOKEN;
  }
  assert.equal(gitlab.notes.length, 1);
});

test("posting where nothing says where to is refused", async () => {
  await assert.rejects(
    postComment(comment("prod"), project, "github", undefined, quick),
    /--post github: this is no pipeline/,
  );
  const place = placeOf({ ...environment(), GITHUB_EVENT_PATH: undefined });
  await assert.rejects(postComment(comment("prod"), project, "gitlab", place, quick), /this is a pipeline of github/);
  await assert.rejects(postComment(comment("prod"), project, "github", place, quick), /is of no pull request/);
});
