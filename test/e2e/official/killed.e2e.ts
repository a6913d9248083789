import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { killedFirstUpGoesOn } from "../support/killed";
import { beginWithNothing, isOwnState, livePods, npmRun, up } from "../support/system";

before(beginWithNothing);
after(async () => {
  if (isOwnState) assert.equal((await npmRun("down", ["--delete-data", "--yes"])).exitCode, 0);
});

test("a first up that is killed while it waits goes on, and the system is up", async () => {
  await killedFirstUpGoesOn();
  assert.equal((await livePods("panel", "web")).length, 2);
});

test("run again on the official provider, nothing changes", async () => {
  const { exitCode, output } = await up();
  assert.equal(exitCode, 0);
  assert.match(output, /nothing to change: \d+ resources are as they should be/);
  assert.match(output, /official Kubernetes provider/);
});
