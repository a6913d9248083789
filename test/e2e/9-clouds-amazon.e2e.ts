import assert from "node:assert/strict";
import { test } from "node:test";
import { leftBehind } from "../../cli/commands/down/leftBehind";
import { begunAtCloud, continueAtCloud } from "../../cli/commands/up/begunAtCloud";
import { FakeAmazon } from "../support/cloud/amazon";
import { keepingKubernetes } from "../support/cloud/kubernetes";
import { CloudStack } from "../support/cloud/stack";
import { nothingElse, progress } from "./support/cloudRuns";

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

test("what a killed first up has begun at AWS is waited for and is the state's, and the next up goes on", async (context) => {
  const amazon = new FakeAmazon();
  const stack = await CloudStack.open("prod-eks", [amazon.provider(), keepingKubernetes(amazon)]);
  context.after(() => stack.close());
  const cluster = "aws:eks/cluster:Cluster";
  const killer = new AbortController();
  let isAwaited = false;
  // AWS goes on making what it was asked for, whatever becomes of who has asked; until then a reader finds half of it.
  amazon.holds(cluster, () => isAwaited);
  const killed = stack.up({ killed: killer.signal });
  const early = killed.then(({ errors }) => errors.join("\n"));
  const begins = amazon.until(() => amazon.at("create", cluster, "begun") >= 0);
  assert.equal(await Promise.race([begins, early]), true);
  await nothingElse(stack, cluster);
  killer.abort();
  assert.notEqual((await killed).exitCode, 0);

  await stack.unlock();
  const words: string[] = [];
  const cli = async (args: readonly string[]) => {
    words.push(args.join(" "));
    isAwaited = true;
    amazon.wake();
    await amazon.until(() => amazon.at("create", cluster, "done") >= 0);
    return { exitCode: 0, stderr: "" };
  };
  await continueAtCloud(stack.driven, { progress, signal: new AbortController().signal, cli });
  assert.deepEqual(words, ["aws eks wait cluster-active --name switchboard-prod-eks --region eu-west-1"]);
  assert.deepEqual(begunAtCloud(await stack.driven.exported()), []);
  const next = await stack.up();
  assert.deepEqual([next.exitCode, next.errors], [0, []], next.text);
  assert.equal(amazon.all(cluster).length, 1);
  assert.deepEqual((await stack.up()).changes, []);
});
