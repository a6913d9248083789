import { type Answered, type Asked, FakeForge } from "./server";

interface Comment {
  readonly id: number;
  readonly issue: number;
  readonly author: string;
  body: string;
}

interface Issue {
  readonly number: number;
  readonly author: string;
  readonly title: string;
  readonly labels: readonly string[];
  readonly pull?: { readonly sha: string; readonly branch: string; readonly repository: string | null };
  body: string;
  state: "open" | "closed";
  locked?: boolean;
}

/**
 * GitHub's REST API as far as comments and issues go: numbers that only grow, pages with `Link` headers, 422 for a long
 * body, 404 for what is not there, 403 with the header that names the permission, and no conditional writes: the last
 * one wins.
 */
export class FakeGithub extends FakeForge {
  readonly comments: Comment[] = [];
  readonly issues: Issue[] = [];
  /** Log-in names by token. */
  readonly people = new Map([["token", "github-actions[bot]"]]);
  /** Tokens that may only read. */
  readonly readers = new Set<string>();
  /** What each may do, by log-in name. */
  readonly permissions = new Map<string, "admin" | "write" | "read" | "none">([["ada", "write"]]);
  /** Labels that came and went. */
  readonly events: { issue: number; event: string; label: string; actor: string | null; at: string }[] = [];
  /** Runs of workflows. */
  readonly runs: { id: number; workflow: number; head: string; event: string; at: string }[] = [];
  /** How many may approve, by the name of the environment. */
  readonly environments = new Map<string, number>();
  /** Branches that may use an environment, by its name; absent: all. */
  readonly branchPolicies = new Map<string, "protected" | readonly string[]>();
  private next = 100;

  constructor(readonly repository = "acme/shop") {
    super();
  }

  pull(number: number, more: Partial<Issue> = {}): void {
    const pull = { sha: "a".repeat(40), branch: "change", repository: this.repository };
    this.issues.push({ number, author: "ada", title: "A change", labels: [], body: "", state: "open", pull, ...more });
  }

  /** Gives a label, or takes it away. */
  label(number: number, label: string, actor: string | null, at: string, event = "labeled"): void {
    this.events.push({ issue: number, event, label, actor, at });
    const index = this.issues.findIndex((one) => one.number === number);
    const others = this.issues[index]!.labels.filter((name) => name !== label);
    this.issues[index] = { ...this.issues[index]!, labels: event === "labeled" ? [...others, label] : others };
  }

  /** A push: another head, and the run of the preview's workflow that it starts. */
  push(number: number, sha: string, at: string, run = this.next++): number {
    const index = this.issues.findIndex((one) => one.number === number);
    const found = this.issues[index]!;
    this.issues[index] = { ...found, pull: { ...found.pull!, sha } };
    this.runs.push({ id: run, workflow: 1, head: sha, event: "pull_request", at });
    return run;
  }

  say(issue: number, author: string, body: string): Comment {
    const comment = { id: this.next++, issue, author, body };
    this.comments.push(comment);
    return comment;
  }

  protected answer(asked: Asked): Answered {
    const login = this.people.get(asked.token);
    if (!login) return failed(401, "Bad credentials");
    if (asked.path === "/graphql") return { status: 200, body: { data: { viewer: { login } } } };
    if (asked.path === "/user") return failed(403, "Resource not accessible by integration");
    const prefix = `/repos/${this.repository}`;
    if (!asked.path.startsWith(`${prefix}/`)) return failed(404, "Not Found");
    const path = asked.path.slice(prefix.length);
    if (asked.method !== "GET" && this.readers.has(asked.token)) {
      return failed(403, "Resource not accessible by integration", {
        "x-accepted-github-permissions": path.includes("comments")
          ? "issues=write; pull_requests=write"
          : "issues=write",
      });
    }
    if (asked.method !== "GET" && String(asked.body?.body ?? "").length > 65_536) {
      return failed(422, "Validation Failed", {}, [{ message: "body is too long (maximum is 65536 characters)" }]);
    }
    return this.route(asked, path, login) ?? failed(404, "Not Found");
  }

  private route(asked: Asked, path: string, login: string): Answered | undefined {
    const [, number, inside] = /^\/issues\/(\d+)(\/comments)?$/.exec(path) ?? [];
    const [, id] = /^\/issues\/comments\/(\d+)$/.exec(path) ?? [];
    if (inside) return this.thread(asked, Number(number), login);
    if (id) return this.comment(asked, Number(id));
    if (path === "/issues" || number) return this.issue(asked, number ? Number(number) : undefined, login);
    const [, pull] = /^\/pulls\/(\d+)$/.exec(path) ?? [];
    const told = this.told(asked, path);
    if (told) return told;
    const [, environment] = /^\/environments\/([^/]+)$/.exec(path) ?? [];
    if (pull) {
      const found = this.issues.find((one) => one.number === Number(pull) && one.pull);
      return found && { status: 200, body: pullJson(found) };
    }
    if (environment) {
      const reviewers = this.environments.get(decodeURIComponent(environment));
      const rules = reviewers
        ? [{ type: "required_reviewers", reviewers: Array(reviewers).fill({ type: "User" }) }]
        : [];
      return reviewers === undefined
        ? undefined
        : { status: 200, body: { name: environment, protection_rules: rules, ...this.policyOf(environment) } };
    }
    const [, limited] = /^\/environments\/([^/]+)\/deployment-branch-policies$/.exec(path) ?? [];
    if (limited) {
      const names = this.branchPolicies.get(decodeURIComponent(limited));
      const policies = Array.isArray(names) ? names.map((name, id) => ({ id, name, type: "branch" })) : [];
      return { status: 200, body: { total_count: policies.length, branch_policies: policies } };
    }
    if (path === "/pulls") {
      const found = this.issues.filter(
        ({ pull, state }) =>
          state === "open" && `${(pull?.repository ?? "").split("/")[0]}:${pull?.branch}` === asked.query.get("head"),
      );
      return page(asked, found.map(pullJson));
    }
    return undefined;
  }

