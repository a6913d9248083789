import { compare } from "../../review/cost";
import type { CostChange } from "../../review/cost/model";
import type { StackPreview } from "../../review/plan/model";
import { check } from "../../review/policies";
import type { Finding } from "../../review/policies/model";
import { findingsIn, isWhole } from "../../review/policies/ofPreview";

/** What is said about a preview beside its changes. */
export interface Tail {
  readonly findings: readonly Finding[];
  readonly cost: CostChange | undefined;
}

/**
 * What the policies find in a stack as it would be, and what the difference costs.
 *
 * @param vetoed whether the policies may be why a preview failed: what a failed one holds is not all of the stack, so
 * that nothing else is said about it
 */
export function tailOf(preview: StackPreview, vetoed = false): Tail {
  const { succeeded, before, after } = preview;
  return {
    findings: succeeded ? findingsIn(preview) : vetoed ? check(after) : [],
    cost: isWhole(preview) ? compare(before, after) : undefined,
  };
}
