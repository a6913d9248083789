import type { LeftBehind, StateEntry } from "../../shared/deployed";

type Values = Readonly<Record<string, unknown>>;

/** Keys of KMS, which AWS deletes with a delay and for good. */
export const keyType = "aws:kms/key:Key";

/** What each kind leaves: a snapshot comes before its key, which must be the last to go. */
export const leaves: Readonly<Record<string, (resource: StateEntry) => LeftBehind[]>> = {
  "aws:rds/instance:Instance": ({ inputs = {}, outputs = {} }) => [
    ...(inputs.skipFinalSnapshot === true ? [] : snapshot("RDS", inputs.finalSnapshotIdentifier, outputs)),
    ...(inputs.deleteAutomatedBackups === false
      ? [
          {
            what: `the automated backups of the database ${text(outputs.identifier ?? inputs.identifier)}, for the days that it kept them`,
            todo: `aws rds describe-db-instance-automated-backups --region ${regionOf(outputs)}`,
          },
        ]
      : []),
  ],
  "aws:elasticache/replicationGroup:ReplicationGroup": ({ inputs = {}, outputs = {} }) =>
    snapshot("ElastiCache", inputs.finalSnapshotIdentifier, outputs),
  // https://github.com/terraform-aws-modules/terraform-aws-eks/issues/2446
  "aws:eks/cluster:Cluster": ({ inputs = {}, outputs = {} }) => {
    const group = `/aws/eks/${text(outputs.name ?? inputs.name)}/cluster`;
    return [
      {
        what: `perhaps the log group ${group}: EKS makes it anew for its last lines, and it is in the way of the next up`,
        todo: `after some minutes: aws logs delete-log-group --log-group-name ${group} --region ${regionOf(outputs)}`,
      },
    ];
  },
  [keyType]: ({ inputs = {}, outputs = {}, retainOnDelete }) =>
    retainOnDelete
      ? [
          {
            what: `the key ${text(outputs.arn)} (${text(inputs.description)}), 1 USD a month: without it no snapshot and no backup above can be read`,
            todo: `only when none of them is needed any more: aws kms schedule-key-deletion --key-id ${text(outputs.arn)} --pending-window-in-days 30 --region ${regionOf(outputs)}`,
          },
        ]
      : [],
};

function snapshot(service: "RDS" | "ElastiCache", name: unknown, outputs: Values): LeftBehind[] {
  if (typeof name !== "string") return [];
  const region = regionOf(outputs);
  const command =
    service === "RDS"
      ? `aws rds delete-db-snapshot --db-snapshot-identifier ${name} --region ${region}`
      : `aws elasticache delete-snapshot --snapshot-name ${name} --region ${region}`;
  return [{ what: `the last snapshot ${name} of ${service}`, todo: `when it is not needed any more: ${command}` }];
}

function regionOf({ arn }: Values): string {
  return text(arn).split(":")[3] || "REGION";
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "(name not known)";
}
