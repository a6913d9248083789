import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { rules } from "../../../review/policies";
import { policiesReference } from "../../../review/policies/describe";
import { repository } from "../../support/plan";

test("docs/policies.md says what the rules do (review/policies/describe.ts brings it up to date)", () => {
  assert.equal(readFileSync(join(repository, "docs/policies.md"), "utf8"), policiesReference());
});

test("every rule has one row with all its columns", () => {
  const rows = policiesReference()
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  assert.equal(rows.length, rules.length);
  for (const row of rows) assert.equal(row.replaceAll("\\|", "").split("|").length, 7, row);
});
