import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { assign, type BalancedService, targetsFor } from "../../../sandbox/nodes/balance";

const network = "10.213.1.0/24";
const nodes = [
  { name: "node-1", address: "10.213.0.11" },
  { name: "node-2", address: "10.213.0.12" },
];
const service = (key: string, more: Partial<BalancedService> = {}): BalancedService => ({
  key,
  created: "2026-11-21T00:00:00Z",
  ports: [{ port: 443, nodePort: 30443 }],
  ...more,
});

test("every Service has an address of its own and a node", () => {
  assert.deepEqual(assign(network, [service("a/x"), service("a/y")], nodes), [
    { key: "a/x", address: "10.213.1.1", via: nodes[0] },
    { key: "a/y", address: "10.213.1.2", via: nodes[0] },
  ]);
});

test("a Service keeps the address of its status, also when an older one comes to want it", () => {
  const found = assign(network, [service("a/new"), service("a/old", { address: "10.213.1.1" })], nodes);
  assert.deepEqual(
    found.map(({ key, address }) => [key, address]),
    [
      ["a/new", "10.213.1.2"],
      ["a/old", "10.213.1.1"],
    ],
  );
});

test("an address of another network is not kept", () => {
  assert.equal(assign(network, [service("a/x", { address: "192.0.2.1" })], nodes)[0]!.address, "10.213.1.1");
});

test("traffic stays at its node while that is ready, and moves when it is not", () => {
  const before = [{ key: "a/x", address: "10.213.1.1", via: nodes[1]! }];
  assert.equal(assign(network, [service("a/x")], nodes, before)[0]!.via?.name, "node-2");
  assert.equal(assign(network, [service("a/x")], [nodes[0]!], before)[0]!.via?.name, "node-1");
  assert.equal(assign(network, [service("a/x")], [], before)[0]!.via, undefined);
});

test("with a local policy only nodes with an endpoint take traffic", () => {
  assert.equal(assign(network, [service("a/x", { localNodes: ["node-2"] })], nodes)[0]!.via?.name, "node-2");
  assert.equal(assign(network, [service("a/x", { localNodes: [] })], nodes)[0]!.via, undefined);
});

test("no address is given twice, and none is taken from a Service that has one", () => {
  const some = fc.uniqueArray(fc.tuple(fc.nat(400), fc.option(fc.nat(260))), {
    maxLength: 300,
    selector: ([id]) => id,
  });
  fc.assert(
    fc.property(some, (list) => {
      const services = list.map(([id, at]) => service(`a/${id}`, at === null ? {} : { address: `10.213.1.${at}` }));
      const found = assign(network, services, nodes);
      const addresses = found.map(({ address }) => address);
      assert.equal(new Set(addresses).size, addresses.length);
      assert.equal(found.length, Math.min(services.length, 254));
    }),
    { numRuns: 50 },
  );
});

test("connections go to the oldest Service with the port, to each node in turn", () => {
  const services = [
    service("b/late", { created: "2026-11-21T00:00:09Z", ports: [{ port: 443, nodePort: 31000 }] }),
    service("a/early"),
  ];
  assert.deepEqual(targetsFor(443, services, nodes, 0), [
    { host: "10.213.0.11", port: 30443 },
    { host: "10.213.0.12", port: 30443 },
  ]);
  assert.equal(targetsFor(443, services, nodes, 1)[0]!.host, "10.213.0.12");
  assert.deepEqual(targetsFor(80, services, nodes, 0), []);
  assert.deepEqual(targetsFor(443, services, [], 0), []);
  assert.deepEqual(targetsFor(443, [service("a/x", { localNodes: ["node-2"] })], nodes, 0), [
    { host: "10.213.0.12", port: 30443 },
  ]);
});
