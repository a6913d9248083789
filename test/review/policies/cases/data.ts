import { k8s, on, type RuleCase } from "../change";

const rds = on("prod-eks", "aws:rds/instance:Instance", "postgres-instance");
const cloudSql = on("prod", "gcp:sql/databaseInstance:DatabaseInstance", "postgres-instance");
const parameters = on("prod-eks", "aws:rds/parameterGroup:ParameterGroup", "postgres-parameters");
const elastiCache = on("prod-eks", "aws:elasticache/replicationGroup:ReplicationGroup", "redis-group");
const memorystore = on("prod", "gcp:redis/instance:Instance", "redis-instance");
const backup = "settings.backupConfiguration";
const chat = on("prod-eks", k8s("apps/v1:Deployment"), "chat-deployment");
const template = on("prod-eks", "aws:ec2/launchTemplate:LaunchTemplate", "cluster-pools-apps-template");
const volumes = on("prod-eks", k8s("storage.k8s.io/v1:StorageClass"), "cluster-controllers-volumes");
const log = on("prod-eks", "aws:cloudwatch/logGroup:LogGroup", "cluster-logs-control-plane");
const postgresConf = on("dev", k8s("core/v1:ConfigMap"), "postgres-config");
const redisConf = on("dev", k8s("core/v1:ConfigMap"), "redis-config");
const bucket = on("prod", "gcp:storage/bucket:Bucket", "uploads");
const added = { how: "added", protect: true } as const;
const safe = { publicAccessPrevention: "enforced", uniformBucketLevelAccess: true };
const block = on("prod-eks", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "uploads");
const blocks = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
const env = "spec.template.spec.containers[0].env";
const variable = (name: string, value: string) => (list: { name: string }[]) =>
  list.map((entry) => (entry.name === name ? { name, value } : entry));

