import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { groupTimeouts, nodesAtOnce, updateConfig } from "../../../../components/clouds/aws/poolGroups";
import { eksPlan, largeCluster } from "../../../support/eksPlan";

describe("how nodes are exchanged", () => {
  test("at most as many as there may be, or a part of them", () => {
    assert.deepEqual(updateConfig({ maxUnavailable: 5 }, 3), { maxUnavailable: 3 });
    assert.deepEqual(updateConfig({ maxUnavailable: 1, maxUnavailablePercent: 33 }, 9), {
      maxUnavailablePercentage: 33,
    });
    for (const [percent, nodes, atOnce] of [
      [33, 9, 3],
      [34, 9, 4],
      [1, 9, 1],
      [100, 9, 9],
    ] as const)
      assert.equal(nodesAtOnce({ maxUnavailable: 1, maxUnavailablePercent: percent }, nodes), atOnce);
  });

  test("the provider waits for as long as the slowest pods may take, and never shorter than by itself", () => {
    // 15 minutes until EKS gives a node's pods up, and 5 for the new node: nine of them are three hours.
    assert.equal(groupTimeouts({ maxUnavailable: 1 }, 9).update, "210m");
    assert.equal(groupTimeouts({ maxUnavailable: 3 }, 9).update, "90m");
    assert.equal(groupTimeouts({ maxUnavailable: 1, maxUnavailablePercent: 50 }, 9).update, "70m");
    assert.equal(groupTimeouts({ maxUnavailable: 1 }, 1).update, "60m");
  });

  test("node groups of a stack are told so", async () => {
    const pools = { apps: { machineType: "m7g.large", min: 2, max: 6, upgrade: { maxUnavailablePercent: 34 } } };
    const { inputs } = (await eksPlan(largeCluster({ pools }))).of("aws:eks/nodeGroup:NodeGroup")[0]!;
    assert.deepEqual(inputs.updateConfig, { maxUnavailablePercentage: 34 });
  });
});

test("a protected stack's balancer refuses to be deleted; where the namespace may go, it may", async () => {
  const attributes = async (isProtected: boolean) => {
    const plan = await eksPlan(largeCluster(), { isProtected });
    const { metadata } = plan.named("kubernetes:core/v1:Service", "edge-service").inputs;
    return metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-attributes"];
  };
  assert.match(await attributes(true), /deletion_protection\.enabled=true/);
  assert.match(await attributes(false), /deletion_protection\.enabled=false/);
});
