import { becomes, type Fixed, isAddedOrRemoved, isDowngrade, isExchanged, isRemoved } from "./table";

/** Paths in https://github.com/hashicorp/terraform-provider-aws, below `internal/service/`. */
const row = (source: string, properties: string, more: Omit<Fixed, "properties" | "source"> = {}): Fixed => ({
  properties: properties.split(" ").filter(Boolean),
  ...more,
  source,
});

const flowLog =
  "deliverCrossAccountRole destinationOptions eniId iamRoleArn logDestination logDestinationType logFormat " +
  "maxAggregationInterval regionalNatGatewayId subnetId tagFieldSpecifications trafficType " +
  "transitGatewayAttachmentId transitGatewayId vpcId";

/** A rule stays the same rule as long as what it is about is told in the same way. */
const ruleEnds = {
  cidrIpv4: isAddedOrRemoved,
  cidrIpv6: isAddedOrRemoved,
  prefixListId: isAddedOrRemoved,
  referencedSecurityGroupId: isAddedOrRemoved,
};

/**
 * Kinds of `@pulumi/aws` that this program makes. Compared with the provider's sources, of version 6 where such were to be
 * had; internet gateway, routes, IAM, subnet groups, launch template and RDS instance with versions 4 and 5, so what is
 * newer there may be missing.
 */
