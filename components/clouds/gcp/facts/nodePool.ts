import { secret, unknown } from "../../../../lib/masking/marks";
import type { Facts, Inputs } from "../../shared/facts";
import { type Bill, span, type Written } from "../../shared/facts/bill";
import { above, countOf, unreadable, word } from "../../shared/facts/count";
import { all, atMost, type Complaint, demand, exactly, given } from "../../shared/facts/demand";
import { fixed, isAddedOrRemoved } from "../../shared/facts/fixed";
import { type Range, range, times } from "../../shared/facts/range";
import type { Resource } from "../../shared/facts/resource";
import { exchanged, fewerAtLeast, fewerAtMost, lost, lower, other } from "../../shared/facts/risk";
import { at, isHidden, numberOf, stated } from "../../shared/facts/value";
import { nodeConfig, nodeConfigSometimes } from "./nodeConfig";
import { namedAt } from "./values";

const file = "components/clouds/gcp/nodePools.ts";

/** By which a deployed stack's pools are found in its state. */
export const nodePoolType = "gcp:container/nodePool:NodePool";

/** A pool of nodes of GKE. */
export const nodePool: Facts = {
  [nodePoolType]: {
    stateful: lost.nodes("node pool"),
    watch: [
      lower("autoscaling.totalMaxNodeCount", fewerAtMost),
      lower("autoscaling.maxNodeCount", fewerAtMost),
      lower("autoscaling.totalMinNodeCount", fewerAtLeast),
      other("nodeConfig.machineType", exchanged),
    ],
    keptByOthers: [
      {
        path: /^(nodeCount|initialNodeCount|version|instanceGroupUrls|managedInstanceGroupUrls|nodeConfig\.resourceLabels)\b/,
        why: "kept by GKE's autoscaler and its upgrades",
      },
    ],
    demands: {
      "nodes-private": demand("networkConfig.enablePrivateNodes", exactly(true), `set enablePrivateNodes in ${file}`),
      "node-metadata-closed": demand(
        "nodeConfig.workloadMetadataConfig.mode",
        exactly("GKE_METADATA"),
        `set workloadMetadataConfig in ${file}`,
      ),
      "nodes-shielded": all(
        demand("nodeConfig.shieldedInstanceConfig.enableSecureBoot", exactly(true), `set it in ${file}`),
        demand("nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring", exactly(true), `set it in ${file}`),
      ),
      "kubelet-port-closed": demand(
        "nodeConfig.kubeletConfig.insecureKubeletReadonlyPortEnabled",
        exactly("FALSE"),
        `set insecureKubeletReadonlyPortEnabled in ${file}`,
      ),
      "nodes-heal": all(
        demand("management.autoRepair", exactly(true), `set management in ${file}`),
        demand("management.autoUpgrade", exactly(true), `set management in ${file}`),
      ),
      "nodes-upgraded-in-turn": inTurn,
      "node-identity-own": demand(
        "nodeConfig.serviceAccount",
        { says: "an account of its own", holds: (value) => given.holds(value) && value !== "default" },
        "give the account of components/clouds/gcp/nodeAccount.ts",
      ),
    },
    price,
    answer: namedAt(
      ({ project, location, cluster }) => `projects/${project}/locations/${location}/clusters/${cluster}/nodePools`,
    ),
    fixed: fixed(
      "container/resource_container_node_pool.go, container/node_config.go",
      "name namePrefix project location cluster initialNodeCount maxPodsPerNode placementPolicy.policyName " +
        "networkConfig.acceleratorNetworkProfile networkConfig.additionalNodeNetworkConfigs " +
        "networkConfig.additionalPodNetworkConfigs networkConfig.createPodRange networkConfig.podIpv4CidrBlock " +
        `networkConfig.podRange networkConfig.subnetwork queuedProvisioning ${nodeConfig}`,
      {
        named: "name",
        sometimes: { ...nodeConfigSometimes, "networkConfig.podCidrOverprovisionConfig": isAddedOrRemoved },
      },
    ),
    importId: "projects/{project}/locations/{location}/clusters/{cluster}/nodePools/{name}",
    machines: {
      pool: ({ autoscaling, nodeConfig: config, nodeCount }) => ({
        least: autoscaling?.totalMinNodeCount ?? nodeCount,
        most: autoscaling?.totalMaxNodeCount ?? nodeCount,
        machine: config?.machineType,
        spot: config?.spot === true,
      }),
      count,
    },
  },
};

