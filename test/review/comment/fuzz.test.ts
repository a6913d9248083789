import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { renderComment, renderReport } from "../../../review/comment";
import { mergeComments, sectionsOf } from "../../../review/comment/compose";
import { commentMarker } from "../../../review/comment/markers";
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
        checkStructure(comment);
        assert.equal(comment.split("\n")[0], commentMarker("switchboard"));
        assert.deepEqual(
          sectionsOf(comment)
            .map(({ mark }) => mark.stack)
            .sort(),
          report.stacks.map(({ preview }) => preview.stack).sort(),
          "every stack has its section and no value makes another one",
        );
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

  test("a comment that is read and written again stays as it is, also with the line ends of Windows", () => {
    fc.assert(
      fc.property(hostileReport, anyForge, (report, any) => {
        // Where not even the verdicts of all stacks fit, some go.
        const forge = { ...any, units: any.units + 20_000, bytes: any.bytes + 60_000 };
        const comment = renderComment(report, forge);
        assert.equal(mergeComments("switchboard", [comment], forge), comment);
        assert.equal(mergeComments("switchboard", [comment.replaceAll("\n", "\r\n")], forge), comment);
      }),
      { ...runs, numRuns: Math.ceil(runs.numRuns / 2) },
    );
  });

  test("jobs that each render their own stack come to the same comment in any order", () => {
    fc.assert(
      fc.property(hostileReport, anyForge, fc.integer(), (report, forge, seed) => {
        const own = report.stacks.map((stack) => renderComment({ ...report, stacks: [stack] }, forge));
        const turned = own.map((_, index) => own[(index + Math.abs(seed)) % own.length]!);
        const merged = mergeComments("switchboard", own, forge);
        assert.equal(mergeComments("switchboard", turned, forge), merged);
        const one = own.reduce((body, next) => mergeComments("switchboard", [body, next], forge), "");
        assert.ok(weigh(one, forge) <= forge.units);
        checkStructure(one);
        assert.deepEqual(
          sectionsOf(one).map(({ mark }) => mark.stack),
          sectionsOf(merged).map(({ mark }) => mark.stack),
        );
      }),
      { ...runs, numRuns: Math.ceil(runs.numRuns / 2) },
    );
  });
});
