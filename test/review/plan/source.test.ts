import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { buildingBlocks, sourceLine } from "../../../review/plan/source";
import { repository } from "../../support/plan";

test("the source of what a building block makes is the line that asks for it", () => {
  for (const file of buildingBlocks) assert.ok(existsSync(join(repository, file)), file);
  const at = (...lines: string[]) =>
    sourceLine({ urn: "", type: "", stackTrace: lines.map((line) => ({ sourcePosition: `project:///${line}` })) });
  assert.deepEqual(
    at("components/kubernetes/workload.ts#42,1", "components/apps/panel/index.ts#144,14", "index.ts#27,1"),
    {
      file: "components/apps/panel/index.ts",
      line: 144,
    },
  );
  assert.deepEqual(at("node_modules/x/y.js#1,1", "components/ingress/index.ts#5,1"), {
    file: "components/ingress/index.ts",
    line: 5,
  });
  assert.deepEqual(at("components/kubernetes/job.ts#7,1"), { file: "components/kubernetes/job.ts", line: 7 });
  for (const line of ["", "../../etc/passwd#1,1", "node_modules/a.js#1,1", "%E0%A4%A.ts#1,1"])
    assert.equal(at(line), undefined, line);
  assert.deepEqual(sourceLine({ urn: "", type: "", sourcePosition: "project:///index.ts#3,4" }), {
    file: "index.ts",
    line: 3,
  });
});
