import type { ParsedOf } from "../../../schema/sealed";
import { aws } from "../../shared/doctor/ask";
import { advice, type Check, type Finding, ok, type World } from "../../shared/doctor/model";
import type { eksCluster } from "../settings/cluster";
import { addonNames } from "../settings/cluster";
import { architectureOf } from "../settings/values";

type Eks = ParsedOf<typeof eksCluster>;

/** AWS builds images about every week; with one that is older than this, known holes are open on every node. */
const agedDays = 60;

/**
 * How old the nodes' images and the add-ons of a running cluster are. Neither moves by itself, not even when the version of
 * the cluster rises: a release is a change of the settings, which a preview shows.
 */
export const ages: Check = {
  area: "ages",
  applies: ({ settings }) => settings.cluster.kind === "eks",
  async run({ settings, clusterName: name }, world) {
    const cluster = settings.cluster as Eks;
    const clusters = await aws<{ clusters?: readonly string[] } | null>(
      ...([world, cluster.region, "clusters", "eks", "list-clusters"] as const),
    );
    if ("finding" in clusters) return [clusters.finding];
    if (!clusters.value?.clusters?.includes(name))
      return [ok("nodes and add-ons will be of the newest releases: there is no cluster yet")];
    return [...(await nodes(name, cluster, world)), ...(await addons(name, cluster, world))];
  },
};

async function nodes(name: string, { region, pools }: Eks, world: World): Promise<Finding[]> {
  const groups = await aws<{ nodegroups?: readonly string[] } | null>(
    ...([world, region, "node groups", "eks", "list-nodegroups", "--cluster-name", name] as const),
  );
  if ("finding" in groups) return [groups.finding];
  const found: Finding[] = [];
  for (const [pool, { machineType }] of Object.entries(pools)) {
    // A group is called `cluster-pools-<pool>[-<zone>]-<digits>`; the longest name that fits is the pool's own.
    const group = groups.value?.nodegroups?.find((one) => poolOf(one, Object.keys(pools)) === pool);
    if (!group) continue;
    found.push(...(await image({ name, pool, group, region, processor: architectureOf(machineType) }, world)));
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

async function image({ name, pool, group, region, processor }: Group, world: World): Promise<Finding[]> {
  const told = await aws<{ nodegroup?: { version?: string; releaseVersion?: string } } | null>(
    ...([world, region, `node group ${group}`, "eks", "describe-nodegroup"] as const),
    ...["--cluster-name", name, "--nodegroup-name", group],
  );
  if ("finding" in told) return [told.finding];
  const { version, releaseVersion: release } = told.value?.nodegroup ?? {};
  if (!version || !release) return [];
  const path = `/aws/service/eks/optimized-ami/${version}/amazon-linux-2023/${processor}/standard/recommended/release_version`;
  const asked = await aws<{ Parameter?: { Value?: string } } | null>(
    ...([world, region, "the newest node image", "ssm", "get-parameter", "--name", path] as const),
  );
  if ("finding" in asked) return [asked.finding];
  const newest = asked.value?.Parameter?.Value ?? release;
  const age = Math.floor((world.now.getTime() - Date.parse(dayOf(release))) / 86_400_000);
  const what = `pool ${pool}: the node image ${release} is ${age} days old`;
  if (newest === release || age < agedDays) return [ok(what)];
  return [
    advice(
      `${what}, and ${newest} is there: no update of the nodes' system has come since`,
      `set cluster.pools.${pool}.upgrade.release to "${newest}"; nodes are exchanged one after the other`,
    ),
  ];
}

/** `1.35.0-20261101` → `2026-11-01`. */
function dayOf(release: string): string {
  return release.slice(-8).replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3");
}

async function addons(name: string, { region, version }: Eks, world: World): Promise<Finding[]> {
  const found: Finding[] = [];
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
    if ("finding" in told) found.push(told.finding);
    else if ("finding" in asked) found.push(asked.finding);
    else found.push(...addonFinding(addon, told.value?.addon?.addonVersion, [asked.value ?? []].flat(), version));
  }
  return found;
}

function addonFinding(
  addon: string,
  runs: string | undefined,
  offered: readonly string[],
  kubernetes: string,
): Finding[] {
  const [newest] = [...offered].sort(newerFirst);
  if (!runs || !newest) return [];
  const set = `set cluster.addonVersions.${addon} to "${newest}"`;
  if (!offered.includes(runs))
    return [advice(`add-on ${addon}: ${runs} is not for Kubernetes ${kubernetes}; ${newest} is the newest`, set)];
  // A build is the same release again: what is a release behind is worth a word.
  return release(runs) === release(newest)
    ? [ok(`add-on ${addon}: ${runs}`)]
    : [advice(`add-on ${addon}: ${runs} runs, and ${newest} is there`, set)];
}

function release(version: string): string {
  return version.split("-")[0]!;
}

function newerFirst(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => (version.match(/\d+/g) ?? []).map(Number)) as [number[], number[]];
  const at = left.findIndex((number, i) => number !== right[i]);
  return at < 0 ? 0 : (right[at] ?? -1) - left[at]!;
}
