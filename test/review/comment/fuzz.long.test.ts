import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { renderComment, renderReport } from "../../../review/comment";
import { commentMarker, commitMarker, isMarker } from "../../../review/comment/markers";
import { forges } from "../../../review/comment/model";
import { weigh } from "../../../review/comment/trim";
import { checkStructure } from "../../support/commentStructure";
import { anyForge, hostileReport, token } from "../../support/hostileReports";

// Reports are large: a failure is told by its seed, not by hundreds of smaller ones.
const runs = { numRuns: Number(process.env.FUZZ_RUNS ?? 60), endOnFailure: true, includeErrorInReport: true };

describe("whatever a preview says", () => {
  test("the comment fits, its tags and fences are closed, nothing of it is alive, and no secret is in it", () => {
    fc.assert(
      fc.property(hostileReport, anyForge, (report, forge) => {
        const comment = renderComment(report, forge);
        assert.ok(comment.length <= forge.units, `${comment.length} of ${forge.units} units`);
        assert.ok(weigh(comment, forge) <= forge.units, `${Buffer.byteLength(comment)} of ${forge.bytes} bytes`);
        assert.ok(!/\p{Cs}/u.test(comment));
        assert.ok(!comment.includes(token), "a secret");
        const { rules } = checkStructure(comment);
        const lines = comment.split("\n");
        const marks = [commentMarker("switchboard"), commitMarker(report.commit.sha)];
        assert.deepEqual(lines.slice(0, 2), marks);
        assert.deepEqual(lines.filter(isMarker), marks, "no value makes another one");
        assert.equal(rules, Math.max(0, report.stacks.length - 1), "every stack has its section, and nothing else");
      }),
      runs,
    );
  });

  test("each forge's own limits hold, and the whole report fits a step's summary", () => {
    fc.assert(
      fc.property(hostileReport, (report) => {
        for (const forge of [forges.github, forges.gitlab, forges.azure]) {
          const comment = renderComment(report, forge);
          assert.ok(comment.length <= forge.units && Buffer.byteLength(comment) <= forge.bytes, forge.name);
        }
        assert.ok(Buffer.byteLength(renderReport(report)) <= 1024 * 1024);
        assert.ok(renderComment(report, forges.github).length <= 65_536);
      }),
      { ...runs, numRuns: Math.ceil(runs.numRuns / 4) },
    );
  });

  test("equal reports make equal bytes", () => {
    fc.assert(
      fc.property(hostileReport, anyForge, (report, forge) => {
        assert.equal(renderComment(structuredClone(report), forge), renderComment(report, forge));
      }),
      { ...runs, numRuns: Math.ceil(runs.numRuns / 3) },
    );
  });
});
