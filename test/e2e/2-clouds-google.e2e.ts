import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeGoogle } from "../support/cloud/google";
import { keepingKubernetes } from "../support/cloud/kubernetes";
import { CloudStack } from "../support/cloud/stack";

test("prod on Google Cloud comes up, stays as it is, changes and goes", async (context) => {
  const google = new FakeGoogle();
  const stack = await CloudStack.open("prod", [google.provider(), keepingKubernetes(google)]);
  context.after(() => stack.close());

  const first = await stack.up();
  assert.deepEqual([first.exitCode, first.errors], [0, []], first.text);
  assert.ok(google.things.size > 100);
  assert.deepEqual((await stack.up()).changes, []);
  assert.deepEqual((await stack.drift()).changes, []);

  await stack.configure((config) => {
    config["switchboard:operations"].protect = false;
  });
  const changed = await stack.up();
  assert.deepEqual(changed.errors, []);
  assert.deepEqual([...changed.changes].sort(), [
    "update Cluster cluster-gke",
    "update DatabaseInstance postgres-instance",
    "update Instance redis-instance",
  ]);

  const gone = await stack.destroy();
  assert.deepEqual([gone.exitCode, gone.errors], [0, []], gone.text);
  assert.deepEqual(google.toJSON(), []);
});
