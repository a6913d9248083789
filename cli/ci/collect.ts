import type { Target } from "../../engine/stack/target";
import type { StackReport } from "../../review/comment/model";
import { UsageError } from "../core/failure";
import {
  configChangesSince,
  failedPreview,
  filePreview,
  livePreview,
  offlineStackPreview,
  type Tools,
} from "./previews";
import { loadReports, type SavedReport } from "./savedReport";

/** Where the previews of a comment come from: exactly one of them. */
export interface Source {
  /** Files that `pulumi preview --json --show-sames` wrote, each `FILE` or `STACK=FILE`. */
  readonly preview?: readonly string[];
  readonly live?: boolean;
  readonly offline?: boolean;
  /** A folder of saved reports. */
  readonly reports?: string;
  /** Stacks that should have a report, with commas between; only with `reports`. */
  readonly touched?: string;
  /** Revision that settings are compared with. */
  readonly base?: string;
}

/** Gets or makes the reports that a call asks for. */
export async function collectReports(source: Source, target: Target, signal?: AbortSignal): Promise<SavedReport[]> {
  const given = (["preview", "live", "offline", "reports"] as const).filter((name) => source[name]);
  if (given.length !== 1) {
    const what = given.length === 0 ? "no source was given" : `--${given.join(" and --")} are two sources`;
    throw new UsageError(what, "give one of --preview FILE, --live, --offline, --reports FOLDER");
  }
  if (source.touched !== undefined && !source.reports) {
    throw new UsageError("--touched without --reports says nothing", "give --reports FOLDER too");
  }
  if (source.reports) return complete(loadReports(source.reports), source.touched);
  // Rules, prices and graphs are loaded only where a report is made.
  const { stackReportOf } = await import("../../review/comment/report");
  const time = new Date().toISOString();
  const saved = (report: StackReport, tools: Tools): SavedReport => ({ version: 1, time, tools, report });
  if (source.preview) {
    const node: Tools = [["node", process.versions.node]];
    return Promise.all(
      source.preview.map(async (text) => {
        const [, stack, file] = /^(?:([\w.-]+)=)?(.+)$/s.exec(text) ?? [];
        return saved(stackReportOf(await filePreview(file ?? text, stack)), node);
      }),
    );
  }
  const { preview, tools } = source.offline
    ? await offlineStackPreview(target)
    : await livePreview(target.stack, signal);
  const changes = source.base ? await configChangesSince(source.base, target.stack) : undefined;
  return [saved(stackReportOf(preview, changes), tools)];
}

/** Reports for those stacks and no others: a job that left none has failed. */
function complete(saved: readonly SavedReport[], touched: string | undefined): SavedReport[] {
  if (touched === undefined) return [...saved];
  const names = touched.split(",").filter(Boolean);
  return names.map((stack) => {
    const found = saved.find(({ report }) => report.preview.stack === stack);
    if (found) return found;
    const preview = failedPreview(stack, "its job left no report: read the job's log");
    return { version: 1, time: new Date().toISOString(), tools: [], report: { preview, findings: [] } };
  });
}
