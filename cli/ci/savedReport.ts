import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { UserError } from "../../lib/userError";
import type { StackReport } from "../../review/comment/model";

/** What one job hands to the job that renders. Everything in it is masked already. */
export interface SavedReport {
  readonly version: 1;
  /** When the preview began, ISO 8601. */
  readonly time: string;
  readonly tools: readonly (readonly [name: string, version: string])[];
  readonly report: StackReport;
}

/** Bytes of a saved report; the largest committed stack needs a twentieth. */
const largest = 32 * 1024 * 1024;

const operations = ["create", "update", "replace", "delete", "import", "forget", "read", "refresh", "same"] as const;

/** Enough of the form that nothing that reads it meets what is not there. */
const form = z.object({
  version: z.literal(1),
  time: z.iso.datetime(),
  tools: z.array(z.tuple([z.string(), z.string()])),
  report: z.looseObject({
    preview: z.looseObject({
      project: z.string(),
      stack: z.string().regex(/^[\w./-]{0,200}$/),
      origin: z.enum(["engine", "offline"]),
      succeeded: z.boolean(),
      partial: z.literal(true).optional(),
      changes: z.array(z.looseObject({ operation: z.enum(operations), urn: z.string(), type: z.string() })),
      counts: z.record(z.enum(operations), z.number()),
      risk: z.enum(["none", "safe", "caution", "danger"]),
      diagnostics: z.array(z.looseObject({ severity: z.enum(["error", "warning", "info"]), message: z.string() })),
      before: z.array(z.looseObject({ urn: z.string(), type: z.string() })),
      after: z.array(z.looseObject({ urn: z.string(), type: z.string() })),
    }),
    findings: z.array(z.looseObject({ rule: z.string(), level: z.enum(["mandatory", "advisory"]) })),
  }),
});

/** Writes a report for another job. */
export function saveReport(file: string, saved: SavedReport): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(saved));
}

/**
 * The reports of a folder, in the order of their stacks.
 * @throws UserError naming a file that is none
 */
export function loadReports(folder: string): SavedReport[] {
  let files: string[];
  try {
    files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch (error) {
    throw new UserError(`--reports ${folder}: ${(error as Error).message}`, "name a folder that --save wrote into");
  }
  const byStack = (one: SavedReport, other: SavedReport) =>
    one.report.preview.stack < other.report.preview.stack ? -1 : 1;
  return files.map((name) => loadReport(join(folder, name))).sort(byStack);
}

function loadReport(file: string): SavedReport {
  const todo = "give what `switchboard comment --save` wrote, of the same version";
  const { size } = statSync(file);
  if (size > largest) throw new UserError(`${file} has ${size} bytes, and ${largest} are allowed`, todo);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UserError(`${file}: ${(error as Error).message}`, todo);
  }
  const { success, error } = form.safeParse(value);
  if (!success) throw new UserError(`${file} is no report: ${z.prettifyError(error).split("\n").join("; ")}`, todo);
  return value as SavedReport;
}
