import assert from "node:assert/strict";
import { test } from "node:test";
import type { Change, StackPreview } from "../../../ops/changes/model";
import { forges, type PullRequestReport, renderComment } from "../../../ops/comment";
import { githubContext, previewOf, reportAbout } from "../../support/commentReports";

/** Milliseconds that rendering takes, the middle of many runs in a process that is warm. */
function median(report: PullRequestReport): number {
  const times = Array.from({ length: 31 }, () => {
    const begun = performance.now();
    renderComment(report, forges.github);
    return performance.now() - begun;
  });
  return times.sort((a, b) => a - b)[15]!;
}

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

test("500 changes are rendered within 50 ms", (context) => {
  const updated = { ...githubContext, stacks: [{ preview: many(500), findings: [] }] };
  const created = reportAbout(["hundreds"]);
  assert.ok(created.stacks[0]!.preview.changes.length > 500);
  for (const [what, report] of Object.entries({ updated, created })) {
    const took = median(report);
    context.diagnostic(`500 ${what}: ${took.toFixed(1)} ms`);
    // What is promised is 50; a machine that does much else is no reason to fail.
    assert.ok(took < 150, `${what}: ${took.toFixed(1)} ms`);
  }
});
