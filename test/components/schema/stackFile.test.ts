import assert from "node:assert/strict";
import { test } from "node:test";
import { readStackFile, UnreadableStackFile } from "../../../components/schema/stackFile";
import { projectOf } from "../../../components/schema/stackFile/project";
import { project, stackFileCases } from "../../support/stackFiles/cases";
import { comparable } from "../../support/stackFiles/comparable";
import { recorded } from "../../support/stackFiles/record";

const given = projectOf(project);
const gave = recorded();

for (const { name, text } of stackFileCases) {
  test(`the CLI and the tools read the same: ${name}`, () => {
    const expected = gave[name];
    assert.ok(expected, "run: npm run record:stack-files");
    if ("refused" in expected) {
      assert.throws(() => readStackFile(text, given), UnreadableStackFile, expected.refused);
      return;
    }
    assert.equal(comparable(readStackFile(text, given).config), comparable(expected.config));
  });
}
