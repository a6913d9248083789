import { type Fixed, isDowngrade, isOtherNetwork, isRemoved, shrinks } from "./table";

/** Paths in https://github.com/hashicorp/terraform-provider-google, below `google/services/`. */
const row = (source: string, properties: string, more: Omit<Fixed, "properties" | "source"> = {}): Fixed => ({
  properties: properties.split(" "),
  ...more,
  source,
});

/** Kinds of `@pulumi/gcp` that this program makes. */
export const google: Readonly<Record<string, Fixed>> = {
  "gcp:compute/network:Network": row(
    "compute/resource_compute_network.go",
    "name project autoCreateSubnetworks description internalIpv6Range networkProfile",
    { named: "name" },
  ),
  "gcp:compute/subnetwork:Subnetwork": row(
    "compute/resource_compute_subnetwork.go",
    "name project region network description reservedInternalRange externalIpv6Prefix",
    { named: "name", sometimes: { ipCidrRange: isOtherNetwork } },
  ),
  "gcp:compute/router:Router": row(
    "compute/resource_compute_router.go",
    "name project region network encryptedInterconnectRouter",
    { named: "name" },
  ),
  "gcp:compute/routerNat:RouterNat": row(
    "compute/resource_compute_router_nat.go",
    "name project region router type autoNetworkTier",
    { named: "name" },
  ),
  "gcp:compute/address:Address": row(
    "compute/resource_compute_address.go",
    "name project region address addressType description ipVersion ipv6EndpointType network networkTier prefixLength purpose subnetwork",
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
    "name keyRing purpose importOnly destroyScheduledDuration skipInitialVersionCreation cryptoKeyBackend",
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
  ),
  "gcp:dns/dnsManagedZoneIamMember:DnsManagedZoneIamMember": row(
    "dns/iam_dns_managed_zone.go, tpgiamresource/resource_iam_member.go",
    "project managedZone member role condition",
  ),
  "gcp:dns/managedZone:ManagedZone": row("dns/resource_dns_managed_zone.go", "name project dnsName visibility", {
    named: "name",
  }),
  "gcp:dns/recordSet:RecordSet": row("dns/resource_dns_record_set.go", "name project managedZone", { named: "name" }),
  "gcp:container/cluster:Cluster": row(
    "container/resource_container_cluster.go",
    "name project location network subnetwork networkingMode clusterIpv4Cidr datapathProvider defaultMaxPodsPerNode " +
      "description enableAutopilot enableKubernetesAlpha enableTpu initialNodeCount ipAllocationPolicy confidentialNodes " +
      "privateClusterConfig.masterIpv4CidrBlock",
    { named: "name" },
  ),
  "gcp:container/nodePool:NodePool": row(
    "container/resource_container_node_pool.go, container/node_config.go",
    "name namePrefix project location cluster initialNodeCount maxPodsPerNode placementPolicy " +
      "networkConfig.createPodRange networkConfig.podRange networkConfig.podIpv4CidrBlock " +
      "nodeConfig.bootDiskKmsKey nodeConfig.localSsdCount nodeConfig.metadata nodeConfig.minCpuPlatform " +
      "nodeConfig.oauthScopes nodeConfig.preemptible nodeConfig.reservationAffinity nodeConfig.serviceAccount " +
      "nodeConfig.shieldedInstanceConfig nodeConfig.spot nodeConfig.advancedMachineFeatures",
    { named: "name" },
  ),
  "gcp:sql/databaseInstance:DatabaseInstance": row(
    "sql/resource_sql_database_instance.go",
    "name project region encryptionKeyName masterInstanceName replicaConfiguration clone settings.timeZone settings.collation",
    {
      named: "name",
      sometimes: { "settings.diskSize": shrinks, "settings.ipConfiguration.privateNetwork": isRemoved },
    },
  ),
  "gcp:sql/user:User": row("sql/resource_sql_user.go", "name host instance project type", { named: "name" }),
  "gcp:redis/instance:Instance": row(
    "redis/resource_redis_instance.go",
    "name project region locationId alternativeLocationId authorizedNetwork connectMode customerManagedKey " +
      "reservedIpRange tier transitEncryptionMode",
    { named: "name", sometimes: { redisVersion: isDowngrade } },
  ),
};
