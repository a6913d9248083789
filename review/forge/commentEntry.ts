import { type MergeOptions, mergeComments } from "../comment/compose";
import { isCommentOf } from "../comment/markers";
import type { ForgeLimits } from "../comment/model";
import type { Entry } from "./board";

/**
 * The one comment of a project on a pull request. What was rendered now takes the place of the same stacks' sections, unless
 * what is there is newer.
 *
 * @param rendered a whole comment, as `renderComment` makes it
 * @param options with `stacks`, sections of other stacks go; without any stack the comment goes, if there is one
 */
export function commentEntry(
  project: string,
  rendered: string,
  limits: ForgeLimits,
  options: MergeOptions = {},
): Entry {
  return {
    isOurs: (body) => isCommentOf(body, project),
    merge: (bodies) =>
      options.stacks?.length === 0 ? undefined : mergeComments(project, [...bodies, rendered], limits, options),
  };
}
