import { UserError } from "../../lib/userError";
import { sectionsOf } from "../../review/comment/compose";
import { isCommentOf, isMarker } from "../../review/comment/markers";
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
  readonly now: Date;
}

/** A clock may go wrong by so much, in milliseconds. */
const tolerance = 5 * 60_000;

/**
 * Checks a comment that the code of a pull request has rendered, and makes it harmless.
 * @throws UserError saying what does not fit
 */
export function trusted(bytes: Uint8Array, { project, head, url, limit, now }: Expected): string {
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
  for (const { mark } of sectionsOf(body)) {
    const of = `has a section of ${JSON.stringify(mark.stack.slice(0, 100))}`;
    // A section that is said to be of another commit, or of tomorrow, would stay when it should be replaced.
    if (mark.sha !== head)
      throw refuse(`${of} for commit ${JSON.stringify(mark.sha.slice(0, 64))}, and the run was of ${head}`);
    const time = Date.parse(mark.time);
    if (!(time <= now.getTime() + tolerance))
      throw refuse(`${of} from the future: ${JSON.stringify(mark.time.slice(0, 40))}`);
    if (mark.run && !mark.run.startsWith(`${url}/`)) throw refuse(`${of} whose run is somewhere else`);
  }
  return body;
}
