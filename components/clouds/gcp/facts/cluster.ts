import { unknown } from "../../../../lib/masking/marks";
import type { Facts, Inputs } from "../../shared/facts";
import type { Bill, Written } from "../../shared/facts/bill";
import { above } from "../../shared/facts/count";
import { all, type Complaint, demand, exactly, given, holdsAll, not } from "../../shared/facts/demand";
import { fixed, isAddedOrRemoved, isSwitchedOff } from "../../shared/facts/fixed";
import { type Opening, ranges } from "../../shared/facts/openings";
import { controlPlaneMoves, lost, other, publicApi, turned } from "../../shared/facts/risk";
import { at, isEveryone, isHidden, isSame, stated } from "../../shared/facts/value";
import { nodeConfig, nodeConfigSometimes } from "./nodeConfig";

const file = "components/clouds/gcp/clusterArgs.ts";

/** By which a deployed stack's cluster is found in its state. */
export const clusterType = "gcp:container/cluster:Cluster";

/** The cluster of GKE. */
export const cluster: Facts = {
  [clusterType]: {
    stateful: lost.cluster,
    openings,
    watch: [
      other("minMasterVersion", controlPlaneMoves),
      other("releaseChannel.channel", controlPlaneMoves),
      turned("privateClusterConfig.enablePrivateEndpoint", false, publicApi),
      turned("controlPlaneEndpointsConfig.ipEndpointsConfig.enabled", true, publicApi),
    ],
    keptByOthers: [
      { path: /^(nodePools|nodeConfig|initialNodeCount|nodeVersion)\b/, why: "told again by the node pools" },
    ],
    demands: {
      "cluster-api-not-open": apiNotOpen,
      "nodes-private": demand(
        "privateClusterConfig.enablePrivateNodes",
        exactly(true),
        `set enablePrivateNodes in ${file}`,
      ),
      "control-plane-logs": holdsAll(
        "loggingConfig.enableComponents",
        ["APISERVER", "SYSTEM_COMPONENTS"],
        `name them in ${file}`,
      ),
      "cluster-secrets-encrypted": all(
        demand("databaseEncryption.state", exactly("ENCRYPTED"), `set databaseEncryption in ${file}`),
        demand("databaseEncryption.keyName", given, `give the cluster's key in ${file}`),
      ),
      "nodes-shielded": demand("enableShieldedNodes", exactly(true), `set enableShieldedNodes in ${file}`),
      "cluster-legacy-access-off": all(
        demand("enableLegacyAbac", not(true), `set enableLegacyAbac to false in ${file}`),
        demand(
          "masterAuth.clientCertificateConfig.issueClientCertificate",
          not(true),
          `set issueClientCertificate to false in ${file}`,
        ),
      ),
      "workload-identity": demand(
        "workloadIdentityConfig.workloadPool",
        given,
        `set workloadIdentityConfig in ${file}`,
      ),
    },
    guards: ["deletionProtection"],
    price,
    answer: ({ project, location, name, controlPlaneEndpointsConfig }, { preview }) => {
      if (preview) return { controlPlaneEndpointsConfig: undefined };
      const endpoint = `gke-0123456789abcdef-123456789012.${location}.gke.goog`;
      const { dnsEndpointConfig } = controlPlaneEndpointsConfig;
      return {
        id: `projects/${project}/locations/${location}/clusters/${name}`,
        endpoint: "10.64.0.2",
        controlPlaneEndpointsConfig: {
          ...controlPlaneEndpointsConfig,
          dnsEndpointConfig: { ...dnsEndpointConfig, endpoint },
        },
      };
    },
    fixed: fixed(
      "container/resource_container_cluster.go, container/node_config.go",
      "name project location network subnetwork networkingMode clusterIpv4Cidr confidentialNodes datapathProvider " +
        "dataplaneOptimizationMode defaultMaxPodsPerNode description enableAutopilot enableKubernetesAlpha enableTpu initialNodeCount " +
        "ipAllocationPolicy.clusterIpv4CidrBlock ipAllocationPolicy.clusterSecondaryRangeName " +
        "ipAllocationPolicy.servicesIpv4CidrBlock ipAllocationPolicy.servicesSecondaryRangeName " +
        "clusterAutoscaling.autoProvisioningDefaults.bootDiskKmsKey privateClusterConfig.masterIpv4CidrBlock " +
        "privateClusterConfig.privateEndpointSubnetwork tpuConfig.enabled tpuConfig.useServiceNetworking " +
        "userManagedKeysConfig.aggregationCa userManagedKeysConfig.clusterCa userManagedKeysConfig.etcdApiCa " +
        `userManagedKeysConfig.etcdPeerCa ${nodeConfig}`,
      {
        named: "name",
        sometimes: {
          ...nodeConfigSometimes,
          enableFqdnNetworkPolicy: isSwitchedOff,
          enableL4IlbSubsetting: isSwitchedOff,
          "ipAllocationPolicy.podCidrOverprovisionConfig": isAddedOrRemoved,
          "dnsConfig.additiveVpcScopeDnsDomain": (_before, _after, news) => news.enableAutopilot === true,
          // An API that is taken away would leave its objects behind.
          "enableK8sBetaApis.enabledApis": (before, after) =>
            Array.isArray(before) && !before.every((api) => Array.isArray(after) && after.includes(api)),
          "masterAuth.clientCertificateConfig.issueClientCertificate": (before, after) =>
            (before ?? false) !== (after ?? false),
          nodePools: (before, after) => count(before) !== count(after),
        },
      },
    ),
    importId: "projects/{project}/locations/{location}/clusters/{name}",
    cluster: {
      title: ({ releaseChannel, location }) => [
        "GKE",
        releaseChannel?.channel?.toLowerCase(),
        typeof location === "string" && location !== unknown ? location : undefined,
      ],
      balancer,
      disk,
    },
  },
};

