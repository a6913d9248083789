import type { StackPreview } from "../changes/model";
import { compare } from "../cost";
import type { CostChange } from "../cost/model";
import { check } from "../policies";
import type { Finding } from "../policies/model";
import { findingsIn, isWhole } from "../policies/ofPreview";

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
