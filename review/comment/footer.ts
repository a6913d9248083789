import type { StackPreview } from "../plan/model";
import { code, link } from "./escape";
import type { PullRequestReport } from "./model";

/** What all this is of: commit, base, time, tools, run. */
export function footerOf(preview: StackPreview, report: PullRequestReport, first = ""): string {
  const { commit, base, run, tools, time, duration } = report;
  const sha = link(code(commit.sha.slice(0, 7)), commit.url);
  const against = base ? ` against ${code(base.name, 60)}${base.sha ? ` (${code(base.sha.slice(0, 7))})` : ""}` : "";
  const took = preview.duration ?? duration;
  const facts = [
    ...(first ? [first] : []),
    `${sha}${against}`,
    `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`,
    ...(took === undefined ? [] : [`previewed in ${seconds(took)}`]),
    ...(tools.length > 0 ? [tools.map(([name, version]) => code(`${name} ${version}`, 40)).join(", ")] : []),
    ...(run ? [link("run", run.url)] : []),
  ];
  return `<sub>${facts.join(" · ")}</sub>`;
}

function seconds(milliseconds: number): string {
  const whole = Math.round(milliseconds / 1000);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
