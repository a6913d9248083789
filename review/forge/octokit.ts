/**
 * Octokit with types of our own, for what is used of it. The types that it comes with are three copies of GitHub's whole
 * OpenAPI document, 15 MB, which made a type check of the repository half again as long and as large.
 */

/** The text of somebody. */
interface Written {
  readonly body?: string | null;
  readonly user?: { readonly login: string } | null;
  readonly html_url: string;
}

/** https://docs.github.com/rest/issues/comments */
export interface Comment extends Written {
  readonly id: number;
}

/** https://docs.github.com/rest/issues/issues */
export interface Issue extends Written {
  readonly number: number;
  /** Set where the issue is a pull request. */
  readonly pull_request?: object;
}

/** https://docs.github.com/rest/pulls/pulls */
export interface Pull {
  readonly number: number;
  readonly state: string;
  readonly base: { readonly ref: string };
  readonly head: { readonly sha: string; readonly repo: { readonly full_name: string } | null };
  readonly labels: readonly { readonly name: string }[];
}

/** https://docs.github.com/rest/deployments/environments */
export interface Environment {
  readonly protection_rules?: readonly { readonly type: string; readonly reviewers?: readonly object[] }[];
  /** Null where every branch may use it. */
  readonly deployment_branch_policy?: {
    readonly protected_branches: boolean;
    readonly custom_branch_policies: boolean;
  } | null;
}

/** https://docs.github.com/rest/deployments/branch-policies */
export interface BranchPolicies {
  readonly branch_policies: readonly { readonly name: string; readonly type?: string }[];
}

/** https://docs.github.com/rest/issues/events; of the events only those about labels have one. */
export interface IssueEvent {
  readonly event: string;
  readonly created_at: string;
  readonly actor: { readonly login: string } | null;
  readonly label?: { readonly name: string };
}

/** https://docs.github.com/rest/actions/workflow-runs */
export interface WorkflowRun {
  readonly workflow_id: number;
  readonly created_at: string;
}

interface Repository {
  readonly owner: string;
  readonly repo: string;
}
type Numbered = Repository & { readonly issue_number: number };
type Paged = { readonly per_page?: number };

/** How one request is made. */
interface Manner {
  readonly request?: { readonly signal?: AbortSignal; readonly retries?: number };
}

type Method<Arguments, Data> = (args: Arguments & Manner) => Promise<{ readonly data: Data }>;

interface Client {
  readonly rest: {
    readonly issues: {
      readonly listComments: Method<Numbered & Paged, readonly Comment[]>;
      readonly createComment: Method<Numbered & { readonly body: string }, Comment>;
      readonly updateComment: Method<Repository & { readonly comment_id: number; readonly body: string }, Comment>;
      readonly deleteComment: Method<Repository & { readonly comment_id: number }, unknown>;
      readonly listForRepo: Method<
        Repository & Paged & Readonly<Record<"state" | "labels" | "sort" | "direction", string>>,
        readonly Issue[]
      >;
      readonly listEvents: Method<Numbered & Paged, readonly IssueEvent[]>;
      readonly create: Method<
        Repository & { readonly title: string; readonly body: string; readonly labels: readonly string[] },
        Issue
      >;
      readonly update: Method<Numbered & { readonly body?: string; readonly state?: "closed" }, Issue>;
    };
    readonly pulls: {
      readonly list: Method<Repository & Paged & Readonly<Record<"state" | "head", string>>, readonly Pull[]>;
      readonly get: Method<Repository & { readonly pull_number: number }, Pull>;
    };
    readonly actions: {
      readonly getWorkflowRun: Method<Repository & { readonly run_id: number }, WorkflowRun>;
      readonly listWorkflowRuns: Method<
        Repository & Paged & { readonly workflow_id: number } & Readonly<Record<"head_sha" | "event", string>>,
        readonly WorkflowRun[]
      >;
    };
    readonly repos: {
      readonly getCollaboratorPermissionLevel: Method<
        Repository & { readonly username: string },
        { readonly permission: string }
      >;
      readonly getEnvironment: Method<Repository & { readonly environment_name: string }, Environment>;
      readonly listDeploymentBranchPolicies: Method<
        Repository & Paged & { readonly environment_name: string },
        BranchPolicies
      >;
    };
  };
  /** All pages of a list. */
  paginate<Arguments, Entry>(
    method: Method<Arguments, readonly Entry[]>,
    args: Arguments & Manner,
  ): Promise<readonly Entry[]>;
  graphql<Data>(query: string, manner: Manner): Promise<Data>;
}

/** Whether a request that met a limit is sent again, after so many seconds and so many tries. */
type Again = (after: number, request: { readonly method?: string }, client: unknown, tries: number) => boolean;

interface ClientOptions {
  readonly auth: string;
  readonly baseUrl: string;
  readonly userAgent: string;
  readonly log: Readonly<Record<"debug" | "info" | "warn" | "error", () => void>>;
  readonly retry: { readonly retryAfterBaseValue: number };
  readonly throttle: {
    readonly enabled: boolean;
    readonly retryAfterBaseValue: number;
    readonly onRateLimit: Again;
    readonly onSecondaryRateLimit: Again;
  };
}

type Octokit = new (options: ClientOptions) => Client;
const { Octokit: plain } = require("@octokit/rest") as {
  Octokit: { plugin(...plugins: readonly unknown[]): Octokit };
};
const { retry } = require("@octokit/plugin-retry") as { retry: unknown };
const { throttling } = require("@octokit/plugin-throttling") as { throttling: unknown };

/** GitHub's REST and GraphQL clients, which keep its pace and try reading again. */
export const Octokit: Octokit = plain.plugin(retry, throttling);
