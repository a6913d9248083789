import { type Answered, type Asked, FakeForge } from "./server";

interface Note {
  readonly id: number;
  readonly iid: number;
  readonly author: string;
  readonly system: boolean;
  body: string;
}

interface Issue {
  readonly iid: number;
  readonly author: string;
  readonly title: string;
  readonly labels: readonly string[];
  description: string;
  state: "opened" | "closed";
}

/**
 * GitLab's REST API as far as notes and issues go: pages with `x-next-page`, notes by the system itself, 400 for a long
 * note, 403 for a token without the scope, and no conditional writes.
 */
export class FakeGitlab extends FakeForge {
  readonly notes: Note[] = [];
  readonly issues: Issue[] = [];
  readonly mergeRequests = new Map<number, readonly string[]>([[7, []]]);
  /** Commit at the head of every merge request. */
  head = "a".repeat(40);
  /** Labels that came and went. */
  readonly events: { iid: number; action: "add" | "remove"; label: string; by: string | null; at: string }[] = [];
  /** Commits that came, of every merge request. */
  readonly versions: { head: string; at: string }[] = [];
  /** Access levels by log-in name; who is not there is no member. */
  readonly members = new Map([["ada", 30]]);
  readonly people = new Map([["token", "project_1_bot"]]);
  readonly readers = new Set<string>();
  private next = 100;

  constructor(readonly project = "acme/shop") {
    super();
  }

  /** Gives a label, or takes it away. */
  label(iid: number, label: string, by: string | null, at: string, action: "add" | "remove" = "add"): void {
    this.events.push({ iid, action, label, by, at });
    const others = (this.mergeRequests.get(iid) ?? []).filter((name) => name !== label);
    this.mergeRequests.set(iid, action === "add" ? [...others, label] : others);
  }

  push(head: string, at: string): void {
    this.head = head;
    this.versions.unshift({ head, at });
  }

  say(iid: number, author: string, body: string, system = false): Note {
    const note = { id: this.next++, iid, author, body, system };
    this.notes.push(note);
    return note;
  }

  protected answer(asked: Asked): Answered {
    const username = this.people.get(asked.token);
    if (!username) return { status: 401, body: { message: "401 Unauthorized" } };
    if (asked.path === "/user") return { status: 200, body: { username } };
    const prefix = `/projects/${encodeURIComponent(this.project)}`;
    if (!asked.path.startsWith(prefix)) return missing("Project");
    if (asked.method !== "GET" && this.readers.has(asked.token)) {
      const words = { error: "insufficient_scope", error_description: "The request requires higher privileges" };
      return { status: 403, body: words };
    }
    if (String(asked.body?.body ?? "").length > 1_000_000) {
      return { status: 400, body: { message: { note: ["is too long (maximum is 1000000 characters)"] } } };
    }
    const path = asked.path.slice(prefix.length);
    const [, iid, id] = /^\/merge_requests\/(\d+)\/notes(?:\/(\d+))?$/.exec(path) ?? [];
    const [, alone] = /^\/merge_requests\/(\d+)$/.exec(path) ?? [];
    const [, issue] = /^\/issues(?:\/(\d+))?$/.exec(path) ?? [];
    const told = this.told(asked, path);
    if (told) return told;
    const labels = this.mergeRequests.get(Number(iid ?? alone));
    if (alone)
      return labels ? { status: 200, body: { iid: Number(alone), labels, sha: this.head } } : missing("Merge request");
    if (iid) return labels ? this.thread(asked, Number(iid), id, username) : missing("Merge request");
    return path.startsWith("/issues") ? this.issue(asked, issue, username) : missing("Path");
  }

  /** Who labelled, who is a member, and when commits came. */
  private told(asked: Asked, path: string): Answered | undefined {
    const [, iid, what] = /^\/merge_requests\/(\d+)\/(resource_label_events|versions)$/.exec(path) ?? [];
    const [, member] = /^\/members\/all\/(\d+)$/.exec(path) ?? [];
    if (what === "versions") {
      return page(
        asked,
        this.versions.map(({ head, at }) => ({ head_commit_sha: head, created_at: at })),
      );
    }
    if (what) return page(asked, this.events.filter((one) => one.iid === Number(iid)).map(eventJson));
    if (!member) return undefined;
    const level = this.members.get(nameOf(Number(member)));
    return level === undefined ? missing("Not found") : { status: 200, body: { access_level: level } };
  }

  private thread(asked: Asked, iid: number, id: string | undefined, username: string): Answered {
    if (!id && asked.method === "GET") return page(asked, this.notes.filter((note) => note.iid === iid).map(json));
    if (!id) return { status: 201, body: json(this.say(iid, username, asked.body.body)) };
    const at = this.notes.findIndex((note) => note.id === Number(id));
    const note = this.notes[at];
    if (!note) return missing("Note");
    if (asked.method === "PUT") note.body = asked.body.body;
    if (asked.method === "DELETE") this.notes.splice(at, 1);
    return asked.method === "DELETE" ? { status: 204 } : { status: 200, body: json(note) };
  }

  private issue(asked: Asked, iid: string | undefined, username: string): Answered {
    if (!iid && asked.method === "GET") {
      const label = asked.query.get("labels") ?? "";
      const open = this.issues.filter(({ state, labels }) => state === "opened" && labels.includes(label));
      return page(asked, open.map(issueJson));
    }
    if (!iid) {
      const { title, description, labels } = asked.body;
      const issue: Issue = {
        iid: this.next++,
        author: username,
        title,
        description,
        labels: labels.split(","),
        state: "opened",
      };
      this.issues.push(issue);
      return { status: 201, body: issueJson(issue) };
    }
    const issue = this.issues.find((one) => one.iid === Number(iid));
    if (!issue) return missing("Issue");
    if (asked.method === "PUT" && asked.body.description !== undefined) issue.description = asked.body.description;
    if (asked.method === "PUT" && asked.body.state_event === "close") issue.state = "closed";
    return { status: 200, body: issueJson(issue) };
  }
}

/** A number for every name, and back. */
const numbers = new Map<string, number>();
function numberOf(name: string): number {
  if (!numbers.has(name)) numbers.set(name, numbers.size + 1);
  return numbers.get(name)!;
}
function nameOf(number: number): string {
  return [...numbers].find(([, one]) => one === number)?.[0] ?? "";
}

function eventJson({ action, label, by, at }: FakeGitlab["events"][number]) {
  return { action, created_at: at, label: { name: label }, user: by && { id: numberOf(by), username: by } };
}

function json({ id, body, author, system }: Note) {
  return { id, body, system, author: { username: author } };
}

function issueJson({ iid, description, author, state, title, labels }: Issue) {
  const web_url = `https://gitlab.test/acme/shop/-/issues/${iid}`;
  return { iid, description, state, title, labels, author: { username: author }, web_url };
}

function page(asked: Asked, all: readonly unknown[]): Answered {
  const size = Math.min(100, Number(asked.query.get("per_page") ?? 20));
  const number = Number(asked.query.get("page") ?? 1);
  const more = number * size < all.length;
  return {
    status: 200,
    body: all.slice((number - 1) * size, number * size),
    headers: { "x-next-page": more ? String(number + 1) : "", "x-per-page": String(size) },
  };
}

function missing(what: string): Answered {
  return { status: 404, body: { message: `404 ${what} Not Found` } };
}
