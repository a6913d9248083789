import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { loadReports, type SavedReport, saveReport } from "../../../cli/ci/savedReport";

const folder = mkdtempSync(join(tmpdir(), "switchboard-reports-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const counts = { create: 0, update: 0, replace: 0, delete: 0, import: 0, forget: 0, read: 0, refresh: 0, same: 3 };
const saved: SavedReport = {
  ...{ version: 1, time: "2026-11-21T08:00:00.000Z", tools: [["pulumi", "3.262.0"]] },
  report: {
    preview: {
      ...{
        project: "switchboard",
        stack: "prod",
        origin: "engine",
        succeeded: true,
        changes: [],
        counts,
        risk: "none",
      },
      ...{ diagnostics: [], before: [], after: [] },
    },
    findings: [],
  },
};

const eks: SavedReport = {
  ...saved,
  report: { ...saved.report, preview: { ...saved.report.preview, stack: "prod-eks" } },
};

test("what is saved is loaded as it was, in the order of the stacks", () => {
  saveReport(join(folder, "deep/b.json"), saved);
  saveReport(join(folder, "deep/c.json"), eks);
  writeFileSync(join(folder, "deep/notes.md"), "x");
  assert.deepEqual(loadReports(join(folder, "deep")), [saved, eks]);
});

test("what is no report is refused with the file and what is wrong", () => {
  const file = join(folder, "x.json");
  const broken: readonly (readonly [string, RegExp])[] = [
    ["{", /x\.json: .*JSON/],
    ["{}", /x\.json is no report: .*version/],
    [JSON.stringify({ ...saved, version: 2 }), /version/],
    [JSON.stringify({ ...saved, time: "soon" }), /time/],
    [JSON.stringify(saved).replace('"prod"', '"<b>"'), /stack/],
    [JSON.stringify(saved).replace('"risk":"none"', '"risk":"low"'), /risk/],
  ];
  for (const [text, said] of broken) {
    writeFileSync(file, text);
    assert.throws(() => loadReports(folder), said, text.slice(0, 40));
  }
  assert.throws(() => loadReports(join(folder, "nothing")), /--reports .*nothing/);
});
