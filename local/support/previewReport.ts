import { shortName } from "./pulumiEvents";

/** What `pulumi preview --json` says, as far as it is used here. */
export interface PreviewReport {
  /** Absent where the preview failed. */
  readonly steps?: readonly { readonly op: string; readonly urn: string }[];
  readonly diagnostics?: readonly { readonly severity?: string; readonly message?: string; readonly urn?: string }[];
}

/** The report in the CLI's output; an empty one where that is something else. */
export function previewReport(stdout: string): PreviewReport {
  try {
    return JSON.parse(stdout) as PreviewReport;
  } catch {
    return {};
  }
}

/** The errors of a preview that failed, or the end of what it said where it named none. */
export function previewErrors({ diagnostics = [] }: PreviewReport, stderr: string): string[] {
  const errors = diagnostics.flatMap(({ severity, message = "", urn }) =>
    severity === "error" && message.trim() ? [urn ? `${shortName(urn)}: ${message.trim()}` : message.trim()] : [],
  );
  return errors.length > 0 ? [...new Set(errors)] : [stderr.trim().slice(-2000) || "it gave no reason"];
}

/** Steps that a person wants to read about, at most. */
const most = 30;

/** What a preview would do, for a person who is asked whether to go on: deletions and replacements first. */
export function previewSummary({ steps = [] }: PreviewReport): string[] {
  // A replacement comes as three steps; one of them is its name.
  const told = steps.filter(({ op }) => !["same", "read", "create-replacement", "delete-replaced"].includes(op));
  if (told.length === 0) return ["nothing would change"];
  const order = ["delete", "replace", "update", "create"];
  const rank = (op: string) => (order.includes(op) ? order.indexOf(op) : order.length);
  const sorted = [...told].sort((a, b) => rank(a.op) - rank(b.op));
  const counts = [...new Set(sorted.map(({ op }) => op))].map(
    (op) => `${told.filter((step) => step.op === op).length} to ${op}`,
  );
  const rest = sorted.length > most ? [`  and ${sorted.length - most} more`] : [];
  return [`${counts.join(", ")}:`, ...sorted.slice(0, most).map(({ op, urn }) => `  ${op} ${shortName(urn)}`), ...rest];
}
