import { UserError } from "../../lib/userError";
import { commitOf, isCommentOf, isMarker } from "../../review/comment/markers";
import { sanitised } from "../../review/forge/sanitise";

/** What a comment has to agree with that other code has rendered. */
export interface Expected {
  readonly project: string;
  /** The commit that the API says is at the head. */
  readonly head: string;
  /** Address of the repository, without a slash at the end: links lead nowhere else. */
  readonly url: string;
  /** Characters that the forge takes. */
  readonly limit: number;
}

/**
 * Checks a comment that the code of a pull request has rendered, and makes it harmless.
 * @throws UserError saying what does not fit
 */
export function trusted(bytes: Uint8Array, { project, head, url, limit }: Expected): string {
  const refuse = (what: string) =>
    new UserError(`the rendered comment ${what}`, "nothing was posted; look at the run that rendered it");
  // Four bytes are the most that a character takes.
  if (bytes.length > limit * 4) throw refuse(`has ${bytes.length} bytes, and ${limit * 4} are the most`);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw refuse("is not UTF-8");
  }
  const body = sanitised(text, { keeps: isMarker, links: [`${url}/`] });
  if (body.length > limit) throw refuse(`has ${body.length} characters, and ${limit} are allowed`);
  if (!isCommentOf(body, project)) throw refuse("has not this project's marker as its first line");
  const commit = commitOf(body);
  if (commit !== head)
    throw refuse(`is about commit ${JSON.stringify(commit?.slice(0, 64) ?? "")}, and the run was of ${head}`);
  return body;
}
