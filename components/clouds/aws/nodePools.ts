import { LaunchTemplate } from "@pulumi/aws/ec2/launchTemplate";
import { PullThroughCacheRule } from "@pulumi/aws/ecr/pullThroughCacheRule";
import { NodeGroup } from "@pulumi/aws/eks/nodeGroup";
import * as pulumi from "@pulumi/pulumi";
import { guardedUpdate } from "../shared/guards";
import { nodeLabels, nodeTaints } from "../shared/nodeRoles";
import type { Account } from "./account";
import { scalingProblem } from "./changes";
import { imageCachePolicy, trustOf } from "./iamPolicies";
import { type IamRole, role } from "./identities";
import { groupTimeouts, type PoolGroup, poolGroups, taintEffect, updateConfig } from "./poolGroups";
import type { EksClusterSettings } from "./settings/cluster";
import { architectureOf } from "./settings/values";

type Pool = EksClusterSettings["pools"][string];

/** What the node pools are given. */
export interface NodePoolsArgs {
  readonly account: Account;
  readonly clusterName: pulumi.Input<string>;
  /** The control plane's; nodes follow it. */
  readonly version: string;
  readonly pools: EksClusterSettings["pools"];
  readonly zones: readonly string[];
  /** One for each zone. */
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly keyArn: pulumi.Input<string>;
  /** The copy of another registry's images that nodes may fill. */
  readonly imageCache: EksClusterSettings["imageCache"];
  /** What must be there before a node can become ready. */
  readonly ready: readonly pulumi.Resource[];
}

/** Amazon Linux 2023, as EKS builds it (https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html, amiType). */
const images = { arm64: "AL2023_ARM_64_STANDARD", x86_64: "AL2023_x86_64_STANDARD" } as const;

/**
 * Managed node groups. What a node is (image, disk, tags, metadata service) is exchanged node by node within the group,
 * moving pods as disruption budgets allow; what a group cannot change (machine types, spot, zones) makes a new group
 * beside the old one, which goes at the end of the same update: group names are not fixed, so apps are never without
 * nodes, and the cluster itself is not touched. Pods of a group that goes have 15 minutes to move.
 *
 * The autoscaler owns how many nodes there are, between the bounds; the first number is the lower one.
 */
export class NodePools extends pulumi.ComponentResource {
  readonly groups: readonly NodeGroup[];
  readonly #name: string;
  readonly #args: NodePoolsArgs;

  constructor(name: string, args: NodePoolsArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:cluster:EksNodePools", name, {}, opts);
    this.#name = name;
    this.#args = args;
    const nodeRole = this.nodeRole();
    this.groups = Object.entries(args.pools).flatMap(([poolName, pool]) => {
      const template = this.template(poolName, pool);
      return poolGroups(poolName, pool, args.zones).map((group) =>
        this.group(poolName, pool, { group, template, nodeRole }),
      );
    });
    this.registerOutputs({});
  }

  /**
   * Nodes join, give pods their roles, and pull images; nothing else. `AmazonEKSWorkerNodeMinimalPolicy` would not do: it
   * lacks `ec2:DescribeInstances`, by which Amazon Linux 2023 learns its own name. There is no policy of the network
   * plugin here (its pods have a role of their own), and none to log in by SSH or Session Manager.
   */
  private nodeRole(): IamRole {
    const { account, imageCache } = this.#args;
    if (imageCache) this.cacheRule(imageCache);
    return role(
      `${this.#name}-node`,
      {
        account,
        policy: imageCache && imageCachePolicy(account, imageCache.prefix),
        description: "Nodes of the cluster",
        trust: trustOf("ec2.amazonaws.com"),
        managed: ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"],
      },
      { parent: this },
    );
  }

  /** Whatever is pulled by this prefix, ECR fetches from the other registry once. */
  private cacheRule({ prefix, upstream, credentials }: NonNullable<NodePoolsArgs["imageCache"]>): void {
    new PullThroughCacheRule(
      `${this.#name}-image-cache`,
      { ecrRepositoryPrefix: prefix, upstreamRegistryUrl: upstream, credentialArn: credentials },
      { parent: this },
    );
  }

  /** There is no image in it: EKS chooses one and writes what a node must know to join. */
  private template(poolName: string, pool: Pool): LaunchTemplate {
    const { account, keyArn } = this.#args;
    const tags = { ...account.tags, Name: `${account.fullName} ${poolName}` };
    return new LaunchTemplate(
      `${this.#name}-${poolName}-template`,
      {
        updateDefaultVersion: true,
        // Pods are one hop further away than the node: with a limit of one they cannot become the node's role.
        metadataOptions: {
          httpEndpoint: "enabled",
          httpTokens: "required",
          httpPutResponseHopLimit: 1,
          instanceMetadataTags: "disabled",
        },
        blockDeviceMappings: [
          {
            deviceName: "/dev/xvda",
            ebs: {
              volumeType: "gp3",
              volumeSize: pool.diskGiB,
              encrypted: "true",
              kmsKeyId: keyArn,
              deleteOnTermination: "true",
            },
          },
        ],
        // What nodes are made of does not get the provider's tags by itself.
        tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({ resourceType, tags })),
        tags: { Name: tags.Name },
      },
      { parent: this },
    );
  }

  private group(
    poolName: string,
    pool: Pool,
    made: { group: PoolGroup; template: LaunchTemplate; nodeRole: IamRole },
  ): NodeGroup {
    const { group, template, nodeRole } = made;
    const name = `${this.#name}-${group.name}`;
    const taints = nodeTaints(pool).map(({ key, value, effect }) => ({ key, value, effect: taintEffect(effect) }));
    return new NodeGroup(
      name,
      {
        clusterName: this.#args.clusterName,
        nodeRoleArn: nodeRole.arn,
        subnetIds: group.zones.map((index) => this.#args.subnetIds[index]!),
        amiType: images[architectureOf(pool.machineType)],
        instanceTypes: [pool.machineType, ...pool.alternatives],
        capacityType: pool.spot ? "SPOT" : "ON_DEMAND",
        version: this.#args.version,
        releaseVersion: pool.upgrade.release,
        launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
        scalingConfig: { minSize: group.min, maxSize: group.max, desiredSize: group.min },
        updateConfig: updateConfig(pool.upgrade, group.max),
        nodeRepairConfig: { enabled: true },
        labels: nodeLabels(pool),
        taints: taints.length > 0 ? taints : undefined,
      },
      {
        parent: this,
        ignoreChanges: ["scalingConfig.desiredSize"],
        dependsOn: [...this.#args.ready, ...nodeRole.rights],
        customTimeouts: groupTimeouts(pool.upgrade, group.max),
        ...guardedUpdate(name, scalingProblem(poolName)),
      },
    );
  }
}
