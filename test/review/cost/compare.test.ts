import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sum } from "../../../components/clouds/shared/facts/range";
import { allFacts } from "../../../components/facts";
import type { Resource } from "../../../engine/resources/resource";
import { compare, estimate } from "../../../review/cost";
import type { Range } from "../../../review/cost/model";
import { onAmazon, onGoogle, resource } from "./stack";

const address = (name: string) =>
  resource("aws:ec2/eip:Eip", {}, { name, urn: `urn:pulumi:test::switchboard::aws:ec2/eip:Eip::${name}` });

test("nothing that changes costs nothing more", () => {
  const stack = onAmazon("eu-west-1", address("a"));
  const change = compare(stack, stack);
  assert.deepEqual(change.difference, { low: 0, likely: 0, high: 0 });
  assert.deepEqual([change.newlyUnpriced, change.noLongerUnpriced], [[], []]);
});

test("an address more costs 3.65, and a new stack all of it", () => {
  const one = compare(onAmazon("eu-west-1", address("a")), onAmazon("eu-west-1", address("a"), address("b")));
  assert.ok(Math.abs(one.difference.likely - 3.65) < 1e-9);
  const fresh = compare([], onAmazon("eu-west-1", address("a")));
  assert.deepEqual(fresh.difference, fresh.after.total);
  assert.ok(Math.abs(fresh.difference.likely - 76.65) < 1e-9);
});

test("estimates can be compared as well as resources", () => {
  const [before, after] = [onAmazon("eu-west-1"), onAmazon("eu-west-1", address("a"))];
  assert.deepEqual(compare(estimate(before), estimate(after)), compare(before, after));
});

test("what loses or gains its price is told apart from what had none before", () => {
  const redis = (memorySizeGb: unknown) =>
    resource("gcp:redis/instance:Instance", { tier: "STANDARD_HA", memorySizeGb }, { name: "redis" });
  const change = compare(onGoogle("europe-west2", redis(1)), onGoogle("europe-west2", redis("[unknown]")));
  assert.deepEqual(
    change.newlyUnpriced.map(({ why }) => why),
    ["memorySizeGb is not known before an up"],
  );
  assert.deepEqual(change.components.at(-1)?.unpriced, { before: 0, after: 1 });
  assert.deepEqual(compare(change.after, change.after).newlyUnpriced, []);
});

/** Inputs of any shape, with the names that are looked at and the values that hurt. */
const names = [
  ...["location", "region", "autoscaling", "totalMinNodeCount", "totalMaxNodeCount", "minNodeCount", "maxNodeCount"],
  ...["nodeCount", "nodeConfig", "machineType", "diskSizeGb", "diskType", "spot", "settings", "tier", "edition"],
  ...["availabilityType", "diskSize", "diskAutoresizeLimit", "backupConfiguration", "enabled", "memorySizeGb", "spec"],
  ...["type", "replicas", "volumeClaimTemplates", "resources", "requests", "storage", "scalingConfig", "minSize"],
  ...[
    "maxSize",
    "instanceTypes",
    "capacityType",
    "blockDeviceMappings",
    "ebs",
    "volumeSize",
    "engine",
    "instanceClass",
  ],
  ...["multiAz", "allocatedStorage", "maxAllocatedStorage", "nodeType", "numCacheClusters", "numNodeGroups", "name"],
  ...[
    "replicasPerNodeGroup",
    "retentionInDays",
    "natIps",
    "guestAccelerators",
    "localSsdCount",
    "replicaCount",
    "monitoringInterval",
    "nodePools",
    "length",
    "throughput",
    "storageType",
    "engineVersion",
    "storageClassName",
    "loadBalancerClass",
    "performanceInsightsRetentionPeriod",
    "natIpAllocateOption",
    "loggingConfig",
    "chart",
    "iops",
  ],
];
const values = fc.oneof(
  fc.constantFrom<unknown>(
    "[unknown]",
    "[secret]",
    undefined,
    null,
    true,
    false,
    "",
    "REGIONAL",
    "LoadBalancer",
    "5Gi",
  ),
  fc.constantFrom<unknown>("europe-west1", "eu-west-1", "e2-standard-4", "m7i.large", "db-custom-2-7680", "postgres"),
  fc.constantFrom<unknown>("MANUAL_ONLY", "valkey", "db.m7g.large", "cache.t4g.small", "__proto__", "constructor"),
  fc.constantFrom<unknown>(-1, 0, 1, 3, 1e300, Number.NaN, Number.POSITIVE_INFINITY, "7", "1e9", "-3"),
  fc.integer(),
  fc.string(),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof({ depthSize: "small" }, values, tie("object"), fc.array(tie("tree"), { maxLength: 3 })),
  object: fc.dictionary(fc.constantFrom(...names), tie("tree"), { maxKeys: 12 }),
}));
const types = [
  ...Object.entries(allFacts()).flatMap(([type, { price }]) => (price && !type.endsWith("*") ? [type] : [])),
  ...["pulumi:providers:aws", "aws:ec2/launchTemplate:LaunchTemplate", "aws:s3/bucket:Bucket", "constructor", ""],
];
const anyResource = fc
  .record({ type: fc.constantFrom(...types), name: fc.string({ maxLength: 8 }), inputs: tree, parent: fc.nat(5) })
  .map(({ type, name, inputs, parent }) =>
    resource(type, inputs, { name, parent: `urn:${parent}`, urn: `urn:${parent}` }),
  );
