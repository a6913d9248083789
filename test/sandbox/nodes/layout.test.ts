import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  addressAt,
  addressPlan,
  freePrefix,
  mostNodes,
  nodePlan,
  nodePlans,
  overlaps,
  prefixes,
} from "../../../sandbox/nodes/layout";

const plan = addressPlan("10.213");

test("a node's addresses follow from its number", () => {
  assert.deepEqual(nodePlan(plan, 2), {
    name: "node-2",
    address: "10.213.0.12",
    pods: "10.213.129.0/24",
    zone: "local-b",
  });
  assert.throws(() => nodePlan(plan, 0), /node number 0: must be a whole number from 1 to 16/);
  assert.throws(() => nodePlan(plan, mostNodes + 1), /node number 17/);
});

test("no two parts of the plan share an address", () => {
  const machines = [
    `${plan.host}/32`,
    `${plan.control}/32`,
    ...nodePlans(plan, mostNodes).map((n) => `${n.address}/32`),
  ];
  const parts = [...machines, plan.loadBalancers, plan.services, ...nodePlans(plan, mostNodes).map((n) => n.pods)];
  for (const [index, part] of parts.entries()) {
    assert.ok(overlaps(part, plan.network), `${part} lies in ${plan.network}`);
    for (const other of parts.slice(index + 1)) assert.ok(!overlaps(part, other), `${part} and ${other}`);
  }
  for (const node of nodePlans(plan, mostNodes)) assert.ok(overlaps(node.pods, plan.pods));
  assert.ok(overlaps(plan.dnsService, plan.services) && overlaps(plan.apiService, plan.services));
});

test("networks overlap when one holds the other, whichever is larger", () => {
  assert.ok(overlaps("10.213.0.0/16", "10.213.4.1"));
  assert.ok(overlaps("10.213.4.1/32", "10.0.0.0/8"));
  assert.ok(!overlaps("10.213.0.0/16", "10.214.0.0/16"));
  assert.ok(!overlaps("10.213.0.0/16", "0.0.0.0/0"), "a default route uses no address");
  assert.ok(!overlaps("10.213.0.0/16", "fd00::/8"), "IPv6 is another world");
});

test("overlap is symmetric, and every network overlaps itself", () => {
  const network = fc
    .tuple(fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 1, max: 32 }))
    .map(([address, bits]) => `${[24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".")}/${bits}`);
  fc.assert(fc.property(network, network, (a, b) => overlaps(a, b) === overlaps(b, a) && overlaps(a, a)));
});

test("the first network that nothing uses is taken", () => {
  assert.equal(freePrefix(["192.0.2.0/24", "0.0.0.0/0"]), "10.213");
  assert.equal(freePrefix(["10.213.7.0/24", "10.214.0.1"]), "10.215");
  assert.equal(freePrefix(["10.0.0.0/8"]), "172.20");
  assert.equal(freePrefix(["10.0.0.0/8", "172.16.0.0/12"]), undefined);
  assert.equal(new Set(prefixes).size, prefixes.length);
});

test("addresses are counted from the first of the network, over the octets", () => {
  assert.equal(addressAt("10.213.1.0/24", 1), "10.213.1.1");
  assert.equal(addressAt("10.213.0.0/16", 300), "10.213.1.44");
  assert.throws(() => addressAt("ten", 1), /must look like/);
});
