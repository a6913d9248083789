import { compare } from "../cost";
import { mermaidOfChanges } from "../diagram";
import type { StackPreview } from "../plan/model";
import { findingsIn, isWhole } from "../policies/ofPreview";
import { type ConfigChange, forges, type StackReport } from "./model";

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
