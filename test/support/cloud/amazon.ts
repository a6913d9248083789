import type { Provider } from "../../../engine/providers/provider";
import { refuseFullBucket } from "./buckets";
import { ApiError, FakeCloud } from "./fakeCloud";
import { type Behaviours, type Call, cloudProvider } from "./provider";

/** The unkind behaviours of AWS. */
export type AmazonSwitch =
  /**
   * A control plane that is gone still writes its last lines: EKS' own role makes the group that was just deleted once more,
   * without retention and without a key, and nothing that is refused to the cluster's role keeps it from that
   * (https://github.com/terraform-aws-modules/terraform-aws-eks/issues/920, 2446 and 2763).
   */
  | "logGroupComesBack"
  /** No node becomes ready before the database is being made: what waits for the nodes first would never begin. */
  | "nodesAfterDatabase";

/** Something that stays at AWS when the server that it was of is gone. */
export interface KeptBackup {
  readonly what: "final snapshot" | "automated backups";
  readonly of: string;
  /** ARN of the key that it is encrypted with. It cannot be another one. */
  readonly key: string;
}

const keyType = "aws:kms/key:Key";
const groupType = "aws:cloudwatch/logGroup:LogGroup";

/** An account of AWS of a test, with nothing in it. */
export class FakeAmazon extends FakeCloud<AmazonSwitch> {
  /** What deleted databases have left. */
  readonly backups: KeptBackup[] = [];
  /** ARNs of keys that are scheduled for deletion: what they encrypted is unreadable from then on. */
  readonly pendingDeletion = new Set<string>();

  /** The plugin `aws` on this account. */
  provider(): Provider {
    return cloudProvider("aws", this, behaviours);
  }

  /** What was kept and nobody can read any more. */
  lost(): KeptBackup[] {
    return this.backups.filter(({ key }) => this.pendingDeletion.has(key));
  }
}

const amazon = ({ cloud }: Call<AmazonSwitch>): FakeAmazon => cloud as FakeAmazon;

/** What a server leaves when it is deleted, as it was told when it was made or changed last. */
function leaves(call: Call<AmazonSwitch>): void {
  const { operation, name, inputs } = call;
  if (operation !== "delete") return;
  const backup = { of: name, key: String(inputs.kmsKeyId) };
  const final = inputs.finalSnapshotIdentifier && inputs.skipFinalSnapshot !== true;
  if (final) amazon(call).backups.push({ what: "final snapshot", ...backup });
  if (inputs.deleteAutomatedBackups === false) amazon(call).backups.push({ what: "automated backups", ...backup });
}

const behaviours: Behaviours<AmazonSwitch> = {
  [keyType]: {
    after(call) {
      if (call.operation === "delete") amazon(call).pendingDeletion.add(String(call.inputs.arn));
    },
  },
  [groupType]: {
    id: ({ inputs }) => String(inputs.name),
    before({ operation, cloud, inputs }) {
      if (operation === "create" && cloud.find(groupType, String(inputs.name)))
        throw new ApiError(`ResourceAlreadyExistsException: The specified log group already exists: ${inputs.name}`);
    },
    after({ operation, cloud, name, inputs }) {
      if (operation !== "delete" || !/^\/aws\/eks\/.*\/cluster$/.test(inputs.name)) return;
      if (cloud.is("logGroupComesBack"))
        cloud.add({ type: groupType, name, id: inputs.name, properties: { name: inputs.name } });
    },
  },
  "aws:eks/cluster:Cluster": { id: ({ inputs }) => String(inputs.name) },
  "aws:eks/nodeGroup:NodeGroup": {
    id: ({ inputs }) => `${inputs.clusterName}:${inputs.nodeGroupName}`,
    async before({ operation, cloud }) {
      if (operation !== "create" || !cloud.is("nodesAfterDatabase")) return;
      const began = () => cloud.at("create", "aws:rds/instance:Instance", "begun") >= 0;
      if (!(await cloud.until(began))) throw new ApiError("no database has begun while the nodes were made");
    },
  },
  "aws:ec2/eip:Eip": {
    before({ operation, cloud }) {
      const most = cloud.quotas["aws:ec2/eip:Eip"];
      if (operation === "create" && most !== undefined && cloud.all("aws:ec2/eip:Eip").length >= most)
        throw new ApiError("AddressLimitExceeded: The maximum number of addresses has been reached.");
    },
  },
  "aws:rds/instance:Instance": {
    id: ({ inputs }) => String(inputs.identifier),
    writeOnly: ["passwordWo"],
    after: leaves,
  },
  "aws:elasticache/replicationGroup:ReplicationGroup": {
    id: ({ inputs }) => String(inputs.replicationGroupId),
    after: leaves,
  },
  "aws:s3/bucket:Bucket": {
    before(call) {
      refuseFullBucket(call, () => "BucketNotEmpty: The bucket you tried to delete is not empty");
    },
  },
  // Two changes of who may reach a bucket at a time: the second one is refused.
  "aws:s3/bucketPolicy:BucketPolicy": {
    id: ({ inputs }) => String(inputs.bucket),
    before({ operation, cloud, inputs }) {
      const blocked = cloud.all("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock");
      if (operation === "create" && !blocked.some(({ properties }) => properties.bucket === inputs.bucket))
        throw new ApiError("OperationAborted: A conflicting conditional operation is currently in progress");
    },
  },
  "aws:elasticache/user:User": { writeOnly: ["passwordsWo"] },
};
