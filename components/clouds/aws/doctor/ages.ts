import { newestOf } from "../../../calendar/order";
import type { ParsedOf } from "../../../schema/sealed";
import { advice, type Check, type Finding, ok, type World } from "../../shared/doctor/model";
import type { eksCluster } from "../settings/cluster";
import { type AddonRelease, addonReleases, isThere, type NodeImage, nodeImages } from "./releases";

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
    const there = await isThere(name, cluster, world);
    if ("finding" in there) return [there.finding];
    if (!there.value) return [ok("nodes and add-ons will be of the newest releases: there is no cluster yet")];
    const images = await nodeImages(name, cluster, world);
    const addons = await addonReleases(name, cluster, world);
    return [
      ...images.map((asked) => ("finding" in asked ? asked.finding : imageFinding(asked.value, world))),
      ...addons.flatMap((asked) => ("finding" in asked ? asked.finding : addonFinding(asked.value, cluster.version))),
    ];
  },
};

function imageFinding({ pool, release, newest }: NodeImage, world: World): Finding {
  const age = Math.floor((world.now.getTime() - Date.parse(dayOf(release))) / 86_400_000);
  const what = `pool ${pool}: the node image ${release} is ${age} days old`;
  if (newest === release || age < agedDays) return ok(what);
  return advice(
    `${what}, and ${newest} is there: no update of the nodes' system has come since`,
    `set cluster.pools.${pool}.upgrade.release to "${newest}"; nodes are exchanged one after the other`,
  );
}

/** `1.35.0-20261101` → `2026-11-01`. */
function dayOf(release: string): string {
  return release.slice(-8).replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3");
}

function addonFinding({ addon, runs, offered }: AddonRelease, kubernetes: string): Finding[] {
  const newest = newestOf(offered);
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
