import { type Fixed, isAddedOrRemoved, isDowngrade, isOtherNetwork, isRemoved, isSwitchedOff, shrinks } from "./table";

type When = NonNullable<Fixed["sometimes"]>[string];

/** Paths in https://github.com/hashicorp/terraform-provider-google, below `google/services/`. */
const row = (source: string, properties: string, more: Omit<Fixed, "properties" | "source"> = {}): Fixed => ({
  properties: properties.split(" "),
  ...more,
  source,
});

/** What a node is made with, in a pool of its own and in its cluster's default one. */
const nodeConfig =
  "nodeConfig.advancedMachineFeatures.enableNestedVirtualization nodeConfig.advancedMachineFeatures.threadsPerCore " +
  "nodeConfig.bootDiskKmsKey nodeConfig.confidentialNodes.confidentialInstanceType " +
  "nodeConfig.enableConfidentialStorage nodeConfig.ephemeralStorageConfig nodeConfig.ephemeralStorageLocalSsdConfig " +
  "nodeConfig.flexStart nodeConfig.guestAccelerators nodeConfig.hostMaintenancePolicy " +
  "nodeConfig.localNvmeSsdBlockConfig nodeConfig.localSsdCount nodeConfig.localSsdEncryptionMode " +
  "nodeConfig.maxRunDuration nodeConfig.metadata nodeConfig.minCpuPlatform nodeConfig.nodeGroup " +
  "nodeConfig.oauthScopes nodeConfig.preemptible nodeConfig.reservationAffinity nodeConfig.secondaryBootDisks " +
  "nodeConfig.serviceAccount nodeConfig.shieldedInstanceConfig nodeConfig.soleTenantConfig.nodeAffinities " +
  "nodeConfig.spot";
const nodeConfigSometimes: Record<string, When> = { "nodeConfig.sandboxConfig": isAddedOrRemoved };

/** Another primary than before; one that goes is a replica that is promoted, in place. */
const isOtherPrimary: When = (before, after) => !isRemoved(before, after);

const count = (blocks: unknown): number => (Array.isArray(blocks) ? blocks.length : 0);

/** A disk that grows by itself may be larger than the program says. */
const shrinksForGood: When = (before, after, news) =>
  shrinks(before, after) && (news.settings as { diskAutoresize?: unknown }).diskAutoresize === false;

/** The provider compares only versions of two numbers: `REDIS_6_X` is below nothing. */
const isRedisDowngrade: When = (before, after) =>
  [before, after].every((version) => /^REDIS_\d+_\d+$/.test(String(version))) && isDowngrade(before, after);

/**
 * Kinds of `@pulumi/gcp` that this program makes. Compared with the sources of the beta provider, which the official plugin
 * is made from, of 2025 and 2026 (version 7).
 */
