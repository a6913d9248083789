import type { Deadline, Post } from "./board";
import { ForgeError } from "./errors";
import type { Comment, Issue, IssueEvent } from "./octokit";

/** A pull request as the API tells it. */
export interface PullRequest {
  readonly number: number;
  /** Branch that it is to be merged into. */
  readonly base: string;
  readonly labels: readonly string[];
}

/** A label's coming or going; nothing for events about anything else. */
export function labelEvent({ event, label, created_at: at, actor }: IssueEvent) {
  if (!label || !/^(?:un)?labeled$/.test(event)) return [];
  const action = event === "labeled" ? ("add" as const) : ("remove" as const);
  return [{ label: label.name, action, at, by: actor?.login ?? "" }];
}

/** A comment as a post. */
export function postOf({ id, body, user, html_url }: Comment): Post {
  return { id, body: body ?? "", author: user?.login ?? "", url: html_url };
}

/** An issue as a post: its number is its id. */
export function issueOf({ number, body, user, html_url }: Issue): Post {
  return { id: number, body: body ?? "", author: user?.login ?? "", url: html_url };
}

/** No second try by itself. */
export function onceOnly(deadline?: Deadline) {
  return { retries: 0, signal: deadline?.signal };
}

/** What was asked; undefined where there is no such thing. */
export async function orUndefined<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (error instanceof ForgeError && error.problem === "missing") return undefined;
    throw error;
  });
}
