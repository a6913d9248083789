import type { StateEntry } from "../../shared/deployed";

/**
 * By which id the plugin `aws` reads what was begun, from what was asked for: where AWS calls a thing by its own name. What
 * it numbers (networks, addresses, keys) is not here.
 */
export const importIds: Readonly<Record<string, string>> = {
  "aws:cloudwatch/logGroup:LogGroup": "{name}",
  "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": "{ecrRepositoryPrefix}",
  "aws:eks/accessEntry:AccessEntry": "{clusterName}:{principalArn}",
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": "{clusterName}#{principalArn}#{policyArn}",
  "aws:eks/addon:Addon": "{clusterName}:{addonName}",
  "aws:eks/cluster:Cluster": "{name}",
  "aws:eks/nodeGroup:NodeGroup": "{clusterName}:{nodeGroupName}",
  "aws:elasticache/parameterGroup:ParameterGroup": "{name}",
  "aws:elasticache/replicationGroup:ReplicationGroup": "{replicationGroupId}",
  "aws:elasticache/subnetGroup:SubnetGroup": "{name}",
  "aws:elasticache/user:User": "{userId}",
  "aws:elasticache/userGroup:UserGroup": "{userGroupId}",
  "aws:iam/role:Role": "{name}",
  "aws:iam/rolePolicy:RolePolicy": "{role}:{name}",
  "aws:kms/alias:Alias": "{name}",
  "aws:rds/instance:Instance": "{identifier}",
  "aws:rds/parameterGroup:ParameterGroup": "{name}",
  "aws:rds/subnetGroup:SubnetGroup": "{name}",
};

/** What takes long, and the command that waits for its end: reading it earlier finds it without address and keys. */
const waits: Readonly<Record<string, readonly [words: string, ...flags: (readonly [flag: string, input: string])[]]>> =
  {
    "aws:eks/cluster:Cluster": ["eks wait cluster-active", ["--name", "name"]],
    "aws:eks/nodeGroup:NodeGroup": [
      "eks wait nodegroup-active",
      ["--cluster-name", "clusterName"],
      ["--nodegroup-name", "nodeGroupName"],
    ],
    "aws:eks/addon:Addon": ["eks wait addon-active", ["--cluster-name", "clusterName"], ["--addon-name", "addonName"]],
    "aws:rds/instance:Instance": ["rds wait db-instance-available", ["--db-instance-identifier", "identifier"]],
    "aws:elasticache/replicationGroup:ReplicationGroup": [
      "elasticache wait replication-group-available",
      ["--replication-group-id", "replicationGroupId"],
    ],
  };

/**
 * The words of `aws` that wait until something that was begun is ready; undefined for what is ready at once.
 *
 * @param usual what its provider was set up with: the region
 */
export function waitFor(
  { type, inputs = {} }: StateEntry,
  usual: Readonly<Record<string, unknown>>,
): string[] | undefined {
  const [words, ...flags] = waits[type] ?? [];
  const region = inputs.region ?? usual.region;
  if (words === undefined) return undefined;
  return [
    "aws",
    ...words.split(" "),
    ...flags.flatMap(([flag, input]) => [flag, String(inputs[input])]),
    ...(typeof region === "string" ? ["--region", region] : []),
  ];
}
