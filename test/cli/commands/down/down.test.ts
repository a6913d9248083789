import assert from "node:assert/strict";
import { test } from "node:test";
import { officialMachine } from "../../../support/officialMachine";

test("a stack in a cloud is destroyed only after its name and a yes", () => {
  const { switchboard, calls } = officialMachine("true");
  for (const [flags, message] of [
    [[], /is production, and down needs a clear yes to change it/],
    [["--yes"], /is production/],
    [["--production", "prod"], /This destroys everything of the stack prod with its cluster and its data in gcp\./],
  ] as const) {
    const { status, stderr } = switchboard("down", "prod", ...flags);
    assert.equal(status, 4);
    assert.match(stderr, message);
  }
  assert.equal(calls(), "");
  const done = switchboard("down", "prod", "--production", "prod", "--yes", "--json");
  assert.equal(done.status, 0, done.stderr);
  assert.deepEqual(JSON.parse(done.stdout), { stack: "prod", done: "destroyed" });
  assert.match(calls(), /^pulumi destroy --yes --skip-preview .*--stack prod /m);
});
