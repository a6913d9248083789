import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { scalingProblem, versionProblem } from "../../../../components/clouds/aws/changes";
import { poolGroups, taintEffect } from "../../../../components/clouds/aws/poolGroups";

describe("the control plane's version", () => {
  const change = (before: string, after: string) => versionProblem({ version: before }, { version: after });

  test("stays, or rises by one", () => {
    assert.equal(change("1.34", "1.34"), undefined);
    assert.equal(change("1.34", "1.35"), undefined);
    assert.equal(versionProblem({}, { version: "1.35" }), undefined);
  });

  test("never rises by two", () => {
    assert.equal(
      change("1.33", "1.35"),
      'cluster.version: the control plane may move one minor at a time: 1.33 → 1.35; set it to "1.34" first',
    );
  });

  test("never goes back", () => {
    assert.equal(
      change("1.35", "1.34"),
      'cluster.version: a control plane cannot go back: 1.35 → 1.34; set it to "1.35" or "1.36"',
    );
  });
});

describe("a pool's bounds", () => {
  const check = scalingProblem("apps");
  const scaling = (minSize: number, maxSize: number, desiredSize: number) => ({
    scalingConfig: { minSize, maxSize, desiredSize },
  });

  test("may change around the number of nodes that there are", () => {
    assert.equal(check(scaling(2, 6, 3), scaling(1, 9, 3)), undefined);
    assert.equal(check({}, {}), undefined);
  });

  test("never leave it outside", () => {
    assert.match(
      check(scaling(2, 6, 2), scaling(4, 6, 2))!,
      /^cluster\.pools\.apps: min asks for 4 nodes, and this stack last saw 2/,
    );
    assert.match(
      check(scaling(2, 6, 5), scaling(2, 4, 5))!,
      /^cluster\.pools\.apps: max allows 4 nodes, and this stack last saw 5/,
    );
  });
});

describe("the node groups of a pool", () => {
  const zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"];

  test("apps have one over all zones", () => {
    assert.deepEqual(poolGroups("web", { role: "apps", min: 2, max: 6 }, zones), [
      { name: "web", zones: [0, 1, 2], min: 2, max: 6 },
    ]);
  });

  test("servers with a disk have one in each zone that a node falls to", () => {
    assert.deepEqual(poolGroups("disk", { role: "data", min: 1, max: 2 }, zones), [
      { name: "disk-eu-west-1a", zones: [0], min: 1, max: 1 },
      { name: "disk-eu-west-1b", zones: [1], min: 0, max: 1 },
    ]);
  });

  test("together they have what the pool has", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("system", "apps", "data"),
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 2, max: 3 }),
        (role, min, more, count) => {
          const max = Math.max(1, min + more);
          const groups = poolGroups("p", { role, min, max }, zones.slice(0, count));
          const sum = (key: "min" | "max") => groups.reduce((total, group) => total + group[key], 0);
          assert.equal(sum("min"), min);
          assert.equal(sum("max"), max);
          for (const group of groups) assert.ok(group.min <= group.max && group.max > 0);
          assert.equal(new Set(groups.map(({ name }) => name)).size, groups.length);
        },
      ),
    );
  });

  test("taints are in the words of EKS", () => {
    assert.deepEqual((["NoSchedule", "PreferNoSchedule", "NoExecute"] as const).map(taintEffect), [
      "NO_SCHEDULE",
      "PREFER_NO_SCHEDULE",
      "NO_EXECUTE",
    ]);
  });
});
