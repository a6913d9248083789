import type { StackPreview } from "../plan/model";
import { check, rules } from ".";
import type { Finding } from "./model";

/** Whether a preview shows all of a stack: else nothing can be said of the stack as a whole, neither rules nor costs. */
export function isWhole({ succeeded, partial }: Pick<StackPreview, "succeeded" | "partial">): boolean {
  return succeeded && !partial;
}

/** What the rules find in a stack as it would be; of one that is not shown whole, the rules about single resources. */
export function findingsIn(preview: Pick<StackPreview, "succeeded" | "partial" | "after">): Finding[] {
  return check(preview.after, isWhole(preview) ? rules : rules.filter(({ stack }) => !stack));
}
