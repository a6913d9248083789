import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { zoneNetworks } from "../../../../components/clouds/aws/subnets";
import { contains, overlap } from "../../../../components/schema/values/cidr";

const zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"];

test("a /16 is cut into a quarter for the nodes of each zone, and small networks for the rest", () => {
  assert.deepEqual(zoneNetworks("10.64.0.0/16", zones), [
    { zone: "eu-west-1a", private: "10.64.0.0/18", public: "10.64.192.0/22", data: "10.64.224.0/22" },
    { zone: "eu-west-1b", private: "10.64.64.0/18", public: "10.64.196.0/22", data: "10.64.228.0/22" },
    { zone: "eu-west-1c", private: "10.64.128.0/18", public: "10.64.200.0/22", data: "10.64.232.0/22" },
  ]);
});

/** Private networks of /16 to /20, without host bits. */
const networks = fc
  .tuple(fc.integer({ min: 16, max: 20 }), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 255 }))
  .map(([bits, second, third]) => `10.${second}.${third & (0xff << (24 - bits)) & 0xff}.0/${bits}`);

test("networks lie within the VPC, apart from each other, and are large enough", () => {
  fc.assert(
    fc.property(networks, fc.integer({ min: 2, max: 3 }), (vpc, count) => {
      const cut = zoneNetworks(vpc, zones.slice(0, count));
      const all = cut.flatMap(({ public: open, private: nodes, data }) => [open, nodes, data]);
      for (const network of all) assert.ok(contains(vpc, network), `${network} in ${vpc}`);
      for (const [index, network] of all.entries())
        for (const other of all.slice(0, index)) assert.ok(!overlap(network, other), `${network} ${other}`);
      // AWS takes subnets of /16 to /28, and a balancer asks for 8 free addresses in each of its own.
      for (const network of all) assert.ok(Number(network.split("/")[1]) <= 26, network);
    }),
  );
});

test("a third zone moves no network of the first two", () => {
  fc.assert(
    fc.property(networks, (vpc) => {
      assert.deepEqual(zoneNetworks(vpc, zones).slice(0, 2), zoneNetworks(vpc, zones.slice(0, 2)));
    }),
  );
});
