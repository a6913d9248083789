import type { ClusterArgs } from "@pulumi/gcp/container/cluster";
import type * as pulumi from "@pulumi/pulumi";
import { maintenancePolicy } from "./maintenance";
import { ranges, workloadPool } from "./names";
import { nodeSecurity } from "./nodePools";
import type { GkeClusterSettings } from "./settings/cluster";

/**
 * How the cluster is set up, whatever it is called and wherever it stands. Node pools are resources of their own and
 * never a part of the cluster, where a changed pool would replace it: the pool that GKE insists on is removed at once.
 *
 * @param account e-mail address of the nodes' service account
 */
export function clusterArgs(settings: GkeClusterSettings, account: pulumi.Input<string>): Partial<ClusterArgs> {
  const { allowedCidrs } = settings.api;
  const byAddress = allowedCidrs.length > 0;
  return {
    removeDefaultNodePool: true,
    initialNodeCount: 1,
    nodeConfig: transientNodes(account),
    ignoreNodeCountChanges: true,

    releaseChannel: { channel: settings.releaseChannel },
    maintenancePolicy: maintenancePolicy(settings.maintenance),

    networkingMode: "VPC_NATIVE",
    ipAllocationPolicy: { clusterSecondaryRangeName: ranges.pods, servicesSecondaryRangeName: ranges.services },
    // Enforces network policies, in the kernel of every node.
    datapathProvider: "ADVANCED_DATAPATH",
    // Traffic between pods of one node is in the flow logs too.
    enableIntranodeVisibility: true,
    // The network policies allow DNS to the pods of kube-dns.
    dnsConfig: { clusterDns: "KUBE_DNS" },
    // Addresses that a Service names itself are taken over from whoever has them (CVE-2020-8554).
    serviceExternalIpsConfig: { enabled: false },

    // GKE gives `true` back where the endpoint by address is off, and anything else would be a change for ever.
    privateClusterConfig: { enablePrivateNodes: true, enablePrivateEndpoint: !byAddress },
    controlPlaneEndpointsConfig: {
      dnsEndpointConfig: {
        allowExternalTraffic: true,
        enableK8sTokensViaDns: false,
        enableK8sCertsViaDns: false,
      },
      ipEndpointsConfig: { enabled: byAddress },
    },
    ...(byAddress
      ? {
          masterAuthorizedNetworksConfig: {
            cidrBlocks: allowedCidrs.map((cidrBlock) => ({ cidrBlock, displayName: cidrBlock })),
            gcpPublicCidrsAccessEnabled: false,
            privateEndpointEnforcementEnabled: true,
          },
        }
      : {}),

    masterAuth: { clientCertificateConfig: { issueClientCertificate: false } },
    enableLegacyAbac: false,
    anonymousAuthenticationConfig: { mode: "LIMITED" },
    rbacBindingConfig: {
      enableInsecureBindingSystemAuthenticated: false,
      enableInsecureBindingSystemUnauthenticated: false,
    },
    workloadIdentityConfig: { workloadPool: workloadPool(settings.project) },
    enableShieldedNodes: true,
    nodePoolDefaults: { nodeConfigDefaults: { insecureKubeletReadonlyPortEnabled: "FALSE" } },
    // Workload misconfigurations; scanning for vulnerabilities is the registry's.
    securityPostureConfig: { mode: "BASIC", vulnerabilityMode: "VULNERABILITY_DISABLED" },

    loggingConfig: {
      enableComponents: ["APISERVER", "CONTROLLER_MANAGER", "SCHEDULER", "SYSTEM_COMPONENTS", "WORKLOADS"],
    },
    monitoringConfig: {
      enableComponents: ["DEPLOYMENT", "HPA", "POD", "STATEFULSET", "STORAGE", "SYSTEM_COMPONENTS"],
      managedPrometheus: { enabled: true },
      advancedDatapathObservabilityConfig: { enableMetrics: true, enableRelay: false },
    },
    costManagementConfig: { enabled: true },

    addonsConfig: {
      gcePersistentDiskCsiDriverConfig: { enabled: true },
      horizontalPodAutoscaling: { disabled: false },
      // Passthrough balancers are made by it too, before GKE 1.36.
      httpLoadBalancing: { disabled: false },
      dnsCacheConfig: { enabled: false },
    },
  };
}

/**
 * The nodes that are there for some minutes only. GKE makes them as the account of Compute Engine and without secure boot
 * where nothing else is said, and then there is no cluster in a project that has switched that account off, or whose
 * organization asks for shielded nodes (https://github.com/hashicorp/terraform-provider-google/issues/4435,
 * https://github.com/GoogleCloudPlatform/cloud-foundation-fabric/issues/1700).
 */
function transientNodes(account: pulumi.Input<string>): ClusterArgs["nodeConfig"] {
  return {
    machineType: "e2-medium",
    diskType: "pd-standard",
    // What the node image asks for (https://cloud.google.com/kubernetes-engine/docs/concepts/node-images).
    diskSizeGb: 20,
    imageType: "COS_CONTAINERD",
    ...nodeSecurity(account),
  };
}