  private policyOf(environment: string) {
    const policy = this.branchPolicies.get(environment);
    return {
      deployment_branch_policy: policy
        ? { protected_branches: policy === "protected", custom_branch_policies: policy !== "protected" }
        : null,
    };
  }

  /** Who labelled, who may write, and which runs there were. */
  private told(asked: Asked, path: string): Answered | undefined {
    const [, issue] = /^\/issues\/(\d+)\/events$/.exec(path) ?? [];
    const [, person] = /^\/collaborators\/([^/]+)\/permission$/.exec(path) ?? [];
    const [, run] = /^\/actions\/runs\/(\d+)$/.exec(path) ?? [];
    const [, workflow] = /^\/actions\/workflows\/(\d+)\/runs$/.exec(path) ?? [];
    if (issue) {
      const events = this.events.filter((one) => one.issue === Number(issue));
      // Others come and go in between.
      return page(asked, [
        { event: "renamed", created_at: "2026-01-01T00:00:00Z", actor: null },
        ...events.map(eventJson),
      ]);
    }
    if (person) {
      const permission = this.permissions.get(person);
      return permission ? { status: 200, body: { permission } } : failed(404, `${person} is not a user`);
    }
    const found = run && this.runs.find(({ id }) => id === Number(run));
    if (found) return { status: 200, body: runJson(found) };
    if (!workflow) return undefined;
    const runs = this.runs.filter(
      (one) =>
        one.workflow === Number(workflow) &&
        one.head === asked.query.get("head_sha") &&
        one.event === asked.query.get("event"),
    );
    return { status: 200, body: { total_count: runs.length, workflow_runs: runs.map(runJson) } };
  }

  private thread(asked: Asked, number: number, login: string): Answered | undefined {
    const issue = this.issues.find((one) => one.number === number);
    if (!issue) return undefined;
    if (asked.method === "GET") return page(asked, this.comments.filter((one) => one.issue === number).map(json));
    if (issue.locked) return failed(403, "Unable to create comment because issue is locked.");
    return { status: 201, body: json(this.say(number, login, asked.body.body)) };
  }

  private comment(asked: Asked, id: number): Answered | undefined {
    const at = this.comments.findIndex((one) => one.id === id);
    const comment = this.comments[at];
    if (!comment) return undefined;
    if (asked.method === "PATCH") comment.body = asked.body.body;
    if (asked.method === "DELETE") this.comments.splice(at, 1);
    return asked.method === "DELETE" ? { status: 204 } : { status: 200, body: json(comment) };
  }

  private issue(asked: Asked, number: number | undefined, login: string): Answered | undefined {
    if (number === undefined && asked.method === "GET") {
      const label = asked.query.get("labels");
      const open = this.issues.filter(({ state, labels }) => state === "open" && (!label || labels.includes(label)));
      return page(asked, open.map(issueJson));
    }
    if (number === undefined) {
      const issue: Issue = { number: this.next++, author: login, state: "open", ...asked.body };
      this.issues.push(issue);
      return { status: 201, body: issueJson(issue) };
    }
    const issue = this.issues.find((one) => one.number === number);
    if (issue && asked.method === "PATCH") Object.assign(issue, asked.body);
    return issue && { status: 200, body: issueJson(issue) };
  }
}

function json({ id, body, author, issue }: Comment) {
  return {
    id,
    body,
    user: { login: author },
    html_url: `https://github.test/acme/shop/pull/${issue}#issuecomment-${id}`,
  };
}

function issueJson({ number, body, author, title, labels, state, pull }: Issue) {
  return {
    ...{ number, body, title, state, user: { login: author }, labels: labels.map((name) => ({ name })) },
    html_url: `https://github.test/acme/shop/issues/${number}`,
    ...(pull && { pull_request: {} }),
  };
}

function eventJson({ event, label, actor, at }: FakeGithub["events"][number]) {
  return { event, created_at: at, actor: actor && { login: actor }, label: { name: label, color: "d73a4a" } };
}

function runJson({ id, workflow, head, event, at }: FakeGithub["runs"][number]) {
  return { id, workflow_id: workflow, head_sha: head, event, created_at: at };
}

function pullJson({ number, labels, pull, state }: Issue) {
  return {
    ...{ number, state, labels: labels.map((name) => ({ name })), base: { ref: "main" } },
    head: { sha: pull!.sha, ref: pull!.branch, repo: pull!.repository && { full_name: pull!.repository } },
  };
}

/** One page, with the links that GitHub gives. */
function page(asked: Asked, all: readonly unknown[]): Answered {
  const size = Math.min(100, Number(asked.query.get("per_page") ?? 30));
  const number = Number(asked.query.get("page") ?? 1);
  const last = Math.max(1, Math.ceil(all.length / size));
  const link = (to: number, rel: string) => {
    const query = new URLSearchParams(asked.query);
    query.set("page", String(to));
    return `<${asked.origin}${asked.path}?${query}>; rel="${rel}"`;
  };
  const links = number < last ? { link: [link(number + 1, "next"), link(last, "last")].join(", ") } : undefined;
  return { status: 200, body: all.slice((number - 1) * size, number * size), headers: links };
}

function failed(status: number, message: string, headers: Record<string, string> = {}, errors?: unknown): Answered {
  return { status, headers, body: { message, errors, documentation_url: "https://docs.github.com/rest" } };
}
