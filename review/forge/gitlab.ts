import { setTimeout as sleep } from "node:timers/promises";
import type { Board, Deadline, Post } from "./board";
import { type Answer, ForgeError, messageOf, retryAfterOf } from "./errors";
import { type Labelled, lastGiven } from "./labelled";

/** Characters that GitLab takes in a note or a description (https://docs.gitlab.com/administration/instance_limits/). */
export const gitlabLimit = 1_000_000;

/** A project on GitLab and a token for it. */
export interface GitlabOptions {
  /** Number of the project, or its path (`group/name`). */
  readonly project: string;
  /** A project access token with the scope `api`; the token of a job may not write notes. */
  readonly token: string;
  /** @default "https://gitlab.com/api/v4" */
  readonly api?: string;
  /** Milliseconds in a second; tests have shorter ones. @default 1000 */
  readonly second?: number;
}

/**
 * GitLab's REST API for one project, with `fetch`. @gitbeaker/rest is not used, because it sends a POST again after 502
 * (and so makes two notes), does not look at `Retry-After`, and takes no signal for one request.
 * Reading is tried again on 5xx and limits; writing never is (see `upsert`).
 */
export class Gitlab {
  private readonly api: string;
  private login?: Promise<string>;

  constructor(private readonly options: GitlabOptions) {
    this.api = (options.api ?? "https://gitlab.com/api/v4").replace(/\/$/, "");
  }

  /** Notes of a merge request, without what GitLab itself writes there. */
  notes(iid: number): Board {
    const name = `merge request !${iid} of ${this.options.project}`;
    const path = `${this.project()}/merge_requests/${iid}`;
    const page = `${this.options.project}!${iid}`;
    return {
      name,
      limit: gitlabLimit,
      author: (deadline) => this.author(deadline),
      posts: async (deadline) =>
        (await this.pages<Note>(name, `${path}/notes?sort=asc&order_by=created_at`, deadline))
          .filter(({ system }) => !system)
          .map((note) => postOf(note, page)),
      create: async (body, deadline) =>
        postOf(await this.write<Note>(name, "POST", `${path}/notes`, { body }, deadline), page),
      update: async (id, body, deadline) => {
        await this.write(name, "PUT", `${path}/notes/${id}`, { body }, deadline);
      },
      remove: async (id, deadline) => {
        await this.write(name, "DELETE", `${path}/notes/${id}`, undefined, deadline);
      },
    };
  }

  /** Open issues with a label; what is made gets the title and the label. */
  issues(title: string, label: string): Board {
    const name = `issues of ${this.options.project}`;
    const path = `${this.project()}/issues`;
    const query = `state=opened&labels=${encodeURIComponent(label)}&order_by=created_at&sort=asc`;
    const put = (id: number, change: object, deadline?: Deadline) =>
      this.write(name, "PUT", `${path}/${id}`, change, deadline);
    return {
      name,
      limit: gitlabLimit,
      author: (deadline) => this.author(deadline),
      posts: async (deadline) => (await this.pages<Issue>(name, `${path}?${query}`, deadline)).map(issueOf),
      create: async (description, deadline) =>
        issueOf(await this.write<Issue>(name, "POST", path, { title, description, labels: label }, deadline)),
      update: async (id, description, deadline) => void (await put(id, { description }, deadline)),
      remove: async (id, deadline) => void (await put(id, { state_event: "close" }, deadline)),
    };
  }

  /** A merge request as it is now: the commit at its head and its labels; undefined when there is none. */
  async mergeRequest(iid: number): Promise<{ head: string; labels: readonly string[] } | undefined> {
    const name = `merge request !${iid} of ${this.options.project}`;
    const path = `${this.project()}/merge_requests/${iid}`;
    const found = await orUndefined(this.get<{ sha: string; labels: string[] }>(name, path));
    return found && { head: found.sha, labels: found.labels };
  }

  /**
   * Who gave a label that a merge request has, and since when its head is there: since GitLab made that version of the
   * merge request (https://docs.gitlab.com/api/merge_requests/#list-merge-request-diff-versions). Undefined when it has no
   * such label.
   */
  async labelled(iid: number, label: string, head: string): Promise<Labelled | undefined> {
    const name = `merge request !${iid} of ${this.options.project}`;
    const path = `${this.project()}/merge_requests/${iid}`;
    const events = await this.pages<LabelledEvent>(name, `${path}/resource_label_events?`);
    const known = events.map((event) => ({ ...event, label: event.label?.name ?? "", at: event.created_at }));
    const given = lastGiven(known, label);
    if (!given) return undefined;
    const versions = await this.pages<Version>(name, `${path}/versions?`);
    const arrived = versions.filter((one) => one.head_commit_sha === head).map((one) => Date.parse(one.created_at));
    const member = `${this.project()}/members/all/${given.user?.id}`;
    const { access_level: level = 0 } = (given.user && (await orUndefined(this.get<Member>(name, member)))) ?? {};
    return {
      ...{ by: given.user?.username ?? "", given: new Date(given.at), mayWrite: level >= developer },
      ...(arrived.length > 0 && { arrived: new Date(Math.max(...arrived)) }),
    };
  }

  private author(deadline?: Deadline): Promise<string> {
    this.login ??= this.get<{ username: string }>(`GitLab at ${this.api}`, "/user", deadline)
      .then(({ username }) => username)
      .catch((error: unknown) => {
        this.login = undefined;
        throw error;
      });
    return this.login;
  }

