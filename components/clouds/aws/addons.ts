import { Addon } from "@pulumi/aws/eks/addon";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import { podTrust, volumeKeyPolicy } from "./iamPolicies";
import { role } from "./identities";
import type { addonNames } from "./settings/cluster";

/** What the add-ons are given. */
export interface AddonsArgs {
  readonly account: Account;
  readonly clusterName: pulumi.Input<string>;
  readonly versions: Readonly<Record<string, string>>;
}

/** What add-ons that run on nodes are given besides. */
export interface NodeAddonsArgs extends AddonsArgs {
  readonly keyArn: pulumi.Input<string>;
  /** Labels of the nodes that the cluster's own pods run on. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** The nodes. Without any, an add-on that runs on them would be waited for until it counts as failed. */
  readonly nodes: readonly pulumi.Resource[];
}

type AddonName = (typeof addonNames)[number];

/** One add-on: its settings, and the rights of its pods. */
interface AddonArgs extends AddonsArgs {
  readonly addon: AddonName;
  readonly configuration?: Record<string, unknown>;
  readonly identity?: { readonly serviceAccount: string; readonly roleArn: pulumi.Input<string> };
}

/**
 * An add-on of EKS. A new cluster has none of its own (`bootstrapSelfManagedAddons` is off), so there is nothing to
 * overwrite when one is made, and something that is there all the same is an error. Later this program's word counts:
 * what somebody has changed by hand with kubectl is set back by the next change of the add-on.
 *
 * Without a version EKS chooses the one it thinks best for the cluster's version at that time, once: no later `up`
 * changes it, so there is no drift, and no progress either. After `cluster.version` has been raised it is the user's task
 * to name newer ones in `cluster.addonVersions`, which the doctor tells; kube-proxy may be up to three minors behind the
 * control plane. The newest is not asked for here: the same settings have to give the same preview, also without an account.
 */
function addon(name: string, args: AddonArgs, opts: pulumi.CustomResourceOptions): Addon {
  const { addon: addonName, configuration, identity } = args;
  return new Addon(
    `${name}-${addonName}`,
    {
      clusterName: args.clusterName,
      addonName,
      addonVersion: args.versions[addonName],
      configurationValues: configuration ? JSON.stringify(configuration) : undefined,
      podIdentityAssociations: identity ? [identity] : undefined,
      resolveConflictsOnCreate: "NONE",
      resolveConflictsOnUpdate: "OVERWRITE",
      preserve: false,
    },
    opts,
  );
}

/** The plugin makes the network interfaces of pods by itself; where an account demands tags, it cannot without them. */
function interfaceTags({ tags, ownTags }: Account): { env?: Record<string, string> } {
  return Object.keys(ownTags).length === 0 ? {} : { env: { ADDITIONAL_ENI_TAGS: JSON.stringify(tags) } };
}

/**
 * What nodes need to become ready, installed before the first of them: the network plugin, which enforces network
 * policies too; kube-proxy; and the agent that gives pods their IAM roles. The plugin's own rights come by the agent as
 * well, not by the node's role, which every pod on the node could take: both run on the node's own network, so neither
 * waits for the other's network.
 */
export class NetworkAddons extends pulumi.ComponentResource {
  readonly addons: readonly Addon[];

  constructor(name: string, args: AddonsArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:cluster:EksNetworkAddons", name, {}, opts);
    const agent = addon(name, { ...args, addon: "eks-pod-identity-agent" }, { parent: this });
    const plugin = role(
      `${name}-vpc-cni`,
      {
        account: args.account,
        description: "Gives pods addresses of the network",
        trust: podTrust(args.account, { namespace: "kube-system", name: "aws-node" }),
        managed: ["AmazonEKS_CNI_Policy"],
      },
      { parent: this },
    );
    const cni = addon(
      name,
      {
        ...args,
        addon: "vpc-cni",
        configuration: { enableNetworkPolicy: "true", ...interfaceTags(args.account) },
        identity: { serviceAccount: "aws-node", roleArn: plugin.arn },
      },
      { parent: this, dependsOn: [agent, ...plugin.rights] },
    );
    const proxy = addon(name, { ...args, addon: "kube-proxy" }, { parent: this });
    this.addons = [agent, cni, proxy];
    this.registerOutputs({});
  }
}

/**
 * What runs on the nodes for the whole cluster: DNS, the driver of volumes, and the measurements that autoscaling and
 * `kubectl top` read. They are made, and so removed, one after the other: volumes are deleted by their driver a little
 * after the namespace is gone, so the driver goes later than the measurements, and DNS, which it needs, after it.
 */
export class NodeAddons extends pulumi.ComponentResource {
  readonly addons: readonly Addon[];

  constructor(name: string, args: NodeAddonsArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:cluster:EksNodeAddons", name, {}, opts);
    const { nodeSelector, nodes } = args;
    const dns = addon(
      name,
      { ...args, addon: "coredns", configuration: { replicaCount: 2, nodeSelector } },
      { parent: this, dependsOn: [...nodes] },
    );
    const driver = role(
      `${name}-aws-ebs-csi-driver`,
      {
        account: args.account,
        description: "Makes and attaches the volumes of pods",
        trust: podTrust(args.account, { namespace: "kube-system", name: "ebs-csi-controller-sa" }),
        managed: ["service-role/AmazonEBSCSIDriverPolicy"],
        policy: volumeKeyPolicy(args.keyArn),
      },
      { parent: this },
    );
    const volumes = addon(
      name,
      {
        ...args,
        addon: "aws-ebs-csi-driver",
        configuration: { controller: { nodeSelector, extraVolumeTags: args.account.tags } },
        identity: { serviceAccount: "ebs-csi-controller-sa", roleArn: driver.arn },
      },
      { parent: this, dependsOn: [dns, ...driver.rights] },
    );
    const metrics = addon(
      name,
      { ...args, addon: "metrics-server", configuration: { replicas: 2, nodeSelector } },
      { parent: this, dependsOn: [volumes] },
    );
    this.addons = [dns, volumes, metrics];
    this.registerOutputs({});
  }
}
