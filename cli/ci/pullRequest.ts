import { execa } from "execa";
import { projectName } from "../../engine/stack/project";
import { repository } from "../../lib/paths";
import type { PullRequestReport, StackReport } from "../../review/comment/model";
import type { Place } from "../../review/forge/place";
import type { Tools } from "./previews";
import type { SavedReport } from "./savedReport";

/** What the reports of all jobs together say about a pull request. */
export async function pullRequestReport(
  saved: readonly SavedReport[],
  place: Place | undefined,
): Promise<PullRequestReport> {
  const sha = place?.commit ?? (await headCommit());
  return {
    project: saved[0]?.report.preview.project ?? projectName(),
    stacks: saved.map(({ report }) => report).sort(byStack),
    commit: { sha, ...(place && { url: commitUrl(place, sha) }) },
    ...(place?.base && { base: place.base }),
    ...(place?.run && { run: { url: place.run.url } }),
    ...(place && { repository: { url: place.url, form: place.forge } }),
    tools: toolsOf(saved),
    // The newest of them: what was previewed last is how things are.
    time:
      saved
        .map(({ time }) => time)
        .sort()
        .at(-1) ?? new Date().toISOString(),
  };
}

function byStack(a: StackReport, b: StackReport): number {
  return a.preview.stack < b.preview.stack ? -1 : a.preview.stack > b.preview.stack ? 1 : 0;
}

function commitUrl({ forge, url }: Place, sha: string): string {
  return forge === "github" ? `${url}/commit/${sha}` : `${url}/-/commit/${sha}`;
}

/** Each tool once; two versions of one are both told. */
function toolsOf(saved: readonly SavedReport[]): Tools {
  return [...new Map(saved.flatMap(({ tools }) => tools).map((tool) => [tool.join(" "), tool])).values()];
}

async function headCommit(): Promise<string> {
  const { stdout, exitCode } = await execa("git", ["rev-parse", "HEAD"], { cwd: repository, reject: false });
  return exitCode === 0 ? stdout.trim() : "0".repeat(40);
}
