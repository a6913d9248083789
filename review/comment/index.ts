import { compose } from "./compose";
import { type ForgeLimits, forges, type PullRequestReport } from "./model";
import { sectionOf } from "./section";

/**
 * The comment of a pull request: verdict, what needs attention, what changes, what it costs, for every stack. As long as
 * the forge allows and no longer; equal reports make equal bytes.
 */
export function renderComment(report: PullRequestReport, forge: ForgeLimits): string {
  return compose(
    report,
    report.stacks.map((stack) => sectionOf(stack, report, forge)),
    forge,
  );
}

/** Everything, what is created as YAML too, within the 1 MiB of a step's summary. */
export function renderReport(report: PullRequestReport): string {
  return renderComment({ ...report, showCreated: true }, forges.summary);
}
