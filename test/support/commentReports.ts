import type { ConfigChange, PullRequestReport } from "../../review/comment/model";
import { stackReportOf } from "../../review/comment/report";
import { stackPreview } from "../../review/plan";
import type { StackPreview } from "../../review/plan/model";
import { fixture } from "./previews/fixtures";

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

const repository = "https://github.com/acme/shop";

/** What a pipeline on GitHub says; the same for every golden. */
export const githubContext: ReportContext = {
  project: "switchboard",
  commit: {
    sha: "8f2c51d0a6b94e7382c1d5f60a9be4473c0d12ea",
    url: `${repository}/commit/8f2c51d0a6b94e7382c1d5f60a9be4473c0d12ea`,
  },
  base: { name: "main", sha: "0d4b7c19e2f8a3561b0c9d8e7f6a5b4c3d2e1f00" },
  run: { url: `${repository}/actions/runs/987654321` },
  repository: { url: repository, form: "github" },
  tools: [
    ["pulumi", "3.248.0"],
    ["node", "20.20.2"],
  ],
  time: "2026-11-21T07:32:10Z",
};

const previews = new Map<string, StackPreview>();

/** What the CLI said in a recorded situation. */
export function previewOf(name: string): StackPreview {
  const known = previews.get(name);
  if (known) return known;
  const { stdout, stderr, exitCode, stack } = fixture(name);
  const preview = stackPreview(stdout, { project: "switchboard", stack, exitCode, stderr });
  previews.set(name, preview);
  return preview;
}

/** A report about recorded situations. */
export function reportAbout(names: readonly string[], context: Partial<ReportContext> = {}) {
  return reportOf(names.map(previewOf), { ...githubContext, ...context });
}
