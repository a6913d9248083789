import type { Cluster } from "@pulumi/gcp/container/cluster";
import { NodePool, type NodePoolArgs } from "@pulumi/gcp/container/nodePool";
import * as pulumi from "@pulumi/pulumi";
import { nodeLabels, nodeTaints } from "../shared/nodeRoles";
import type { PoolSettings } from "../shared/pools";
import type { GkeClusterSettings, GkeUpgrade } from "./settings/cluster";
import { bootDiskType } from "./settings/values";

/** The settings of one pool. */
export interface GkePoolSettings extends PoolSettings {
  readonly machineType: string;
  readonly upgrade: GkeUpgrade;
}

/** What the pools are given. */
export interface GkeNodePoolsArgs {
  readonly settings: Pick<GkeClusterSettings, "project" | "region" | "zones" | "pools">;
  readonly cluster: Cluster;
  /** E-mail address of the nodes' service account. */
  readonly account: pulumi.Input<string>;
  /** What nodes need from their first minute: the rights of their account, the way out of the network. */
  readonly after: readonly pulumi.Resource[];
}

/** Zones that Google chooses for a cluster of a region whose zones are not named. */
const zonesOfRegion = 3;

/**
 * The node pools. Google changes a machine type in place, node by node; names are made by Pulumi, so that what cannot be
 * changed so (spot) is made anew under another name before the old pool is emptied, with every disruption budget honoured,
 * and deleted. How many nodes there are is the autoscaler's: it is given once, and never again.
 */
export class GkeNodePools extends pulumi.ComponentResource {
  readonly all: readonly pulumi.Resource[];

  constructor(name: string, args: GkeNodePoolsArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:cluster:GkeNodePools", name, {}, opts);
    const { settings, cluster, account, after } = args;
    const pools: Readonly<Record<string, GkePoolSettings>> = settings.pools;
    this.all = Object.entries(pools).map(
      ([poolName, pool]) =>
        new NodePool(
          `${name}-${poolName}`,
          {
            project: cluster.project,
            location: settings.region,
            cluster: cluster.name,
            ...poolArgs(pool, settings.zones?.length ?? zonesOfRegion),
            nodeConfig: nodeConfig(pool, account),
          },
          {
            parent: this,
            dependsOn: [...after],
            ignoreChanges: ["initialNodeCount", "nodeCount", "version", "nodeConfig.resourceLabels"],
            // A cluster that is made anew keeps its name, and its pools went with it.
            replaceWith: [cluster],
            deletedWith: cluster,
            // Each node is waited for until its disruption budgets let go of it, for up to an hour.
            customTimeouts: { create: "40m", update: "3h", delete: "2h" },
          },
        ),
    );
    this.registerOutputs({ pools: Object.keys(pools) });
  }
}

/** How many nodes there are and how they are exchanged. */
function poolArgs(pool: GkePoolSettings, zones: number): Partial<NodePoolArgs> {
  return {
    initialNodeCount: initialNodes(pool, zones),
    // The number of nodes is not read back: it is not ours.
    ignoreNodeCountChanges: true,
    autoscaling: {
      totalMinNodeCount: pool.min,
      totalMaxNodeCount: pool.max,
      // Spot nodes come from where there are some, so that they are taken back less often.
      locationPolicy: pool.spot ? "ANY" : "BALANCED",
    },
    management: { autoRepair: true, autoUpgrade: true },
    upgradeSettings: upgradeSettings(pool.upgrade),
    // An upgrade honours disruption budgets anyway; this is for a pool that is deleted, after it was made anew.
    nodeDrainConfigs: [{ respectPdbDuringNodePoolDeletion: true }],
    networkConfig: { enablePrivateNodes: true },
  };
}

/**
 * Nodes of each zone that a new pool starts with. The autoscaler does not bring a pool up to its `min` by itself, only
 * when pods wait (https://cloud.google.com/kubernetes-engine/docs/concepts/cluster-autoscaler#minimum_and_maximum).
 */
export function initialNodes({ min, max }: Pick<PoolSettings, "min" | "max">, zones: number): number {
  return Math.min(Math.ceil(min / zones), Math.floor(max / zones));
}

function upgradeSettings(upgrade: GkeUpgrade): NodePoolArgs["upgradeSettings"] {
  if (upgrade.strategy === "surge") {
    return { strategy: "SURGE", maxSurge: upgrade.maxSurge, maxUnavailable: upgrade.maxUnavailable };
  }
  return {
    strategy: "BLUE_GREEN",
    blueGreenSettings: {
      nodePoolSoakDuration: `${upgrade.soakMinutes * 60}s`,
      standardRolloutPolicy: {
        batchPercentage: upgrade.batchPercent / 100,
        batchSoakDuration: `${upgrade.batchSoakMinutes * 60}s`,
      },
    },
  };
}

/** Kubernetes' words for what a taint does, as Google Cloud writes them. */
const effects = { NoSchedule: "NO_SCHEDULE", PreferNoSchedule: "PREFER_NO_SCHEDULE", NoExecute: "NO_EXECUTE" } as const;

function nodeConfig(pool: GkePoolSettings, account: pulumi.Input<string>): NodePoolArgs["nodeConfig"] {
  const taints = nodeTaints(pool).map(({ key, value, effect }) => ({ key, value, effect: effects[effect] }));
  return {
    machineType: pool.machineType,
    spot: pool.spot,
    diskType: bootDiskType(pool.machineType),
    diskSizeGb: pool.diskGiB,
    imageType: "COS_CONTAINERD",
    labels: nodeLabels(pool),
    taints: taints.length > 0 ? taints : undefined,
    ...nodeSecurity(account),
  };
}

/** As whom nodes act and how they are hardened, whatever they are for. */
export function nodeSecurity(account: pulumi.Input<string>) {
  return {
    serviceAccount: account,
    // IAM decides what the account may do; narrower scopes would only hide that.
    oauthScopes: ["https://www.googleapis.com/auth/cloud-platform"],
    shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
    // Pods see their own identity at the metadata server, never the node's.
    workloadMetadataConfig: { mode: "GKE_METADATA" },
    metadata: { "disable-legacy-endpoints": "true" },
    kubeletConfig: { insecureKubeletReadonlyPortEnabled: "FALSE" },
  };
}
