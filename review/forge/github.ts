import type { Board, Deadline } from "./board";
import { type Environment, environmentOf } from "./environment";
import { ForgeError } from "./errors";
import { issueOf, labelEvent, onceOnly, orUndefined, type PullRequest, postOf } from "./githubAnswers";
import { answerOf, githubError, githubLimit } from "./githubErrors";
import { type Labelled, lastGiven } from "./labelled";
import { Octokit } from "./octokit";

export type { Environment } from "./environment";
export { githubLimit } from "./githubErrors";

/** A repository on GitHub and a token for it. */
export interface GithubOptions {
  /** `owner/name` */
  readonly repository: string;
  readonly token: string;
  /** @default "https://api.github.com" */
  readonly api?: string;
  /** Milliseconds in the plugins' "second"; tests have shorter ones. @default 1000 */
  readonly second?: number;
  /** Whether requests keep GitHub's pace: a second between writes, waiting where a limit is met. @default true */
  readonly throttled?: boolean;
}

/**
 * GitHub's REST API for one repository. Reading is tried again on 5xx and on limits, by Octokit's plugins. Writing never
 * is: a write that has waited would bring an old body over a newer one, and a POST whose answer was lost may have
 * happened, so whoever writes looks again first (`upsert`).
 */
export class Github {
  private readonly client: InstanceType<typeof Octokit>;
  private readonly owner: string;
  private readonly repo: string;
  private login?: Promise<string>;

  constructor(private readonly options: GithubOptions) {
    const [owner = "", repo = "", ...rest] = options.repository.split("/");
    if (!owner || !repo || rest.length > 0) {
      throw new ForgeError("invalid", `${options.repository} is no repository of GitHub`, "name it as owner/name");
    }
    this.owner = owner;
    this.repo = repo;
    const again = (after: number, { method }: { method?: string }, _: unknown, count: number) =>
      method === "GET" && count < 3 && after <= 120;
    const second = options.second ?? 1000;
    this.client = new Octokit({
      auth: options.token,
      baseUrl: options.api ?? "https://api.github.com",
      userAgent: "switchboard",
      // What goes wrong is told by the errors.
      log: { debug() {}, info() {}, warn() {}, error() {} },
      retry: { retryAfterBaseValue: second },
      throttle: {
        enabled: options.throttled ?? true,
        retryAfterBaseValue: second,
        onRateLimit: again,
        onSecondaryRateLimit: again,
      },
    });
  }

  /** Comments of a pull request. */
  comments(number: number): Board {
    const { owner, repo } = this;
    const name = `pull request #${number} of ${this.options.repository}`;
    const ask = this.asker(name, "pull-requests: write");
    return {
      name,
      limit: githubLimit,
      author: (deadline) => this.author(deadline),
      posts: (deadline) =>
        ask(async () => {
          const all = await this.client.paginate(this.client.rest.issues.listComments, {
            ...{ owner, repo, issue_number: number, per_page: 100 },
            request: { signal: deadline?.signal },
          });
          return all.map(postOf);
        }),
      create: (body, deadline) =>
        ask(async () => {
          const args = { owner, repo, issue_number: number, body, request: onceOnly(deadline) };
          return postOf((await this.client.rest.issues.createComment(args)).data);
        }),
      update: (id, body, deadline) =>
        ask(async () => {
          const args = { owner, repo, comment_id: id, body, request: onceOnly(deadline) };
          await this.client.rest.issues.updateComment(args);
        }),
      remove: (id, deadline) =>
        ask(async () => {
          await this.client.rest.issues.deleteComment({ owner, repo, comment_id: id, request: onceOnly(deadline) });
        }),
    };
  }

  /** Open issues with a label; what is made gets the title and the label. */
  issues(title: string, label: string): Board {
    const { owner, repo } = this;
    const name = `issues of ${this.options.repository}`;
    const ask = this.asker(name, "issues: write");
    return {
      name,
      limit: githubLimit,
      author: (deadline) => this.author(deadline),
      posts: (deadline) =>
        ask(async () => {
          const all = await this.client.paginate(this.client.rest.issues.listForRepo, {
            ...{ owner, repo, state: "open", labels: label, sort: "created", direction: "asc", per_page: 100 },
            request: { signal: deadline?.signal },
          });
          return all.filter(({ pull_request }) => !pull_request).map(issueOf);
        }),
      create: (body, deadline) =>
        ask(async () => {
          const args = { owner, repo, title, body, labels: [label], request: onceOnly(deadline) };
          return issueOf((await this.client.rest.issues.create(args)).data);
        }),
      update: (id, body, deadline) =>
        ask(async () => {
          await this.client.rest.issues.update({ owner, repo, issue_number: id, body, request: onceOnly(deadline) });
        }),
      remove: (id, deadline) =>
        ask(async () => {
          const args = { owner, repo, issue_number: id, state: "closed", request: onceOnly(deadline) } as const;
          await this.client.rest.issues.update(args);
        }),
    };
  }

