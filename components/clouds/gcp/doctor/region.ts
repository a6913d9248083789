import type { ParsedOf } from "../../../schema/sealed";
import { overlap } from "../../../schema/values/cidr";
import { ask } from "../../shared/doctor/ask";
import { advice, type Check, certain, type Finding, ok, type World } from "../../shared/doctor/model";
import { type Need, quotaFinding } from "../../shared/doctor/quota";
import { coresOf } from "../machines";
import type { gkeCluster } from "../settings/cluster";

type Gke = ParsedOf<typeof gkeCluster>;

/** Whether the region has what the stack asks for: zones, machine types, quotas, free networks. */
export const region: Check = {
  area: "region",
  applies: ({ settings }) => settings.cluster.kind === "gke",
  async run({ settings }, world) {
    const cluster = settings.cluster as Gke;
    const found = await Promise.all([machines(cluster, world), quotas(cluster, world), networks(cluster, world)]);
    return found.flat();
  },
};

async function machines({ project, region, pools }: Gke, world: World): Promise<Finding[]> {
  const zones = await ask<readonly { name: string; status: string }[]>(
    ...([world, `zones of ${region}`, "gcloud", "compute", "zones", "list"] as const),
    ...["--filter", `region:${region}`, "--project", project, "--format", "json"],
  );
  if ("finding" in zones) return [zones.finding];
  const up = zones.value.filter(({ status }) => status === "UP").map(({ name }) => name);
  if (up.length === 0)
    return [
      certain(
        "region",
        `cluster.region: ${region} has no zone for ${project}`,
        "name a region of gcloud compute regions list",
      ),
    ];
  const types = [...new Set(Object.values(pools).map(({ machineType }) => machineType))].sort();
  const offers = await ask<readonly { name: string; zone: string }[]>(
    ...([world, "machine types", "gcloud", "compute", "machine-types", "list", "--zones", up.join(",")] as const),
    ...["--filter", `name=(${types.join(" ")})`, "--project", project, "--format", "json"],
  );
  if ("finding" in offers) return [offers.finding];
  // A custom type is offered wherever its family is, and the list does not name it.
  const listed = types.filter((type) => !type.includes("custom"));
  return listed.map((type) => {
    const where = offers.value.filter(({ name }) => name === type).length;
    const key = `cluster.pools: ${type}`;
    if (where === 0)
      return certain("region", `${key} is not offered in ${region}`, "use another machineType, or another region");
    if (where < Math.min(3, up.length))
      return advice(
        `${key} is offered in ${where} of ${up.length} zones of ${region}: nodes stand in those only`,
        "use a machineType that every zone has",
      );
    return ok(`${type} is offered in ${where} zones of ${region}`);
  });
}

interface Quota {
  readonly metric: string;
  readonly limit: number;
  readonly usage: number;
}

async function quotas({ project, region, pools }: Gke, world: World): Promise<Finding[]> {
  const asked = await ask<{ quotas?: readonly Quota[] }>(
    ...([world, `quotas of ${region}`, "gcloud", "compute", "regions", "describe", region] as const),
    ...["--project", project, "--format", "json"],
  );
  if ("finding" in asked) return [asked.finding];
  const nodes = Object.values(pools);
  // While nodes are exchanged, a surge adds some and blue/green doubles the pool.
  const most = (pool: (typeof nodes)[number]) =>
    pool.upgrade.strategy === "surge" ? pool.max + pool.upgrade.maxSurge : 2 * pool.max;
  const needs: Need[] = [
    ...cores(nodes.map((pool) => ({ type: pool.machineType, count: most(pool) }))),
    { name: "STATIC_ADDRESSES", amount: 1, why: "the entrance", fixed: true },
    { name: "IN_USE_ADDRESSES", amount: 2, why: "the entrance and NAT", fixed: true },
    { name: "SSD_TOTAL_GB", amount: sum(nodes.map((pool) => most(pool) * pool.diskGiB)), why: "the nodes' disks" },
  ];
  const where = `in ${region} (https://console.cloud.google.com/iam-admin/quotas?project=${project})`;
  const known = (asked.value.quotas ?? []).map(({ metric, limit, usage }) => ({ name: metric, limit, usage }));
  return needs.flatMap((need) => quotaFinding(need, known, where));
}

/** E2, N1 and the older families share CPUS; the newer ones have a quota of their own (`N2_CPUS`). */
function cores(nodes: readonly { type: string; count: number }[]): Need[] {
  const needed = new Map<string, number>();
  for (const { type, count } of nodes) {
    const family = type.split("-")[0]!.toUpperCase();
    const name = ["E2", "N1", "F1", "G1"].includes(family) ? "CPUS" : `${family}_CPUS`;
    needed.set(name, (needed.get(name) ?? 0) + count * (coresOf(type) ?? 0));
  }
  return [...needed].map(([name, amount]) => ({
    name,
    amount,
    why: "the most nodes of all pools, while they are exchanged",
  }));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

interface Subnet {
  readonly name: string;
  readonly network: string;
  readonly ipCidrRange?: string;
  readonly secondaryIpRanges?: readonly { readonly ipCidrRange: string }[];
}

/** The stack has a network of its own; others matter once they are to be connected with it. */
async function networks({ project, network }: Gke, world: World): Promise<Finding[]> {
  const asked = await ask<readonly Subnet[]>(
    ...([
      world,
      "networks",
      "gcloud",
      "compute",
      "networks",
      "subnets",
      "list",
      "--project",
      project,
      "--format",
      "json",
    ] as const),
  );
  if ("finding" in asked) return [asked.finding];
  const own = Object.entries(network).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  const clashes = asked.value.flatMap((subnet) => {
    const vpc = subnet.network.split("/").pop()!;
    // The stack's own network is there already when it is up.
    if (vpc.startsWith("cluster-network-vpc")) return [];
    const ranges = [subnet.ipCidrRange, ...(subnet.secondaryIpRanges ?? []).map((range) => range.ipCidrRange)];
    return ranges.flatMap((range) =>
      range?.includes(".")
        ? own.flatMap(([key, mine]) =>
            overlap(mine, range)
              ? [`cluster.network.${key} ${mine} overlaps ${range} of ${subnet.name} in network ${vpc}`]
              : [],
          )
        : [],
    );
  });
  if (clashes.length === 0) return [ok("the stack's networks overlap no other network of the project")];
  return clashes.map((clash) =>
    advice(clash, "choose another network now if the two are ever to be connected: it cannot be changed later"),
  );
}
