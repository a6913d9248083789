import assert from "node:assert/strict";
import { test } from "node:test";
import { renderComment } from "../../../review/comment";
import { forges, type PullRequestReport } from "../../../review/comment/model";
import type { Change, StackPreview } from "../../../review/plan/model";
import { githubContext, previewOf, reportAbout } from "../../support/commentReports";

/** Milliseconds that rendering takes. */
function time(report: PullRequestReport): number {
  const begun = performance.now();
  renderComment(report, forges.github);
  return performance.now() - begun;
}

const median = (times: readonly number[]) => times.toSorted((a, b) => a - b)[times.length >> 1]!;

/** Real changes of real objects, again and again under other names, until there are as many. */
function many(number: number): StackPreview {
  const preview = previewOf("everything-labelled");
  const updates = preview.changes.filter(({ properties }) => properties.length > 0);
  const changes = Array.from({ length: number }, (_, index): Change => {
    const change = updates[index % updates.length]!;
    return { ...change, name: `${change.name}-${index}`, urn: `${change.urn}-${index}` };
  });
  return { ...preview, changes };
}

test("what a comment costs grows with the changes in a straight line", (context) => {
  const reports = [500, 2_000].map((number) => ({
    ...githubContext,
    stacks: [{ preview: many(number), findings: [] }],
  }));
  const recorded = reportAbout(["hundreds"]);
  assert.ok(recorded.stacks[0]!.preview.changes.length > 500);
  // In turns, so that a machine that does much else does it to all of them; the first few runs warm the process.
  const rounds = Array.from({ length: 36 }, () => [...reports, recorded].map(time)).slice(5);
  const [few, four, created] = [0, 1, 2].map((column) => median(rounds.map((times) => times[column]!)));
  // The goal for 500 is 50 ms; a clock on a busy machine is no judge of that.
  context.diagnostic(
    `500 updates ${few!.toFixed(1)} ms, 2,000 ${four!.toFixed(1)} ms, 522 new ${created!.toFixed(1)} ms`,
  );
  assert.ok(four! / few! < 8, `four times the changes take ${(four! / few!).toFixed(1)} times as long`);
});
