import { Cluster as ContainerCluster } from "@pulumi/gcp/container/cluster";
import { Provider as GoogleProvider } from "@pulumi/gcp/provider";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster, ClusterTraits, GoogleCloud } from "../../contracts";
import { kubectlWords } from "../../kubernetes/access";
import { product } from "../../naming";
import type { ClusterArgs } from "../shared/clusterArgs";
import { placementOn } from "../shared/nodeRoles";
import { GoogleAppAccess } from "./appAccess";
import { clusterArgs } from "./clusterArgs";
import { cloudDnsSolver } from "./dnsSolver";
import { GkeEncryption } from "./encryption";
import { otherRepositories } from "./imageRepositories";
import { gkeKubeconfig } from "./kubeconfig";
import { clusterNameOf, contextName } from "./names";
import { GkeNetwork } from "./network";
import { GkeNodeAccount } from "./nodeAccount";
import { GkeNodePools } from "./nodePools";
import { checkedProject } from "./project";
import { GkePublicAddress } from "./publicAddress";
import type { GkeClusterSettings } from "./settings/cluster";
import { gkeTraits } from "./traits";

/**
 * A cluster of Google Kubernetes Engine with its network, in three zones of a region. Nodes have no public address; the
 * API server is reached by its DNS name alone, where IAM lets in whom it knows; Secrets are encrypted with a key of the
 * stack's own; pods have identities of their own; Google upgrades it within the maintenance window.
 *
 * It makes nothing inside the cluster: disks, balancers and metrics are GKE's own. It does not make the project, enable
 * APIs or buy a domain.
 *
 * Cost: 0.10 USD an hour for the control plane, the nodes, a NAT gateway, one address, logs and metrics by volume.
 */
export class GkeCluster extends pulumi.ComponentResource implements Cluster {
  readonly name: string;
  readonly provider: Provider;
  readonly kubeconfig: pulumi.Output<string>;
  readonly accessCommand: string;
  readonly kubectl: string;
  readonly traits: ClusterTraits;
  readonly cloud: GoogleCloud;
  readonly lifetime: pulumi.Resource;
  readonly ready: readonly pulumi.Resource[];

