import type { StateResource } from "../../../engine/resources/fromState";

/** Something that a `destroy` does not take away, and what it costs or needs. */
export interface LeftBehind {
  /** What it is, with its name at the cloud. */
  readonly what: string;
  /** How it is looked at, or taken away for good. */
  readonly todo: string;
}

type State = StateResource & { readonly retainOnDelete?: boolean };
type Values = Readonly<Record<string, unknown>>;

/**
 * What a `destroy` of this state leaves, by the resources that are in it: last snapshots, backups that stay, and the keys
 * that these are encrypted with. A snapshot comes before its key, which must be the last to go.
 */
export function leftBehind(resources: readonly State[]): LeftBehind[] {
  return Object.entries(kinds).flatMap(([type, left]) =>
    resources.filter((resource) => resource.type === type && !resource.delete).flatMap(left),
  );
}

/**
 * The same state with its keys marked as kept. @returns the very list that was given where all of them are
 */
export function withKeptKeys(resources: readonly State[]): readonly State[] {
  const goes = ({ type, retainOnDelete, external }: State) => type === keyType && !retainOnDelete && !external;
  if (!resources.some(goes)) return resources;
  return resources.map((resource) => (goes(resource) ? { ...resource, retainOnDelete: true } : resource));
}

const keyType = "aws:kms/key:Key";

/** What each kind leaves. The order is that of the list that a person reads. */
const kinds: Readonly<Record<string, (resource: State) => LeftBehind[]>> = {
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
