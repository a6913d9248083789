import { type RiskCase, resource, testRisks, update } from "../../support/riskCases";

const apps = "kubernetes:apps/v1:";
const sql = "gcp:sql/databaseInstance:DatabaseInstance";
const rds = "aws:rds/instance:Instance";

const guards: RiskCase[] = [
  {
    what: "protect off",
    operation: "update",
    before: resource(sql, {}, { protect: true }),
    after: resource(sql),
    risk: "danger",
    says: /protect goes from true to false/,
  },
  {
    what: "protect on",
    operation: "update",
    before: resource(sql),
    after: resource(sql, {}, { protect: true }),
    risk: "safe",
  },
  {
    what: "deletionProtection off",
    ...update(rds, { deletionProtection: true }, { deletionProtection: false }),
    risk: "danger",
    says: /deletionProtection goes from true to false/,
  },
  {
    what: "deletionProtection unset",
    ...update(rds, { deletionProtection: true }, {}),
    risk: "danger",
    says: /true to unset/,
  },
  {
    what: "no final snapshot",
    ...update(rds, { skipFinalSnapshot: false }, { skipFinalSnapshot: true }),
    risk: "danger",
    says: /no last snapshot/,
  },
  {
    what: "no final snapshot's name",
    ...update(rds, { finalSnapshotIdentifier: "x" }, {}),
    risk: "danger",
    says: /unset/,
  },
  {
    what: "fewer days of backups",
    ...update(rds, { backupRetentionPeriod: 14 }, { backupRetentionPeriod: 7 }),
    risk: "caution",
    says: /14 to 7/,
  },
  {
    what: "no backups",
    ...update(rds, { backupRetentionPeriod: 14 }, { backupRetentionPeriod: 0 }),
    risk: "danger",
    says: /no more backups/,
  },
  {
    what: "no backups of Cloud SQL",
    ...update(
      sql,
      { settings: { backupConfiguration: { enabled: true } } },
      { settings: { backupConfiguration: { enabled: false } } },
    ),
    risk: "danger",
  },
  { what: "no standby", ...update(rds, { multiAz: true }, { multiAz: false }), risk: "caution", says: /no standby/ },
  {
    what: "in clear on the wire",
    ...update(
      "aws:elasticache/replicationGroup:ReplicationGroup",
      { transitEncryptionEnabled: true },
      { transitEncryptionEnabled: false },
    ),
    risk: "danger",
    says: /in clear/,
  },
  {
    what: "volumes go with the StatefulSet",
    ...update(
      `${apps}StatefulSet`,
      { spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain" } } },
      { spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete" } } },
    ),
    risk: "danger",
  },
];

testRisks(guards);