  constructor(
    name: string,
    settings: GkeClusterSettings,
    args: ClusterArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("switchboard:cluster:GkeCluster", name, {}, opts);
    const { region, projectNumber } = settings;
    const { protection, fullName } = args;
    const clusterName = clusterNameOf(fullName);
    this.name = contextName({ ...settings, name: clusterName });
    this.kubectl = kubectlWords({ context: this.name });
    this.accessCommand = `gcloud container clusters get-credentials ${clusterName} --dns-endpoint --region ${region} --project ${settings.project}`;

    const google = new GoogleProvider(
      `${name}-google`,
      {
        project: settings.project,
        region,
        defaultLabels: { "part-of": product, "managed-by": "pulumi", stage: args.stage },
      },
      { parent: this },
    );
    const own = { parent: this, provider: google };
    const project = checkedProject(`${name}-project`, settings, own);

    const network = new GkeNetwork(`${name}-network`, { project, region, networks: settings.network }, own);
    const encryption = new GkeEncryption(`${name}-encryption`, { project, projectNumber, region, protection }, own);
    const nodeAccount = new GkeNodeAccount(
      `${name}-nodes`,
      {
        ...{ project, fullName },
        repositories: settings.grantRepositories ? otherRepositories(args.images, settings.project) : [],
      },
      own,
    );
    const cluster = createCluster();
    const { all: pools } = new GkeNodePools(
      `${name}-pools`,
      { settings, cluster, account: nodeAccount.email, after: [...nodeAccount.grants, network.nat] },
      own,
    );
    const { dnsZone } = settings;
    const publicAddress = new GkePublicAddress(
      `${name}-entrance`,
      { project, region, dnsZone, hostnames: args.hostnames, protection },
      own,
    );

    const { namespace } = args;
    const accessPlace = {
      ...{ project, region, fullName, namespace, cluster, protection },
      ...{ provider: google, projectId: settings.project },
    };

    this.kubeconfig = kubeconfigOf(cluster, this.name);
    this.provider = createProvider(this.kubeconfig, this.name, this);
    this.lifetime = cluster;
    this.ready = [...pools, network.nat, publicAddress.held];
    this.traits = gkeTraits({
      placement: placementOn(settings.pools),
      addressName: publicAddress.addressName,
      appAccess: (access, given) => new GoogleAppAccess(access, given, accessPlace),
      acmeDnsSolver: dnsZone && cloudDnsSolver(`${name}-solver`, dnsZone, settings, { ...own, dependsOn: [cluster] }),
    });
    this.cloud = {
      kind: "google",
      provider: google,
      project: settings.project,
      projectNumber,
      region,
      network: network.network,
      managedServicesCidr: settings.network.managedServices,
      managedServicesRange: network.managedServicesRange,
      privateAccess: network.privateAccess,
    };
    this.registerOutputs({ name: this.name });

    function createCluster(): ContainerCluster {
      const resourceName = `${name}-gke`;
      const protect = protection.covers(resourceName);
      return new ContainerCluster(
        resourceName,
        {
          project,
          // Fixed: people and dashboards know the cluster by it.
          name: clusterName,
          location: region,
          nodeLocations: settings.zones ? [...settings.zones] : undefined,
          deletionProtection: protect,
          network: network.network,
          subnetwork: network.subnetwork,
          databaseEncryption: { state: "ENCRYPTED", keyName: encryption.key },
          ...clusterArgs(settings, nodeAccount.email),
        },
        {
          ...own,
          protect,
          dependsOn: [encryption.grant, ...nodeAccount.grants],
          ignoreChanges: [
            // What GKE gives back of the pool that was removed at once would otherwise replace the whole cluster.
            ...["initialNodeCount", "nodeConfig", "nodePools"],
            // Lists that GKE gives back in an order of its own: no `up` would be without a change
            // (https://github.com/terraform-google-modules/terraform-google-kubernetes-engine/issues/2584).
            ...["loggingConfig.enableComponents", "monitoringConfig.enableComponents"],
          ],
          customTimeouts: { create: "1h", update: "2h", delete: "1h" },
        },
      );
    }

    /**
     * Tied to the cluster's name: a kubeconfig that changes replaces nothing in the cluster, a cluster that is made anew
     * replaces everything. The nodes outlive what is in the cluster, because only on nodes is it taken apart.
     */
    function createProvider(kubeconfig: pulumi.Input<string>, context: string, parent: pulumi.Resource): Provider {
      return new Provider(
        `${name}-provider`,
        { kubeconfig, context, clusterIdentifier: context, enableServerSideApply: true },
        { parent, replaceWith: [cluster], dependsOn: [...pools, network.nat] },
      );
    }
  }
}

/**
 * Secret, although it holds no credential: it says where the API server is.
 *
 * @throws pulumi.RunError where the cluster has none: its creation failed, and the state knows it all the same
 */
function kubeconfigOf(cluster: ContainerCluster, context: string): pulumi.Output<string> {
  const endpoint = pulumi
    .all([cluster.controlPlaneEndpointsConfig, cluster.name, cluster.location, cluster.project])
    .apply(
      ([config, name, region, project]) => config?.dnsEndpointConfig?.endpoint || unfinished(name, region, project),
    );
  return pulumi.secret(endpoint.apply((host) => gkeKubeconfig({ context, endpoint: host })));
}

function unfinished(name: string, region: string, project: string): never {
  throw new pulumi.RunError(
    `cluster ${name} has no API server: its creation did not come to its end. See why: gcloud container clusters describe ` +
      `${name} --region ${region} --project ${project} --format 'value(status,statusMessage)'. If it is RUNNING, look at it ` +
      "again with pulumi refresh; else delete it with gcloud container clusters delete, then pulumi refresh and pulumi up",
  );
}
