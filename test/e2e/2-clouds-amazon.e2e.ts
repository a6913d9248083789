import assert from "node:assert/strict";
import { test } from "node:test";
import { leftBehind } from "../../cli/commands/down/leftBehind";
import { FakeAmazon } from "../support/cloud/amazon";
import { keepingKubernetes } from "../support/cloud/kubernetes";
import { CloudStack } from "../support/cloud/stack";

test("prod on AWS comes up beside its database, stays as it is, and goes without losing what it keeps", async (context) => {
  const amazon = new FakeAmazon(["nodesAfterDatabase", "logGroupComesBack"]);
  const stack = await CloudStack.open("prod-eks", [amazon.provider(), keepingKubernetes(amazon)]);
  context.after(() => stack.close());

  const first = await stack.up();
  assert.deepEqual([first.exitCode, first.errors], [0, []], first.text);
  assert.deepEqual((await stack.up()).changes, []);
  assert.deepEqual((await stack.drift()).changes, []);

  await stack.configure((config) => {
    config["switchboard:operations"].protect = false;
  });
  assert.deepEqual((await stack.up()).errors, []);
  const told = leftBehind((await stack.exported()).deployment.resources ?? []).map(({ what }) => what);
  const gone = await stack.destroy();
  assert.deepEqual([gone.exitCode, gone.errors], [0, []], gone.text);

  // What is left is meant: the backups, and the key that they need.
  assert.deepEqual(amazon.backups.map(({ what, of }) => `${what} of ${of}`).sort(), [
    "automated backups of postgres-instance",
    "final snapshot of postgres-instance",
    "final snapshot of redis-group",
  ]);
  assert.deepEqual(amazon.lost(), []);
  const left = [...amazon.things.values()].filter(({ type }) => type.startsWith("aws:"));
  assert.deepEqual(left.map(({ name }) => name).sort(), ["cluster-encryption-key", "cluster-logs-control-plane"]);
  for (const { properties } of left) {
    const name = String(properties.arn ?? properties.name);
    assert.ok(
      told.some((what) => what.includes(name)),
      `${name} in ${told.join("; ")}`,
    );
  }
});