export const google: Readonly<Record<string, Fixed>> = {
  "gcp:compute/network:Network": row(
    "compute/resource_compute_network.go",
    "name project autoCreateSubnetworks description internalIpv6Range networkProfile params",
    { named: "name" },
  ),
  "gcp:compute/subnetwork:Subnetwork": row(
    "compute/resource_compute_subnetwork.go",
    "name project region network description externalIpv6Prefix internalIpv6Prefix params reservedInternalRange " +
      "resolveSubnetMask",
    { named: "name", sometimes: { ipCidrRange: isOtherNetwork } },
  ),
  "gcp:compute/router:Router": row(
    "compute/resource_compute_router.go",
    "name project region network nccGateway encryptedInterconnectRouter",
    { named: "name", sometimes: { params: isAddedOrRemoved } },
  ),
  "gcp:compute/routerNat:RouterNat": row(
    "compute/resource_compute_router_nat.go",
    "name project region router type endpointTypes initialNatIps",
    { named: "name" },
  ),
  "gcp:compute/address:Address": row(
    "compute/resource_compute_address.go",
    "name project region address addressType description ipCollection ipVersion ipv6EndpointType network networkTier " +
      "prefixLength purpose subnetwork",
    { named: "name" },
  ),
  "gcp:compute/globalAddress:GlobalAddress": row(
    "compute/resource_compute_global_address.go",
    "name project address addressType description ipVersion network prefixLength purpose",
    { named: "name" },
  ),
  "gcp:servicenetworking/connection:Connection": row(
    "servicenetworking/resource_service_networking_connection.go",
    "network service",
  ),
  "gcp:kms/keyRing:KeyRing": row("kms/resource_kms_key_ring.go", "name project location", { named: "name" }),
  "gcp:kms/cryptoKey:CryptoKey": row(
    "kms/resource_kms_crypto_key.go",
    "name keyRing purpose importOnly destroyScheduledDuration cryptoKeyBackend versionTemplate.protectionLevel",
    { named: "name" },
  ),
  "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": row(
    "kms/iam_kms_crypto_key.go, tpgiamresource/resource_iam_member.go",
    "cryptoKeyId member role condition",
  ),
  "gcp:serviceaccount/account:Account": row("resourcemanager/resource_google_service_account.go", "accountId project", {
    named: "accountId",
  }),
  "gcp:projects/iAMMember:IAMMember": row(
    "resourcemanager/iam_project.go, tpgiamresource/resource_iam_member.go",
    "project member role condition",
    { deletedFirst: true },
  ),
  "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": row(
    "artifactregistry/iam_artifact_registry_repository.go, tpgiamresource/resource_iam_member.go",
    "project location repository member role condition",
  ),
  "gcp:projects/serviceIdentity:ServiceIdentity": row(
    "resourcemanager/resource_project_service_identity.go",
    "project service",
  ),
  "gcp:dns/dnsManagedZoneIamMember:DnsManagedZoneIamMember": row(
    "dns/iam_dns_managed_zone.go, tpgiamresource/resource_iam_member.go",
    "project managedZone member role condition",
  ),
  "gcp:dns/managedZone:ManagedZone": row(
    "dns/resource_dns_managed_zone.go",
    "name project dnsName visibility reverseLookup",
    { named: "name", sometimes: { serviceDirectoryConfig: isAddedOrRemoved } },
  ),
  "gcp:dns/recordSet:RecordSet": row(
    "dns/resource_dns_record_set.go",
    "name project managedZone routingPolicy.healthCheck",
    { named: "name" },
  ),
  "gcp:container/cluster:Cluster": row(
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
  "gcp:container/nodePool:NodePool": row(
    "container/resource_container_node_pool.go, container/node_config.go",
    "name namePrefix project location cluster initialNodeCount maxPodsPerNode placementPolicy.policyName " +
      "networkConfig.acceleratorNetworkProfile networkConfig.additionalNodeNetworkConfigs " +
      "networkConfig.additionalPodNetworkConfigs networkConfig.createPodRange networkConfig.podIpv4CidrBlock " +
      `networkConfig.podRange networkConfig.subnetwork queuedProvisioning ${nodeConfig}`,
    {
      named: "name",
      sometimes: {
        ...nodeConfigSometimes,
        "networkConfig.podCidrOverprovisionConfig": isAddedOrRemoved,
      },
    },
  ),
  "gcp:sql/databaseInstance:DatabaseInstance": row(
    "sql/resource_sql_database_instance.go",
    "name project region encryptionKeyName settings.collation",
    {
      named: "name",
      sometimes: {
        masterInstanceName: isOtherPrimary,
        replicaConfiguration: isOtherPrimary,
        "settings.autoUpgradeEnabled": isSwitchedOff,
        "settings.diskSize": shrinksForGood,
        "settings.ipConfiguration.privateNetwork": isRemoved,
      },
    },
  ),
  "gcp:sql/user:User": row("sql/resource_sql_user.go", "name host instance project type", { named: "name" }),
  "gcp:redis/instance:Instance": row(
    "redis/resource_redis_instance.go",
    "name project region locationId alternativeLocationId authorizedNetwork connectMode customerManagedKey " +
      "reservedIpRange tier transitEncryptionMode",
    { named: "name", sometimes: { redisVersion: isRedisDowngrade } },
  ),
};
