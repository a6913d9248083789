import assert from "node:assert/strict";
import { test } from "node:test";
import { statusJson, statusLines } from "../../../../cli/commands/status/render";
import { verdictOf } from "../../../../cli/commands/status/verdict";
import { healthy } from "./builders";

const shown = (more: object) => {
  const facts = { ...healthy(), ...more };
  const status = verdictOf(facts);
  return {
    ...{ stack: facts.stack, isHealthy: status.healthy, json: statusJson({ facts, status }) as { ends: unknown } },
    rows: statusLines({ facts, status }, { colours: false }).filter((line) => /^ {2}versions /.test(line)),
  };
};

test("status has one line where versions are near their end, and stays healthy", () => {
  const ends = "1 version is within 90 days of the end of support, or past it: Redis (image) 7.0.15: 2024-07-29";
  const { stack, isHealthy, rows, json } = shown({ ends });
  assert.equal(isHealthy, true);
  assert.deepEqual(
    rows.map((line) => line.trim().split(/\s{2,}/)),
    [["versions", `npx switchboard versions ${stack}`, ends]],
  );
  assert.equal(json.ends, ends);
});

test("and none otherwise", () => {
  const { rows, json } = shown({});
  assert.deepEqual([rows, json.ends], [[], null]);
});
