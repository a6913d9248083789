import { Provider as AwsProvider } from "@pulumi/aws/provider";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import type { AmazonCloud, Cluster, ClusterTraits } from "../../contracts";
import { kubectlWords } from "../../kubernetes/access";
import type { ClusterArgs } from "../shared/clusterArgs";
import { nodeLabels, placementOn } from "../shared/nodeRoles";
import { Access } from "./access";
import { type Account, accountOf, clusterArn, roleBounds } from "./account";
import { NetworkAddons, NodeAddons } from "./addons";
import { AwsAppAccess } from "./appAccess";
import { Controllers } from "./controllers";
import { ControlPlane } from "./controlPlane";
import { Encryption } from "./encryption";
import { Endpoints } from "./endpoints";
import { eksKubeconfig } from "./kubeconfig";
import { deregistrationSeconds } from "./loadBalancer";
import { Logs } from "./logs";
import { Network } from "./network";
import { NodePools } from "./nodePools";
import { PublicAddress } from "./publicAddress";
import type { EksClusterSettings } from "./settings/cluster";
import { namespaceLabels, publicServiceSpec } from "./traits";

/**
 * A cluster of Amazon EKS and all that it stands on: network, key, logs, fixed addresses, control plane, access, nodes
 * and controllers, in an account that is named and is the only one that credentials may be for. It has no IPv6, no
 * Fargate and no Auto Mode.
 *
 * The order is that of the lines below, and `destroy` goes the other way round: the platform's namespace (its Service's
 * balancer, its volumes), add-ons on nodes, nodes, network add-ons, control plane, then addresses, logs and network. What
 * was put inside with kubectl's means dies with the control plane and is not taken away one by one.
 */
export class EksCluster extends pulumi.ComponentResource implements Cluster {
  readonly name: string;
  readonly provider: Provider;
  readonly kubeconfig: pulumi.Output<string>;
  readonly accessCommand: string;
  readonly kubectl: string;
  readonly traits: ClusterTraits;
  readonly cloud: AmazonCloud;
  readonly lifetime: pulumi.Resource;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, settings: EksClusterSettings, args: ClusterArgs) {
    super("switchboard:cluster:EksCluster", name);
    const { protection, hostnames } = args;
    const { zones, dnsZone, version } = settings;
    const account = accountOf(settings, args);
    const nodeSelector = systemNodes(settings.pools);
    const provider = this.account(name, account);
    const inside = { parent: this, provider };

    const { keyArn } = new Encryption(`${name}-encryption`, { account, protection }, inside);
    const network = new Network(
      `${name}-network`,
      { account, vpc: settings.network.vpc, zones, natGateways: settings.natGateways },
      inside,
    );
    const { vpcId } = network;
    const logs = new Logs(
      `${name}-logs`,
      { account, vpcId, keyArn, retentionDays: settings.logRetentionDays, protection },
      inside,
    );
    const publicAddress = new PublicAddress(
      `${name}-entrance`,
      {
        ...{ account, vpcId, vpcCidr: settings.network.vpc, zones, hostnames, dnsZone, protection },
        allowedSources: args.allowedSources,
        subnetIds: network.publicSubnetIds,
      },
      inside,
    );
    const subnetIds = network.privateSubnetIds;
    const { interfaceEndpoints: services, imageCache } = settings;
    const inNetwork = { account, vpcId, vpcCidr: settings.network.vpc };
    const endpoints = new Endpoints(`${name}-endpoints`, { ...inNetwork, subnetIds, services }, inside);
    const after = [logs.controlPlane, ...network.ready, ...publicAddress.held];
    const { cluster, ...controlPlane } = new ControlPlane(
      `${name}-control-plane`,
      { account, settings, subnetIds, keyArn, protection, after },
      inside,
    );
    const clusterName = cluster.name;
    const admitted = publicAddress.admitTo(controlPlane.securityGroupId);
    const access = new Access(`${name}-access`, { account, clusterName, ...settings.access, protection }, inside);

    const addons = { account, clusterName, versions: settings.addonVersions };
    const networkAddons = new NetworkAddons(`${name}-network-addons`, addons, inside);
    const pools = new NodePools(
      `${name}-pools`,
      {
        ...{ account, clusterName, version, pools: settings.pools, zones, subnetIds, keyArn, imageCache },
        ready: [...networkAddons.addons, ...endpoints.ready],
      },
      inside,
    );
    const nodeAddons = new NodeAddons(
      `${name}-node-addons`,
      { ...addons, keyArn, nodeSelector, nodes: pools.groups },
      inside,
    );

    this.name = account.fullName;
    this.kubectl = kubectlWords({ context: this.name });
    this.accessCommand = `aws eks update-kubeconfig --name ${this.name} --alias ${this.name} --region ${account.region}`;
    this.kubeconfig = pulumi.secret(
      pulumi
        .all([cluster.endpoint, cluster.certificateAuthority.data])
        .apply(([server, authority]) => eksKubeconfig(account, { server, authority })),
    );
    this.provider = new Provider(
      `${name}-provider`,
      {
        kubeconfig: this.kubeconfig,
        context: this.name,
        // Fixed text: a new endpoint or certificate replaces nothing inside, a new cluster replaces everything.
        clusterIdentifier: clusterArn(account),
        enableServerSideApply: true,
      },
      {
        parent: this,
        replaceWith: [cluster],
        dependsOn: [...access.deployer, ...controlPlane.reachable, ...pools.groups, ...nodeAddons.addons],
      },
    );
    const controllers = new Controllers(
      `${name}-controllers`,
      { account, clusterName, vpcId, keyArn, version, nodeSelector, dnsZone, hostnames, lifetime: cluster },
      { parent: this, providers: [provider, this.provider] },
    );

    const accessPlace = { provider, account, clusterName, namespace: args.namespace, keyArn, protection };
    this.lifetime = cluster;
    this.ready = [...controllers.ready, admitted];
    this.traits = {
      storageClass: controllers.storageClass,
      namespaceLabels,
      placement: placementOn(settings.pools),
      publicService: (profile) => publicServiceSpec(profile, publicAddress.place),
      deregistrationSeconds,
      acmeDnsSolver: dnsZone ? { route53: { region: account.region, hostedZoneID: dnsZone.id } } : undefined,
      dns: undefined,
      appAccess: (access, given) => new AwsAppAccess(access, given, accessPlace),
    };
    this.cloud = {
      kind: "amazon",
      provider,
      accountId: account.id,
      region: account.region,
      partition: account.partition,
      roles: roleBounds(account),
      vpcId,
      dataSubnetIds: network.dataSubnetIds,
      dataCidrs: network.dataCidrs,
      podSecurityGroupId: controlPlane.securityGroupId,
      encryptionKeyArn: keyArn,
    };
    this.registerOutputs({ name: this.name });
  }

  /** Credentials for another account than the settings name are refused before anything is looked at. */
  private account(name: string, { id, region, tags }: Account): AwsProvider {
    return new AwsProvider(
      `${name}-account`,
      { region, allowedAccountIds: [id], defaultTags: { tags } },
      { parent: this },
    );
  }
}

/** Labels of the nodes for the cluster's own pods: those of role system, or of the apps where there is none. */
function systemNodes(pools: EksClusterSettings["pools"]): Record<string, string> {
  const isFree = Object.values(pools).some(
    ({ role, taints }) => role === "system" && taints.every(({ effect }) => effect === "PreferNoSchedule"),
  );
  return nodeLabels({ role: isFree ? "system" : "apps", labels: {} });
}
