import type { ParsedOf } from "../../../schema/sealed";
import { type Asked, aws } from "../../shared/doctor/ask";
import type { World } from "../../shared/doctor/model";
import { addonNames, type eksCluster } from "../settings/cluster";
import { architectureOf } from "../settings/values";

type Eks = ParsedOf<typeof eksCluster>;
type Asker = Pick<World, "run">;

/** The image of a pool's nodes, and the newest one for their Kubernetes. */
export interface NodeImage {
  readonly pool: string;
  readonly release: string;
  readonly newest: string;
}

/** The version of an add-on that runs, and those that fit the cluster. */
export interface AddonRelease {
  readonly addon: string;
  readonly runs?: string;
  readonly offered: readonly string[];
}

/** Whether the cluster is there. */
export async function isThere(name: string, { region }: Eks, world: Asker): Promise<Asked<boolean>> {
  const asked = await aws<{ clusters?: readonly string[] } | null>(world, region, "clusters", "eks", "list-clusters");
  return "finding" in asked ? asked : { value: asked.value?.clusters?.includes(name) ?? false };
}

/** The images of the nodes of each pool that is there. */
export async function nodeImages(name: string, cluster: Eks, world: Asker): Promise<Asked<NodeImage>[]> {
  const { region, pools } = cluster;
  const groups = await aws<{ nodegroups?: readonly string[] } | null>(
    ...([world, region, "node groups", "eks", "list-nodegroups", "--cluster-name", name] as const),
  );
  if ("finding" in groups) return [groups];
  const found: Asked<NodeImage>[] = [];
  for (const [pool, { machineType }] of Object.entries(pools)) {
    // A group is called `cluster-pools-<pool>[-<zone>]-<digits>`; the longest name that fits is the pool's own.
    const group = groups.value?.nodegroups?.find((one) => poolOf(one, Object.keys(pools)) === pool);
    if (!group) continue;
    found.push(...(await imageOf({ name, pool, group, region, processor: architectureOf(machineType) }, world)));
  }
  return found;
}

function poolOf(group: string, pools: readonly string[]): string | undefined {
  return pools
    .filter((pool) => group.startsWith(`cluster-pools-${pool}-`))
    .sort((a, b) => b.length - a.length)
    .at(0);
}

interface Group {
  readonly name: string;
  readonly pool: string;
  readonly group: string;
  readonly region: string;
  readonly processor: "arm64" | "x86_64";
}

async function imageOf({ name, pool, group, region, processor }: Group, world: Asker): Promise<Asked<NodeImage>[]> {
  const told = await aws<{ nodegroup?: { version?: string; releaseVersion?: string } } | null>(
    ...([world, region, `node group ${group}`, "eks", "describe-nodegroup"] as const),
    ...["--cluster-name", name, "--nodegroup-name", group],
  );
  if ("finding" in told) return [told];
  const { version, releaseVersion: release } = told.value?.nodegroup ?? {};
  if (!version || !release) return [];
  const path = `/aws/service/eks/optimized-ami/${version}/amazon-linux-2023/${processor}/standard/recommended/release_version`;
  const asked = await aws<{ Parameter?: { Value?: string } } | null>(
    ...([world, region, "the newest node image", "ssm", "get-parameter", "--name", path] as const),
  );
  if ("finding" in asked) return [asked];
  return [{ value: { pool, release, newest: asked.value?.Parameter?.Value ?? release } }];
}

/** The versions of every add-on that the program installs. */
export async function addonReleases(
  name: string,
  { region, version }: Eks,
  world: Asker,
): Promise<Asked<AddonRelease>[]> {
  const found: Asked<AddonRelease>[] = [];
  for (const addon of addonNames) {
    const told = await aws<{ addon?: { addonVersion?: string } } | null>(
      ...([world, region, `add-on ${addon}`, "eks", "describe-addon"] as const),
      ...["--cluster-name", name, "--addon-name", addon],
    );
    const asked = await aws<readonly string[] | null>(
      ...([world, region, `versions of ${addon}`, "eks", "describe-addon-versions"] as const),
      ...["--kubernetes-version", version, "--addon-name", addon],
      ...["--query", "addons[].addonVersions[].addonVersion"],
    );
    if ("finding" in told) found.push(told);
    else if ("finding" in asked) found.push(asked);
    else found.push({ value: { addon, runs: told.value?.addon?.addonVersion, offered: [asked.value ?? []].flat() } });
  }
  return found;
}
