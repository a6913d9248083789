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