function inTurn(inputs: unknown): Complaint[] {
  const [away, least] = ["upgradeSettings.maxUnavailable", "autoscaling.totalMinNodeCount"].map((path) =>
    at(inputs, path),
  );
  if (isHidden(away) || away === undefined || numberOf(least) === undefined) return [];
  const most = Math.max(1, Math.ceil(numberOf(least)! / 3));
  if (atMost(most).holds(away)) return [];
  const message = `${stated("upgradeSettings.maxUnavailable", away)} of ${least} nodes, and should be ${most} or less`;
  return [{ message, todo: "set `cluster.pools.<name>.upgrade.maxUnavailable`" }];
}

/** Zones that a regional pool has nodes in, unless it names them (https://cloud.google.com/kubernetes-engine/docs/concepts/regional-clusters). */
const zonesOfRegion = 3;

/** Machines of a pool. */
function count({ inputs }: Resource, scaled: (least: number, most: number) => Range): Range | { readonly why: string } {
  const { autoscaling, nodeCount, initialNodeCount, nodeLocations, location } = (inputs ?? {}) as Inputs;
  const zones = zonesOf(nodeLocations, location);
  if (autoscaling && typeof autoscaling === "object") {
    const { totalMinNodeCount, totalMaxNodeCount, minNodeCount, maxNodeCount } = autoscaling;
    const total = totalMaxNodeCount !== undefined;
    const least = countOf((total ? totalMinNodeCount : minNodeCount) ?? 0, "autoscaling's least");
    const most = countOf(total ? totalMaxNodeCount : maxNodeCount, "autoscaling's most");
    if ("why" in least) return least;
    if ("why" in most) return most;
    if (total) return scaled(least.value, most.value);
    return zones ? scaled(least.value * zones, most.value * zones) : { why: "where its nodes are is not known" };
  }
  const hidden = unreadable(autoscaling, "autoscaling");
  if (hidden) return { why: hidden };
  const counted = countOf(nodeCount ?? initialNodeCount, "nodeCount");
  if ("why" in counted) return counted;
  return zones ? range(counted.value * zones) : { why: "where its nodes are is not known" };
}

function zonesOf(nodeLocations: unknown, location: unknown): number | undefined {
  if (Array.isArray(nodeLocations) && nodeLocations.length > 0) return nodeLocations.length;
  if (typeof location !== "string" || location === unknown || location === secret) return undefined;
  return /-[a-z]$/.test(location) ? 1 : zonesOfRegion;
}

/** Machines and their disks. */
function price(bill: Bill, inputs: Inputs): Written {
  const config = bill.part(inputs.nodeConfig, "nodeConfig", "its machines and disks");
  const nodes = count(bill.resource, bill.scaled);
  if ("why" in nodes) return bill.unpriced("its nodes", nodes.why);
  if (!config) return;
  machines(bill, nodes, config);
  const type = config.diskType ?? "pd-balanced";
  const size = bill.number(config.diskSizeGb ?? 100, "diskSizeGb", "disks of its nodes");
  if (size !== undefined) {
    const what = `${span(nodes)} × ${size} GiB ${word(type)}`;
    bill.charge({ what, item: `disk/${word(type)}`, quantity: times(nodes, size) });
  }
  if (above(config.guestAccelerators?.length, 0))
    bill.unpriced("its accelerators", "the sheet has no prices of accelerators");
  if (above(config.localSsdCount, 0)) bill.unpriced("its local disks", "the sheet has no prices of local disks");
}

/** `e2-standard-4`; shared machines have a price of their own. */
function machines(bill: Bill, nodes: Range, { machineType, spot, preemptible }: Inputs): Written {
  const discounted =
    bill.flag(spot, "spot", "whether its machines are spot") ||
    bill.flag(preemptible, "preemptible", "whether its machines are spot");
  const what = `${span(nodes)} × ${word(machineType)}${discounted ? ", spot" : ""}`;
  if (typeof machineType !== "string") return bill.unpriced("its machines", "machineType is not given");
  const share = discounted ? { share: bill.assumed("spot.google"), usage: "spot.google" } : {};
  const [, family, cores] = /^([a-z][a-z0-9]*-(?:standard|highmem|highcpu))-(\d{1,3})$/.exec(machineType) ?? [];
  const of = family ? times(nodes, Number(cores)) : nodes;
  bill.charge({ what, item: family ? `machine/${family}` : `machine/${machineType}`, quantity: of, ...share });
}