const count = (blocks: unknown): number => (Array.isArray(blocks) ? blocks.length : 0);

function openings(inputs: Inputs): Opening[] {
  const networks = inputs.masterAuthorizedNetworksConfig;
  const path = "masterAuthorizedNetworksConfig.cidrBlocks";
  const address = inputs.controlPlaneEndpointsConfig?.ipEndpointsConfig;
  const hidden = inputs.privateClusterConfig?.enablePrivateEndpoint === true || address?.enabled === false;
  const open = !hidden && networks === undefined ? [{ path, what: "everybody reaches the cluster's API" }] : [];
  return [...open, ...(hidden ? [] : ranges(networks?.cidrBlocks, path, "the cluster's API"))];
}

function apiNotOpen(inputs: unknown): Complaint[] {
  const byAddress = at(inputs, "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled");
  if (isHidden(byAddress) || isSame(byAddress, false)) return [];
  const path = "masterAuthorizedNetworksConfig.cidrBlocks";
  const blocks = at(inputs, path);
  const open =
    blocks === undefined ||
    (Array.isArray(blocks) && (blocks.length === 0 || blocks.some((entry) => isEveryone(at(entry, "cidrBlock")))));
  const todo = "list the networks that you deploy from in `cluster.api.allowedCidrs`";
  return open ? [{ message: `${stated(path, blocks)}, which is everybody`, todo }] : [];
}

/** The fee of a cluster, and what its agents write and measure. Nodes are counted with their pools. */
function price(bill: Bill, inputs: Inputs): Written {
  bill.charge({ what: "control plane", item: "gke.cluster", quantity: 1 });
  if (inputs.enableAutopilot) bill.unpriced("pods of Autopilot", "the sheet has no prices of Autopilot");
  if (above(inputs.nodePools?.length, 0) || inputs.removeDefaultNodePool === false) {
    bill.unpriced(
      "node pools that are written in the cluster",
      "only pools that are resources of their own are counted",
    );
  }
  const logged: unknown = inputs.loggingConfig?.enableComponents;
  if (!Array.isArray(logged) || logged.length > 0) {
    bill.assume("logs.cluster.google", "logs", "logs of the cluster");
  }
  const measured: unknown = inputs.monitoringConfig?.enableComponents;
  const workloads = Array.isArray(measured) ? measured.some((name) => name !== "SYSTEM_COMPONENTS") : true;
  if (workloads || inputs.monitoringConfig?.managedPrometheus?.enabled) {
    bill.assume("metrics", "metrics", "metrics of workloads");
  }
}

function balancer(bill: Bill): Written {
  bill.charge({ what: "rule of the balancer", item: "balancer.rule", quantity: 1 });
  bill.assume("balancer.data", "balancer.data", "what the balancer takes in");
}

/** Types of disks behind the classes that GKE has (https://cloud.google.com/kubernetes-engine/docs/concepts/persistent-volumes). */
const googleClasses: Readonly<Record<string, string>> = {
  "standard-rwo": "pd-balanced",
  "premium-rwo": "pd-ssd",
  standard: "pd-standard",
};

function disk(_bill: Bill, named: unknown): string | undefined {
  const name = named ?? "standard-rwo";
  return typeof name === "string" && Object.hasOwn(googleClasses, name) ? googleClasses[name] : undefined;
}
