import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { looksIn } from "../../../cli/ci/driftIssue";

const folder = mkdtempSync(join(tmpdir(), "switchboard-drift-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const time = "2026-11-21T04:23:00.000Z";

test("a stack's file is its part; an empty one says that nothing differs; one that is not there says nothing", () => {
  writeFileSync(join(folder, "prod.md"), "### prod\n\n- `replicas`\n");
  writeFileSync(join(folder, "prod-eks.md"), "\n");
  writeFileSync(join(folder, "notes.txt"), "x");
  assert.deepEqual(looksIn(folder, time), [
    { stack: "prod-eks", time },
    { stack: "prod", time, text: "### prod\n\n- `replicas`" },
  ]);
  assert.throws(() => looksIn(join(folder, "nothing"), time), /nothing/);
});
