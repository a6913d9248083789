import { readFileSync } from "node:fs";
import { ForgeError } from "./errors";

/** The forges that texts are posted to. */
export type ForgeName = "github" | "gitlab";

/** What the pipeline that this runs in says about itself. It holds no token. */
export interface Place {
  readonly forge: ForgeName;
  /** `owner/name`, or GitLab's `group/name`. */
  readonly repository: string;
  /** Address of the repository for people, without a slash at the end. */
  readonly url: string;
  readonly api: string;
  /** The commit that is looked at: the head of the pull request, not its merge with the base. */
  readonly commit: string;
  readonly base?: { readonly name: string; readonly sha?: string };
  /** Number of the pull request or merge request, where the pipeline is of one. */
  readonly number?: number;
  readonly run?: { readonly id: string; readonly url: string };
  /** Labels as they were when the pipeline began. */
  readonly labels: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The pipeline that this process runs in; undefined on a machine of a person. */
export function placeOf(env: Environment = process.env): Place | undefined {
  if (env.GITHUB_ACTIONS === "true") return githubPlace(env);
  if (env.GITLAB_CI === "true") return gitlabPlace(env);
  return undefined;
}

/** The event that started a workflow. */
interface Event {
  readonly pull_request?: {
    readonly number: number;
    readonly head: { readonly sha: string };
    readonly base: { readonly ref: string; readonly sha: string };
    readonly labels?: readonly { readonly name: string }[];
  };
  /** What a merge queue makes of several pull requests: it is none of them. */
  readonly merge_group?: { readonly head_sha: string; readonly base_ref: string; readonly base_sha: string };
}

/** https://docs.github.com/actions/reference/workflows-and-actions/variables */
function githubPlace(env: Environment): Place {
  const repository = needed(env, "GITHUB_REPOSITORY");
  const url = `${env.GITHUB_SERVER_URL ?? "https://github.com"}/${repository}`;
  const { pull_request: pull, merge_group: group } = eventOf(env.GITHUB_EVENT_PATH);
  return {
    forge: "github",
    repository,
    url,
    api: env.GITHUB_API_URL ?? "https://api.github.com",
    commit: pull?.head.sha ?? group?.head_sha ?? needed(env, "GITHUB_SHA"),
    ...(group && { base: { name: group.base_ref.replace(/^refs\/heads\//, ""), sha: group.base_sha } }),
    ...(pull && { number: pull.number, base: { name: pull.base.ref, sha: pull.base.sha } }),
    ...(env.GITHUB_RUN_ID && { run: { id: env.GITHUB_RUN_ID, url: `${url}/actions/runs/${env.GITHUB_RUN_ID}` } }),
    labels: pull?.labels?.map(({ name }) => name) ?? [],
  };
}

function eventOf(path: string | undefined): Event {
  return path ? (JSON.parse(readFileSync(path, "utf8")) as Event) : {};
}

/** https://docs.gitlab.com/ci/variables/predefined_variables/ */
function gitlabPlace(env: Environment): Place {
  const number = Number(env.CI_MERGE_REQUEST_IID);
  const name = env.CI_MERGE_REQUEST_TARGET_BRANCH_NAME;
  return {
    forge: "gitlab",
    repository: needed(env, "CI_PROJECT_PATH"),
    url: needed(env, "CI_PROJECT_URL"),
    api: needed(env, "CI_API_V4_URL"),
    // Empty unless the pipeline is of a merged result, whose own commit nobody knows.
    commit: env.CI_MERGE_REQUEST_SOURCE_BRANCH_SHA || needed(env, "CI_COMMIT_SHA"),
    ...(name && { base: { name, sha: env.CI_MERGE_REQUEST_DIFF_BASE_SHA } }),
    ...(number > 0 && { number }),
    ...(env.CI_PIPELINE_ID && { run: { id: env.CI_PIPELINE_ID, url: needed(env, "CI_PIPELINE_URL") } }),
    labels: (env.CI_MERGE_REQUEST_LABELS ?? "").split(",").filter(Boolean),
  };
}

function needed(env: Environment, name: string): string {
  const value = env[name];
  if (value) return value;
  throw new ForgeError("invalid", `${name} is not set, though this runs in a pipeline`, `set ${name}`);
}
