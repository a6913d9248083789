import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { repository } from "../../../support/plan";
import { problems } from "../../settings/stack";

test("every app that the documentation shows is one that a stack may have", () => {
  const text = readFileSync(join(repository, "docs/apps.md"), "utf8");
  const shown = [...text.matchAll(/^```yaml\n(switchboard:apps:\n[\s\S]*?)^```$/gm)].map(([, yaml]) => parse(yaml!));
  assert.ok(shown.length > 0);
  for (const { "switchboard:apps": apps } of shown)
    assert.deepEqual(
      problems((raw) => (raw.apps = apps)),
      [],
    );
});
