import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fromPlan } from "../../../engine/resources/fromPlan";
import type { Resource } from "../../../engine/resources/resource";
import { compare, estimate } from "../../../review/cost";
import type { Estimate } from "../../../review/cost/model";
import { dollars } from "../../../review/cost/report";
import { cloudConfig } from "../../support/config";
import { plan, repository, stackConfig } from "../../support/plan";
import { layerKey } from "../../support/project";
import { everyStack } from "../../support/stacks";
import { cents } from "./stack";

async function resourcesOf(
  config: Record<string, unknown>,
  stack = "test",
  secretKeys: readonly string[] = [],
): Promise<Resource[]> {
  return fromPlan(await plan(config, { stack, secretKeys }));
}

/** `component: what` to its figures, gathered where they say the same. */
function ledger({ lines }: Estimate): Record<string, number[]> {
  const sums = new Map<string, { low: number; likely: number; high: number }>();
  for (const { component, what, monthly } of lines) {
    const key = `${component}: ${what}`;
    const old = sums.get(key) ?? { low: 0, likely: 0, high: 0 };
    sums.set(key, { low: old.low + monthly.low, likely: old.likely + monthly.likely, high: old.high + monthly.high });
  }
  return Object.fromEntries([...sums].map(([key, sum]) => [key, cents(sum)]));
}

const missing = ({ unpriced }: Estimate) => unpriced.map(({ component, what }) => `${component}: ${what}`);

test("the production stack on Google Cloud, line by line", async () => {
  const result = estimate(await resourcesOf(stackConfig("prod"), "prod"));
  assert.equal(result.region, "europe-west1");
  assert.deepEqual(ledger(result), {
    // 0.10 × 730
    "cluster: control plane": [73],
    // (5, 30, 200 less 50 free) × 0.50
    "cluster: logs of the cluster": [0, 0, 75],
    // 5, 30, 300 million × 0.06
    "cluster: metrics of workloads": [0.3, 1.8, 18],
    // 1, 4, 12 × 0.06
    "cluster: versions of the key": [0.06, 0.24, 0.72],
    // 5, 7.667, 13 machines × 0.0014 × 730
    "cluster: NAT for 5 to 13 machines": [5.11, 7.84, 13.29],
    // 1, 1, 2 × 0.005 × 730
    "cluster: addresses of NAT": [3.65, 3.65, 7.3],
    // 10, 100, 1,000 × 0.045
    "cluster: traffic through NAT": [0.45, 4.5, 45],
    // 0.5, 5, 50 × 0.25
    "cluster: flow logs of the subnet": [0.13, 1.25, 12.5],
    // 3, 5, 9 × 4 × 0.03685773 × 730
    "cluster: 3 to 9 × e2-standard-4": [322.87, 538.12, 968.62],
    // 3, 5, 9 × 50 × 0.10
    "cluster: 3 to 9 × 50 GiB pd-balanced": [15, 25, 45],
    // 2, 2.667, 4 × 2 × 0.03685773 × 730
    "cluster: 2 to 4 × e2-standard-2": [107.62, 143.5, 215.25],
    // 2, 2.667, 4 × 50 × 0.10
    "cluster: 2 to 4 × 50 GiB pd-balanced": [10, 13.33, 20],
    // 0.025 × 730
    "edge: rule of the balancer": [18.25],
    // 2, 20, 200 × 0.008
    "edge: what the balancer takes in": [0.02, 0.16, 1.6],
    // 20, 200, 2,000 × 0.12
    "edge: what leaves to the internet": [2.4, 24, 240],
    // 2 × 2 × 0.0413 × 730
    "postgres: 2 vCPU, twice for the standby": [120.6],
    // 2 × 7.5 × 0.007 × 730
    "postgres: 7.5 GiB of memory, twice for the standby": [76.65],
  });
  assert.deepEqual(missing(result), [
    "postgres: disk of 20 to 200 GiB, twice for the standby",
    "postgres: backups",
    "redis: 1 GiB, tier STANDARD_HA",
  ]);
  assert.deepEqual(cents(result.total), [756.11, 1051.89, 1950.77]);
});