export const amazon: Readonly<Record<string, Fixed>> = {
  "aws:kms/key:Key": row("kms/key.go", "customKeyStoreId customerMasterKeySpec keyUsage multiRegion xksKeyId"),
  "aws:kms/alias:Alias": row("kms/alias.go", "name namePrefix", { named: "name" }),
  "aws:ec2/vpc:Vpc": row("ec2/vpc_.go", "cidrBlock ipv4IpamPoolId ipv4NetmaskLength", {
    sometimes: { instanceTenancy: becomes("dedicated", "default") },
  }),
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": row("ec2/vpc_default_security_group.go", "vpcId"),
  "aws:ec2/internetGateway:InternetGateway": row("ec2/vpc_internet_gateway.go", ""),
  "aws:ec2/natGateway:NatGateway": row(
    "ec2/vpc_nat_gateway.go",
    "allocationId availabilityMode connectivityType privateIp subnetId vpcId",
    { sometimes: { availabilityZoneAddresses: isAddedOrRemoved } },
  ),
  "aws:ec2/eip:Eip": row("ec2/ec2_eip.go", "address domain ipamPoolId networkBorderGroup publicIpv4Pool"),
  "aws:ec2/subnet:Subnet": row(
    "ec2/vpc_subnet.go",
    "availabilityZone availabilityZoneId cidrBlock ipv4IpamPoolId ipv4NetmaskLength ipv6IpamPoolId ipv6Native " +
      "ipv6NetmaskLength outpostArn vpcId",
  ),
  "aws:ec2/routeTable:RouteTable": row("ec2/vpc_route_table.go", "vpcId"),
  "aws:ec2/route:Route": row(
    "ec2/vpc_route.go",
    "destinationCidrBlock destinationIpv6CidrBlock destinationPrefixListId routeTableId",
  ),
  "aws:ec2/routeTableAssociation:RouteTableAssociation": row(
    "ec2/vpc_route_table_association.go",
    "gatewayId subnetId",
  ),
  "aws:ec2/vpcEndpoint:VpcEndpoint": row(
    "ec2/vpc_endpoint.go",
    "dnsOptions.privateDnsPreference dnsOptions.privateDnsSpecifiedDomains resourceConfigurationArn serviceName " +
      "serviceNetworkArn serviceRegion vpcEndpointType vpcId",
  ),
  "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": row(
    "ecr/pull_through_cache_rule.go",
    "ecrRepositoryPrefix upstreamRegistryUrl upstreamRepositoryPrefix",
    { named: "ecrRepositoryPrefix" },
  ),
  "aws:ec2/flowLog:FlowLog": row("ec2/vpc_flow_log.go", flowLog),
  "aws:ec2/securityGroup:SecurityGroup": row("ec2/vpc_security_group.go", "description name namePrefix vpcId", {
    named: "name",
  }),
  "aws:ec2/launchTemplate:LaunchTemplate": row("ec2/ec2_launch_template.go", "name namePrefix", { named: "name" }),
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": row(
    "ec2/vpc_security_group_ingress_rule.go",
    "securityGroupId",
    { sometimes: ruleEnds },
  ),
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": row(
    "ec2/vpc_security_group_egress_rule.go, ec2/vpc_security_group_ingress_rule.go",
    "securityGroupId",
    { sometimes: ruleEnds },
  ),
  "aws:cloudwatch/logGroup:LogGroup": row("logs/group.go", "logGroupClass name namePrefix", { named: "name" }),
  "aws:iam/role:Role": row("iam/role.go", "name namePrefix path", { named: "name" }),
  "aws:iam/rolePolicy:RolePolicy": row("iam/role_policy.go", "name namePrefix role", { named: "name" }),
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": row("iam/role_policy_attachment.go", "policyArn role", {
    deletedFirst: true,
  }),
  "aws:route53/record:Record": row("route53/record.go", "name zoneId"),
  "aws:eks/cluster:Cluster": row(
    "eks/cluster.go",
    "accessConfig.bootstrapClusterCreatorAdminPermissions bootstrapSelfManagedAddons kubernetesNetworkConfig.ipFamily " +
      "kubernetesNetworkConfig.serviceIpv4Cidr name outpostConfig roleArn",
    {
      named: "name",
      sometimes: {
        "computeConfig.nodeRoleArn": isExchanged,
        encryptionConfig: isRemoved,
        "vpcConfig.controlPlaneEgressMode": becomes("AWS_MANAGED", "AWS_MANAGED"),
      },
    },
  ),
  "aws:eks/accessEntry:AccessEntry": row("eks/access_entry.go", "clusterName principalArn type"),
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": row(
    "eks/access_policy_association.go",
    "accessScope clusterName policyArn principalArn",
  ),
  "aws:eks/addon:Addon": row("eks/addon.go", "addonName clusterName namespaceConfig"),
  "aws:eks/nodeGroup:NodeGroup": row(
    "eks/node_group.go",
    "amiType capacityType clusterName diskSize instanceTypes launchTemplate.id launchTemplate.name nodeGroupName " +
      "nodeGroupNamePrefix nodeRoleArn remoteAccess subnetIds",
    { named: "nodeGroupName" },
  ),
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": row(
    "eks/pod_identity_association.go",
    "clusterName namespace serviceAccount",
  ),
  "aws:rds/subnetGroup:SubnetGroup": row("rds/subnet_group.go", "name namePrefix", { named: "name" }),
  "aws:rds/parameterGroup:ParameterGroup": row("rds/parameter_group.go", "description family name namePrefix", {
    named: "name",
  }),
  "aws:rds/instance:Instance": row(
    "rds/instance.go",
    "availabilityZone backupTarget characterSetName customIamInstanceProfile dbName engine kmsKeyId " +
      "ncharCharacterSetName s3Import snapshotIdentifier storageEncrypted timezone username",
    { named: "identifier", sometimes: { restoreToPointInTime: isAddedOrRemoved } },
  ),
  "aws:elasticache/subnetGroup:SubnetGroup": row("elasticache/subnet_group.go", "name", { named: "name" }),
  "aws:elasticache/parameterGroup:ParameterGroup": row("elasticache/parameter_group.go", "description family name", {
    named: "name",
  }),
  "aws:elasticache/user:User": row("elasticache/user.go", "userId userName", { named: "userId" }),
  "aws:elasticache/userGroup:UserGroup": row("elasticache/user_group.go", "userGroupId", { named: "userGroupId" }),
  "aws:elasticache/userGroupAssociation:UserGroupAssociation": row(
    "elasticache/user_group_association.go",
    "userGroupId userId",
  ),
  "aws:elasticache/replicationGroup:ReplicationGroup": row(
    "elasticache/replication_group.go",
    "atRestEncryptionEnabled dataTieringEnabled globalReplicationGroupId kmsKeyId networkType port " +
      "replicationGroupId securityGroupNames snapshotArns snapshotName subnetGroupName",
    { named: "replicationGroupId", sometimes: { engine: becomes("redis", "redis"), engineVersion: isDowngrade } },
  ),
};
