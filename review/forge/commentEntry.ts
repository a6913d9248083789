import { isCommentOf, saysNothing } from "../comment/markers";
import type { Entry } from "./board";

/**
 * The one comment of a project on a pull request. What was rendered now takes the place of what is there; where it is of no
 * stack, the comment goes.
 *
 * @param rendered a whole comment, as `renderComment` makes it
 */
export function commentEntry(project: string, rendered: string): Entry {
  return {
    isOurs: (body) => isCommentOf(body, project),
    merge: () => (saysNothing(rendered) ? undefined : rendered),
  };
}