  /**
   * The open pull requests whose head is this commit of this branch of this repository, which may be a fork.
   * https://docs.github.com/rest/pulls/pulls#list-pull-requests (`head` is `owner:branch`)
   */
  async pullRequests(head: { repository: string; branch: string; sha: string }): Promise<readonly PullRequest[]> {
    const [owner = ""] = head.repository.split("/");
    return this.asker(
      `pull requests of ${this.options.repository}`,
      "pull-requests: read",
    )(async () => {
      const all = await this.client.paginate(this.client.rest.pulls.list, {
        ...{ owner: this.owner, repo: this.repo, state: "open", head: `${owner}:${head.branch}`, per_page: 100 },
      });
      return all
        .filter((pull) => pull.head.sha === head.sha)
        .filter((pull) => pull.head.repo?.full_name.toLowerCase() === head.repository.toLowerCase())
        .map(({ number, base, labels }) => ({
          ...{ number, base: base.ref, labels: labels.map((label) => label.name) },
        }));
    });
  }

  /**
   * A pull request by its number, with whether it is open; undefined when there is none.
   */
  async pullRequest(
    number: number,
  ): Promise<(PullRequest & { readonly open: boolean; readonly head: string }) | undefined> {
    return orUndefined(
      this.asker(
        `pull request #${number} of ${this.options.repository}`,
        "pull-requests: read",
      )(async () => {
        const { data } = await this.client.rest.pulls.get({ owner: this.owner, repo: this.repo, pull_number: number });
        const labels = data.labels.map(({ name }) => name);
        return { number, base: data.base.ref, labels, open: data.state === "open", head: data.head.sha };
      }),
    );
  }

  /**
   * Who gave a label that a pull request has, and since when its head is there: since the newest run of this run's workflow
   * for that commit, which GitHub dates; a commit's own date is its author's word. Undefined when it has no such label.
   * @param run number of the run that asks
   */
  async labelled(number: number, label: string, head: string, run: string): Promise<Labelled | undefined> {
    const { owner, repo, client } = this;
    const ask = this.asker(`pull request #${number} of ${this.options.repository}`, "pull-requests: read");
    const events = await ask(() =>
      client.paginate(client.rest.issues.listEvents, { owner, repo, issue_number: number, per_page: 100 }),
    );
    const given = lastGiven(events.flatMap(labelEvent), label);
    if (!given) return undefined;
    const askRuns = this.asker(`runs of ${this.options.repository}`, "actions: read");
    const runs = await askRuns(async () => {
      const { data } = await client.rest.actions.getWorkflowRun({ owner, repo, run_id: Number(run) });
      const ofHead = { workflow_id: data.workflow_id, head_sha: head, event: "pull_request", per_page: 100 };
      return client.paginate(client.rest.actions.listWorkflowRuns, { owner, repo, ...ofHead });
    });
    const newest = Math.max(...runs.map(({ created_at }) => Date.parse(created_at)));
    return {
      ...{ by: given.by, given: new Date(given.at), mayWrite: given.by !== "" && (await this.mayWrite(given.by)) },
      ...(runs.length > 0 && { arrived: new Date(newest) }),
    };
  }

  /** Whether somebody may write: `maintain` counts as `write`, `triage` (which may label) as `read`. */
  private async mayWrite(username: string): Promise<boolean> {
    const ask = this.asker(`permissions of ${username} in ${this.options.repository}`, "metadata: read");
    const args = { owner: this.owner, repo: this.repo, username };
    const found = await orUndefined(ask(() => this.client.rest.repos.getCollaboratorPermissionLevel(args)));
    return found !== undefined && ["admin", "write"].includes(found.data.permission);
  }

  /** Who gets into an environment; undefined when there is no such environment. */
  async environment(name: string): Promise<Environment | undefined> {
    return orUndefined(
      this.asker(
        `environment ${name} of ${this.options.repository}`,
        "actions: read",
      )(async () => {
        const args = { owner: this.owner, repo: this.repo, environment_name: name };
        const { data } = await this.client.rest.repos.getEnvironment(args);
        return environmentOf(name, data, async () => {
          const listed = await this.client.rest.repos.listDeploymentBranchPolicies({ ...args, per_page: 100 });
          return listed.data.branch_policies.map((entry) => entry.name);
        });
      }),
    );
  }

  /**
   * The log-in name of the token. GraphQL answers this for every kind of token; REST's `/user` refuses an
   * installation's, which the token of a workflow is.
   */
  private author(deadline?: Deadline): Promise<string> {
    this.login ??= this.asker(
      `GitHub at ${this.options.api ?? "https://api.github.com"}`,
      "metadata: read",
    )(async () => {
      const request = { signal: deadline?.signal };
      const { viewer } = await this.client.graphql<{ viewer: { login: string } }>("{ viewer { login } }", { request });
      return viewer.login;
    }).catch((error: unknown) => {
      this.login = undefined;
      throw error;
    });
    return this.login;
  }

  /** Runs a request and words its failure. */
  private asker(name: string, permission: string) {
    return async <T>(request: () => Promise<T>): Promise<T> => {
      try {
        return await request();
      } catch (error) {
        throw error instanceof ForgeError ? error : githubError(answerOf(error), name, permission, Date.now());
      }
    };
  }
}