const anyStack: fc.Arbitrary<Resource[]> = fc
  .array(anyResource, { maxLength: 12 })
  .map((made) =>
    made.map((one, index) => ({ ...one, urn: `urn:${index}`, dependencies: made.map((_, other) => `urn:${other}`) })),
  );

/** Pools and servers that have prices, with bounds of any size and in any order. */
const bounds = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.double({ min: 0, max: 9, noNaN: true }), values);
const priced = fc.tuple(bounds, bounds, fc.boolean()).map(([minSize, maxSize, spot]): Resource[] => {
  const capacityType = spot ? "SPOT" : "ON_DEMAND";
  const nodeConfig = { machineType: "e2-standard-4", diskSizeGb: 50, spot };
  const autoscaling = { totalMinNodeCount: minSize, totalMaxNodeCount: maxSize };
  const server = { engine: "postgres", instanceClass: "db.m7g.large", storageType: "gp3", multiAz: spot };
  return [
    ...onAmazon("eu-west-1", ...onGoogle("europe-west1")),
    resource("aws:eks/nodeGroup:NodeGroup", {
      instanceTypes: ["m7i.large"],
      scalingConfig: { minSize, maxSize },
      capacityType,
    }),
    resource("gcp:container/nodePool:NodePool", { location: "europe-west1", autoscaling, nodeConfig }),
    resource("aws:rds/instance:Instance", { ...server, allocatedStorage: minSize, maxAllocatedStorage: maxSize }),
  ];
});

const ordered = ({ low, likely, high }: Range) => low >= 0 && low <= likely && likely <= high && Number.isFinite(high);

test("whatever the resources hold: no throw, no NaN, low ≤ likely ≤ high, and the total is the sum of its lines", () => {
  fc.assert(
    fc.property(fc.oneof(anyStack, priced), (stack) => {
      const { lines, total, unpriced, free } = estimate(stack);
      assert.ok(ordered(total), JSON.stringify(total));
      for (const { monthly, what } of lines) assert.ok(ordered(monthly), `${what} ${JSON.stringify(monthly)}`);
      assert.deepEqual(total, sum(lines.map(({ monthly }) => monthly)));
      const told = new Set([...lines, ...unpriced, ...free].map(({ urn }) => urn));
      assert.deepEqual(
        stack.filter(({ urn }) => !told.has(urn)),
        [],
      );
    }),
    { numRuns: 2000 },
  );
});

test("a change and its way back are the same with the other sign, and its components add up to it", () => {
  fc.assert(
    fc.property(fc.oneof(anyStack, priced), fc.oneof(anyStack, priced), (a, b) => {
      const [there, back] = [compare(a, b), compare(b, a)];
      for (const end of ["low", "likely", "high"] as const) {
        assert.equal(there.difference[end] + back.difference[end], 0);
        const parts = there.components.reduce((all, { before, after }) => all + after[end] - before[end], 0);
        assert.ok(
          Math.abs(parts - there.difference[end]) <=
            1e-6 * Math.max(1, there.before.total[end], there.after.total[end]),
        );
      }
      assert.deepEqual(there.newlyUnpriced, back.noLongerUnpriced);
    }),
    { numRuns: 500 },
  );
});