export const data: Record<string, RuleCase> = {
  "database-tls-enforced": {
    passes: [
      cloudSql({ "settings.ipConfiguration.sslMode": "TRUSTED_CLIENT_CERTIFICATE_REQUIRED" }),
      parameters({ parameters: [{ name: "rds.force_ssl", value: 1 }] }),
      parameters({ parameters: [], family: "mysql8.0" }),
    ],
    fails: [
      cloudSql(
        { "settings.ipConfiguration.sslMode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED" },
        'settings.ipConfiguration.sslMode is "ALLOW_UNENCRYPTED_AND_ENCRYPTED"',
      ),
      parameters({ parameters: [{ name: "rds.force_ssl", value: "0" }] }, 'rds.force_ssl is "0"'),
      parameters({ parameters: [] }, "rds.force_ssl is not set"),
      postgresConf(
        { 'data["pg_hba.conf"]': (text: string) => text.replace("hostssl", "host") },
        'data[pg_hba.conf]: "host all all all scram-sha-256" lets clients in without TLS',
      ),
    ],
  },
  "database-client-verifies": {
    passes: [
      chat({ [env]: variable("PGSSLMODE", "verify-ca") }),
      chat({ [env]: (list: any) => variable("PGHOST", "127.0.0.1")(variable("PGSSLMODE", "disable")(list)) }),
    ],
    fails: [
      chat(
        { [env]: (list: any) => variable("PGHOST", "postgres")(variable("PGSSLMODE", "disable")(list)) },
        'PGSSLMODE is "disable"',
      ),
      chat({ [env]: variable("PGSSLMODE", "disable") }, 'PGSSLMODE is "disable"'),
      chat({ [env]: variable("PGSSLMODE", "require") }, 'spec.template.spec.containers[0].env: PGSSLMODE is "require"'),
    ],
  },
  "storage-encrypted": {
    passes: [
      elastiCache({ atRestEncryptionEnabled: "true" }),
      volumes({ provisioner: "pd.csi.storage.gke.io", "parameters.encrypted": undefined }),
    ],
    fails: [
      rds({ storageEncrypted: false }, "storageEncrypted is false"),
      rds({ kmsKeyId: undefined }, "kmsKeyId is not set"),
      elastiCache({ atRestEncryptionEnabled: undefined }, "atRestEncryptionEnabled is not set"),
      elastiCache({ kmsKeyId: "" }, 'kmsKeyId is ""'),
      template({ "blockDeviceMappings[0].ebs.encrypted": "false" }, 'blockDeviceMappings[0].ebs.encrypted is "false"'),
      volumes({ "parameters.encrypted": "false" }, 'parameters.encrypted is "false"'),
      log({ kmsKeyId: undefined }, "kmsKeyId is not set"),
    ],
  },
  "backups-on": {
    passes: [rds({ backupRetentionPeriod: "14" })],
    fails: [
      rds({ backupRetentionPeriod: 0 }, "backupRetentionPeriod is 0"),
      cloudSql({ [`${backup}.enabled`]: false }, "settings.backupConfiguration.enabled is false"),
      cloudSql({ [`${backup}.pointInTimeRecoveryEnabled`]: undefined }, "pointInTimeRecoveryEnabled is not set"),
    ],
  },
  "backups-kept-a-week": {
    passes: [
      rds({ backupRetentionPeriod: 7 }),
      cloudSql({
        [`${backup}.transactionLogRetentionDays`]: 7,
        [`${backup}.backupRetentionSettings.retainedBackups`]: 7,
      }),
    ],
    fails: [
      rds({ backupRetentionPeriod: 3 }, "backupRetentionPeriod is 3, and must be 7 or more"),
      rds({ skipFinalSnapshot: true }, "skipFinalSnapshot is true"),
      cloudSql({ [`${backup}.transactionLogRetentionDays`]: 6 }, "transactionLogRetentionDays is 6"),
      cloudSql({ [`${backup}.backupRetentionSettings.retainedBackups`]: 1 }, "retainedBackups is 1"),
    ],
  },
  "redis-persistent": {
    passes: [elastiCache({ snapshotRetentionLimit: 1 }), memorystore({ "persistenceConfig.persistenceMode": "AOF" })],
    fails: [
      elastiCache({ snapshotRetentionLimit: 0 }, "snapshotRetentionLimit is 0"),
      memorystore({ "persistenceConfig.persistenceMode": "DISABLED" }, 'persistenceMode is "DISABLED"'),
    ],
  },
  "redis-authenticated": {
    passes: [
      elastiCache({ userGroupIds: undefined, authToken: "[secret]" }),
      redisConf({ 'data["redis.conf"]': "port 0\ntls-port 6379\nrequirepass [secret]\n" }),
    ],
    fails: [
      elastiCache({ userGroupIds: [] }, "userGroupIds is [] and authToken is not set"),
      memorystore({ authEnabled: false }, "authEnabled is false"),
      redisConf(
        { 'data["redis.conf"]': (text: string) => text.replace(/^aclfile.*$/m, "") },
        "data[redis.conf]: aclfile is not set",
      ),
    ],
  },
  "redis-tls": {
    passes: [elastiCache({ transitEncryptionEnabled: "true" })],
    fails: [
      elastiCache({ transitEncryptionEnabled: false }, "transitEncryptionEnabled is false"),
      elastiCache({ transitEncryptionMode: "preferred" }, 'transitEncryptionMode is "preferred"'),
      memorystore({ transitEncryptionMode: "DISABLED" }, 'transitEncryptionMode is "DISABLED"'),
      redisConf({ 'data["redis.conf"]': (text: string) => text.replace("port 0", "port 6379") }, "port is 6379"),
      redisConf({ 'data["redis.conf"]': (text: string) => text.replace("tls-port", "# tls-port") }, "port is 0"),
    ],
  },
  "data-in-two-zones": {
    passes: [on("dev", k8s("apps/v1:StatefulSet"), "postgres-server")({ "spec.replicas": 1 })],
    fails: [
      rds({ multiAz: false }, "multiAz is false"),
      cloudSql({ "settings.availabilityType": "ZONAL" }, 'settings.availabilityType is "ZONAL"'),
      elastiCache({ automaticFailoverEnabled: false }, "automaticFailoverEnabled is false"),
      elastiCache({ multiAzEnabled: undefined }, "multiAzEnabled is not set"),
      memorystore({ tier: "BASIC" }, 'tier is "BASIC"'),
    ],
  },
  "data-patched": {
    passes: [elastiCache({ autoMinorVersionUpgrade: "true" })],
    fails: [
      rds({ autoMinorVersionUpgrade: false }, "autoMinorVersionUpgrade is false"),
      elastiCache({ autoMinorVersionUpgrade: "false" }, 'autoMinorVersionUpgrade is "false"'),
    ],
  },
  "postgres-asks-password": {
    passes: [
      postgresConf({ 'data["pg_hba.conf"]': "# all trust\nlocal all all reject\nhostssl all all all cert map=m\n" }),
    ],
    fails: [
      postgresConf(
        { 'data["pg_hba.conf"]': (text: string) => text.replace("local all all scram-sha-256", "local all all trust") },
        'data[pg_hba.conf]: method is "trust" in "local all all trust"',
      ),
      postgresConf({ 'data["pg_hba.conf"]': "hostssl all all 0.0.0.0/0 md5\n" }, 'method is "md5"'),
    ],
  },
  "bucket-not-public": {
    passes: [bucket(safe, "", added), block(blocks, "", { how: "added" })],
    fails: [
      bucket({ ...safe, publicAccessPrevention: "inherited" }, 'publicAccessPrevention is "inherited"', added),
      bucket({ ...safe, uniformBucketLevelAccess: false }, "uniformBucketLevelAccess is false", added),
      block({ ...blocks, blockPublicPolicy: undefined }, "blockPublicPolicy is not set", { how: "added" }),
      on("prod-eks", "aws:s3/bucketAcl:BucketAcl", "uploads")({ acl: "public-read" }, 'acl is "public-read"', {
        how: "added",
      }),
    ],
  },
};