test("the production stack on AWS, line by line", async () => {
  const result = estimate(await resourcesOf(stackConfig("prod-eks"), "prod-eks"));
  assert.equal(result.region, "eu-west-1");
  assert.deepEqual(ledger(result), {
    // 0.10 × 730
    "cluster: control plane": [73],
    // 1, 2, 3 × 1.00
    "cluster: the key and its rotations": [1, 2, 3],
    // 6 × 0.005 × 730: three of the balancer, three of NAT
    "cluster: public address": [21.9],
    // (2, 10, 60 of the control plane and 1, 10, 100 of the network) × 0.57
    "cluster: taken in": [1.71, 11.4, 91.2],
    // the same × 90 days × 12 / 365 × 0.03
    "cluster: kept for 90 days": [0.27, 1.78, 14.2],
    // 3 × 0.048 × 730
    "cluster: gateway": [105.12],
    // 10, 100, 1,000 × 0.048
    "cluster: traffic, a share of 1/3": [0.48, 4.8, 48],
    // 3, 5, 9 × 4 × 0.056175 × 730
    "cluster: 3 to 9 × m7i.xlarge": [492.09, 820.16, 1476.28],
    // 3, 5, 9 × 50 × 0.088
    "cluster: 3 to 9 × 50 GiB gp3": [13.2, 22, 39.6],
    // 2, 2.667, 4 × 2 × 0.056175 × 730
    "cluster: 2 to 4 × m7i.large": [164.03, 218.71, 328.06],
    // 2, 2.667, 4 × 50 × 0.088
    "cluster: 2 to 4 × 50 GiB gp3": [8.8, 11.73, 17.6],
    // 0.0252 × 730
    "edge: Network Load Balancer": [18.4],
    // 20, 200, 2,000 × 0.09
    "edge: what leaves to the internet": [1.8, 18, 180],
    // 2 logs × 0.05, 0.5, 5 × 0.57
    "postgres: taken in": [0.06, 0.57, 5.7],
    // the same × 90 days × 12 / 365 × 0.03
    "postgres: kept for 90 days": [0.01, 0.09, 0.89],
    // 2 × 0.186 × 730
    "postgres: db.m7g.large, twice for the standby": [271.56],
    // 2 × 20, 20, 200 × 0.127
    "postgres: disk of 20 to 200 GiB gp3, twice for the standby": [5.08, 5.08, 50.8],
    // 0.1, 0.2, 0.4 × 0.57
    "postgres: enhanced monitoring": [0.06, 0.11, 0.23],
    "redis: taken in": [0.06, 0.57, 5.7],
    "redis: kept for 90 days": [0.01, 0.09, 0.89],
    // 2 × 0.0272 × 730
    "redis: 2 × cache.t4g.small": [39.71],
  });
  assert.deepEqual(missing(result), [
    "edge: its capacity units",
    "postgres: backups beyond the size of the disk",
    "redis: snapshots",
  ]);
  assert.deepEqual(cents(result.total), [1218.34, 1646.77, 2791.84]);
});

test("docs/production.md has the sums of both", async () => {
  const text = readFileSync(join(repository, "docs/production.md"), "utf8");
  for (const stack of ["prod", "prod-eks"]) {
    const { total } = estimate(await resourcesOf(stackConfig(stack), stack));
    const row = `| together | ${[total.low, total.likely, total.high].map(dollars).join(" | ")} | |`;
    assert.ok(text.includes(row), `docs/production.md: ${row}`);
  }
});

test("the development stack pays for nothing by itself", async () => {
  const result = estimate(await resourcesOf(stackConfig("dev"), "dev"));
  assert.match(result.note!, /^runs on a cluster that exists/);
  assert.deepEqual([result.lines, cents(result.total), result.region], [[], [0], undefined]);
  assert.deepEqual(missing(result), ["edge: its balancer", "postgres: volume of 1Gi", "redis: volume of 256Mi"]);
});

test("in every stack each resource of a provider is priced, free, or named without a price", async () => {
  const spot = {
    cluster: { pools: { apps: { machineType: "m7g.large", min: 2, max: 6, spot: true, alternatives: ["m6g.large"] } } },
  };
  const inCluster = {
    postgres: { kind: "inCluster", image: "registry.example/postgres:17.5" },
    redis: { kind: "inCluster", image: "registry.example/redis:7.2" },
  };
  const more: { name: string; config: Record<string, unknown>; secretKeys?: readonly string[] }[] = [
    { name: "spot nodes", config: cloudConfig("eks", spot) },
    { name: "data in a cluster of GKE", config: { ...cloudConfig("gke"), ...named(inCluster) } },
    { name: "data in a cluster of EKS", config: { ...cloudConfig("eks"), ...named(inCluster) } },
    ...(["gke", "eks"] as const).map((kind) => ({ name: `the smallest on ${kind}`, config: cloudConfig(kind) })),
  ];
  for (const { name, config, secretKeys } of [...everyStack(), ...more]) {
    const resources = await resourcesOf({ ...config }, "test", secretKeys);
    const { lines, unpriced, free } = estimate(resources);
    const told = new Set([...lines, ...unpriced, ...free].map(({ urn }) => urn));
    const silent = resources.filter(({ custom, read, urn }) => custom && !read && !told.has(urn));
    assert.deepEqual(
      silent.map(({ urn }) => urn),
      [],
      name,
    );
    const strange = unpriced.filter(({ why }) => why.includes("nobody has said what it costs"));
    assert.deepEqual(strange, [], name);
  }
});

function named(layers: Readonly<Record<string, object>>): Record<string, object> {
  return Object.fromEntries(Object.entries(layers).map(([layer, value]) => [layerKey(layer), value]));
}

test("a pool more costs exactly its own machines and disks, and NAT for them", async () => {
  const config = stackConfig("prod") as Record<string, any>;
  const changed = structuredClone(config);
  changed[layerKey("cluster")].pools.batch = { role: "apps", machineType: "e2-standard-2", min: 1, max: 1 };
  const change = compare(await resourcesOf(config), await resourcesOf(changed));
  // 2 × 0.03685773 × 730 + 50 × 0.10 + 0.0014 × 730.
  const one = 53.8122858 + 5 + 1.022;
  for (const end of ["low", "likely", "high"] as const) assert.ok(Math.abs(change.difference[end] - one) < 1e-9, end);
  const [added, ...none] = change.components.filter(({ before, after }) => before.low !== after.low);
  assert.deepEqual([added!.component, none], ["cluster", []]);
});