  private project(): string {
    return `/projects/${encodeURIComponent(this.options.project)}`;
  }

  /** All pages of a list: GitLab names the next one in `x-next-page`, which is empty on the last. */
  private async pages<T>(name: string, path: string, deadline?: Deadline): Promise<readonly T[]> {
    const all: T[] = [];
    for (let page = "1"; page; ) {
      const answer = await this.patiently(name, `${path}&per_page=100&page=${page}`, deadline);
      all.push(...(answer.data as T[]));
      page = answer.headers["x-next-page"] ?? "";
    }
    return all;
  }

  private async get<T>(name: string, path: string, deadline?: Deadline): Promise<T> {
    return (await this.patiently(name, path, deadline)).data as T;
  }

  /** Reads, three times where waiting helps. */
  private async patiently(name: string, path: string, deadline?: Deadline): Promise<Received> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.send(name, "GET", path, undefined, deadline);
      } catch (error) {
        const { problem, retryAfter = attempt ** 2 } = error as ForgeError;
        deadline?.signal?.throwIfAborted();
        if ((problem !== "unavailable" && problem !== "rateLimited") || attempt === 3 || retryAfter > 120) throw error;
        await sleep(retryAfter * (this.options.second ?? 1000), undefined, { signal: deadline?.signal });
      }
    }
  }

  private async write<T>(name: string, method: string, path: string, body?: object, deadline?: Deadline): Promise<T> {
    return (await this.send(name, method, path, body, deadline)).data as T;
  }

  private async send(name: string, method: string, path: string, body?: object, deadline?: Deadline) {
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.api + path, {
        method,
        // A redirect would carry the token to another host.
        redirect: "error",
        headers: { "private-token": this.options.token, ...(body && { "content-type": "application/json" }) },
        ...(body && { body: JSON.stringify(body) }),
        signal: deadline?.signal,
      });
      text = await response.text();
    } catch (error) {
      const { message, cause } = error as Error;
      const why = messageOf(cause instanceof Error ? cause.message : message);
      throw new ForgeError("unavailable", `${name}: no answer: ${why}`, "check the network and CI_API_V4_URL");
    }
    const headers = Object.fromEntries(response.headers);
    const data = parsed(text);
    if (response.ok) return { data, headers };
    throw gitlabError({ status: response.status, message: said(data, text), headers }, name, Date.now());
  }
}

interface Received {
  readonly data: unknown;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** Who may push (https://docs.gitlab.com/api/members/#roles); a Reporter may only label. */
const developer = 30;

interface LabelledEvent {
  readonly user: { readonly id: number; readonly username: string } | null;
  readonly created_at: string;
  /** Gone with the label. */
  readonly label: { readonly name: string } | null;
  readonly action: "add" | "remove";
}

interface Version {
  readonly head_commit_sha: string;
  readonly created_at: string;
}

interface Member {
  readonly access_level: number;
}

interface Note {
  readonly id: number;
  readonly body: string;
  readonly author: { readonly username: string };
  readonly system: boolean;
}

interface Issue {
  readonly iid: number;
  readonly description: string | null;
  readonly author: { readonly username: string };
  readonly web_url: string;
}

function postOf({ id, body, author }: Note, page: string): Post {
  return { id, body, author: author.username, url: `${page}#note_${id}` };
}

function issueOf({ iid, description, author, web_url }: Issue): Post {
  return { id: iid, body: description ?? "", author: author.username, url: web_url };
}

async function orUndefined<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (error instanceof ForgeError && error.problem === "missing") return undefined;
    throw error;
  });
}

function parsed(text: string): unknown {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

/** GitLab says what is wrong in `message` (a text or an object by field), `error` or `error_description`. */
function said(data: unknown, text: string): string {
  const { message, error, error_description } = (data ?? {}) as Record<string, unknown>;
  const words = [message, error, error_description].filter((word) => word !== undefined);
  const told = words.map((word) => (typeof word === "string" ? word : JSON.stringify(word))).join("; ");
  return messageOf(told || text.replace(/<[^>]*>/g, " "));
}

/** What an answer of GitLab means (https://docs.gitlab.com/api/rest/troubleshooting/#status-codes). */
function gitlabError({ status, message, headers }: Answer, name: string, now: number): ForgeError {
  const after = retryAfterOf(headers, now);
  const what = `${name}: GitLab answered ${status}: ${message}`;
  if (status === 429) return new ForgeError("rateLimited", what, "run it again later", after ?? 60);
  if (status === 401) return new ForgeError("unauthorized", what, "give a token that is valid in GITLAB_TOKEN");
  if (status === 403) {
    return new ForgeError(
      "forbidden",
      what,
      "give a project access token with the role Reporter and the scope api; the token of a job may not write notes",
    );
  }
  if (status === 404) {
    return new ForgeError(
      "missing",
      what,
      "check the number and the project; a token without the scope api sees nothing",
    );
  }
  if (status === 409) return new ForgeError("conflict", what, "run it again");
  if (status === 413 || ((status === 400 || status === 422) && /too long/i.test(message))) {
    return new ForgeError("tooLong", what, `render it for ${gitlabLimit} characters`);
  }
  if (status >= 500)
    return new ForgeError("unavailable", what, "run it again, or see https://status.gitlab.com", after);
  return new ForgeError("invalid", what, "read what it says; this is what was sent wrongly");
}
