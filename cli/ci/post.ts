import { existsSync, readFileSync } from "node:fs";
import { projectName } from "../../engine/stack/project";
import { runMain, UserError } from "../../lib/userError";
import {
  type ForgeName,
  forgeOf,
  type Place,
  placeOf,
  type Upserted,
  type UpsertOptions,
  upsert,
  upsertComment,
} from "../../review/forge";
import { commentEntry } from "../../review/forge/commentEntry";
import { Github, githubLimit } from "../../review/forge/github";
import { trusted } from "./untrusted";

/**
 * Posts what this very run has rendered, with a token that may write.
 * @returns what was done, in a sentence
 */
export async function postComment(
  body: string,
  project: string,
  name: ForgeName,
  place: Place | undefined,
  options: UpsertOptions,
): Promise<string> {
  const here = samePlace(place, name);
  if (here.number === undefined) {
    throw new UserError(`this pipeline of ${here.repository} is of no pull request`, "post from one that is");
  }
  const entry = commentEntry(project, body);
  const done = await upsertComment(forgeOf(here), here.number, here.commit, entry, options);
  if (done.outcome === "outdated")
    return `not posted: the newest commit is ${done.head}, and this is about ${here.commit}`;
  return told("the comment", done);
}

function told(what: string, { outcome, url }: Upserted): string {
  if (!url && outcome === "unchanged") return `no stack is touched, and ${what} is not there`;
  return `${what} was ${outcome}${url ? `: ${url}` : ""}`;
}

/** The pipeline's place, which has to be on the forge that is posted to. */
function samePlace(place: Place | undefined, name: ForgeName): Place {
  if (place?.forge === name) return place;
  const where = place ? `a pipeline of ${place.forge}` : "no pipeline";
  throw new UserError(`--post ${name}: this is ${where}`, `run it in one of ${name}, which says what to post to`);
}

/** The run of another workflow that a `workflow_run` event tells about. */
interface WorkflowRun {
  readonly event: string;
  readonly head_sha: string;
  readonly head_branch: string;
  readonly head_repository: { readonly full_name: string };
}

/**
 * `cli/ci/post.ts FILE` in a `workflow_run` workflow: posts what code of a pull request, perhaps a fork's, has rendered.
 * Which pull request that is says the API by the run's head, never the file.
 */
export async function postUntrusted(file: string, env = process.env, options: UpsertOptions = {}): Promise<string> {
  const place = samePlace(placeOf(env), "github");
  const { workflow_run: run } = JSON.parse(readFileSync(env.GITHUB_EVENT_PATH ?? "", "utf8")) as {
    workflow_run?: WorkflowRun;
  };
  if (run?.event !== "pull_request") {
    throw new UserError("this was not started by the run of a pull request", "see .github/workflows/preview-post.yml");
  }
  if (!existsSync(file))
    throw new UserError(`${file} is not there`, "the run has rendered no comment; look at its log");
  const head = { repository: run.head_repository.full_name, branch: run.head_branch, sha: run.head_sha };
  const { repository, url, api } = place;
  const project = projectName();
  const expected = { project, head: head.sha, url, limit: githubLimit };
  const body = trusted(readFileSync(file), expected);
  const github = new Github({ repository, api, token: env.GITHUB_TOKEN ?? "" });
  const [pull, ...more] = await github.pullRequests(head);
  if (!pull) return `not posted: no open pull request has ${head.sha} of ${head.repository} at its head`;
  if (more.length > 0) {
    const numbers = [pull, ...more].map(({ number }) => `#${number}`).join(", ");
    throw new UserError(
      `${numbers} have the same head, and the run does not say which it is of`,
      "close all but one of them",
    );
  }
  const entry = commentEntry(project, body);
  return told(`the comment of #${pull.number}`, await upsert(github.comments(pull.number), entry, options));
}

async function main(): Promise<void> {
  const [file] = process.argv.slice(2);
  if (!file) throw new UserError("no file was given", "cli/ci/post.ts FILE");
  const report = (line: string) => void process.stderr.write(`${line}\n`);
  process.stdout.write(`${await postUntrusted(file, process.env, { report })}\n`);
}

if (require.main === module) runMain(main);
