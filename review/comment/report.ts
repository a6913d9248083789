import { compare } from "../cost";
import { mermaidOfChanges } from "../diagram";
import type { StackPreview } from "../plan/model";
import { findingsIn, isWhole } from "../policies/ofPreview";
import { type ConfigChange, forges, type PullRequestReport, type StackReport } from "./model";

/** All of a report that no preview says. */
export interface ReportContext extends Omit<PullRequestReport, "stacks"> {
  /** How each stack's settings differ from the base, by the stack's name. */
  readonly configChanges?: Readonly<Record<string, readonly ConfigChange[]>>;
}

/** A report of previews, with what the rules, the prices and the graph say about each. */
export function reportOf(previews: readonly StackPreview[], context: ReportContext): PullRequestReport {
  const { configChanges, ...rest } = context;
  return { ...rest, stacks: previews.map((preview) => stackReportOf(preview, configChanges?.[preview.stack])) };
}

/** One stack's report. Of a plan that is not whole, rules see single resources only, and there is no estimate. */
export function stackReportOf(preview: StackPreview, configChanges?: readonly ConfigChange[]): StackReport {
  const diagram = preview.origin === "engine" ? mermaidOfChanges(preview, forges.github.mermaid) : undefined;
  return {
    preview,
    findings: findingsIn(preview),
    ...(isWhole(preview) && { cost: compare(preview.before, preview.after) }),
    ...(diagram && { diagram }),
    ...(configChanges && configChanges.length > 0 && { configChanges }),
  };
}
