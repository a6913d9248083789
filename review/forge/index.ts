import type { Board, Entry } from "./board";
import { ForgeError } from "./errors";
import { Github } from "./github";
import { Gitlab } from "./gitlab";
import type { Labelled } from "./labelled";
import type { ForgeName, Place } from "./place";
import { type Upserted, type UpsertOptions, upsert } from "./upsert";

export type { Board } from "./board";
export { type ForgeName, type Place, placeOf } from "./place";
export { type Upserted, type UpsertOptions, upsert } from "./upsert";

/** A forge as this repository uses it. */
export interface Forge {
  readonly name: ForgeName;
  /** Comments of a pull request or notes of a merge request. */
  comments(number: number): Board;
  /** Open issues with a label. */
  issues(title: string, label: string): Board;
  /** What a pull request looks like now; undefined when there is none of that number. */
  pullRequest(number: number): Promise<{ readonly head: string; readonly labels: readonly string[] } | undefined>;
  /** Who gave a label that a pull request has, and since when the commit is at its head; undefined without the label. */
  labelled(number: number, label: string, head: string): Promise<Labelled | undefined>;
}

/** The variable that holds each forge's token. */
export const tokenVariables: Readonly<Record<ForgeName, string>> = { github: "GITHUB_TOKEN", gitlab: "GITLAB_TOKEN" };

/**
 * The forge of a pipeline, with the token of the environment.
 * @throws ForgeError when there is no token
 */
export function forgeOf(place: Place, env: Readonly<Record<string, string | undefined>> = process.env): Forge {
  const variable = tokenVariables[place.forge];
  const token = env[variable];
  if (!token) {
    const how =
      place.forge === "github"
        ? `env: {${variable}: \${{ github.token }}}`
        : "a project access token with the role Reporter and the scope api, as a masked variable";
    throw new ForgeError(
      "unauthorized",
      `${variable} is not set, so nothing can be asked of ${place.api}`,
      `set it: ${how}`,
    );
  }
  const { repository, api } = place;
  if (place.forge === "github") {
    const github = new Github({ repository, token, api });
    return {
      name: "github",
      comments: (number) => github.comments(number),
      issues: (title, label) => github.issues(title, label),
      pullRequest: (number) => github.pullRequest(number),
      labelled: (number, label, head) => github.labelled(number, label, head, place.run?.id ?? ""),
    };
  }
  const gitlab = new Gitlab({ project: repository, token, api });
  return {
    name: "gitlab",
    comments: (number) => gitlab.notes(number),
    issues: (title, label) => gitlab.issues(title, label),
    pullRequest: (number) => gitlab.mergeRequest(number),
    labelled: (number, label, head) => gitlab.labelled(number, label, head),
  };
}

/**
 * Brings a text onto a pull request as its one comment, unless a newer commit is there by now: what was rendered for an
 * older one says nothing any more.
 * @param commit the head that the text is about
 */
export async function upsertComment(
  forge: Forge,
  number: number,
  commit: string,
  entry: Entry,
  options?: UpsertOptions,
): Promise<Upserted | { readonly outcome: "outdated"; readonly head: string }> {
  const now = await forge.pullRequest(number);
  if (!now) {
    throw new ForgeError(
      "missing",
      `there is no pull request ${number}`,
      "check the number and what the token may see",
    );
  }
  if (now.head !== commit) return { outcome: "outdated", head: now.head };
  return upsert(forge.comments(number), entry, options);
}
