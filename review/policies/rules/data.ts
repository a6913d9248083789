import { all, atLeast, byType, demand, exactly, given, type Look, oneOf, textOfFile, whereProtected } from "../demand";
import type { Complaint, Rule } from "../model";
import { podOf } from "../pods";
import { at, isHidden, listOf, shown, stated, textOf } from "../value";
import { buckets } from "./buckets";

const rds = "aws:rds/instance:Instance";
const cloudSql = "gcp:sql/databaseInstance:DatabaseInstance";
const elastiCache = "aws:elasticache/replicationGroup:ReplicationGroup";
const memorystore = "gcp:redis/instance:Instance";
const configMap = "kubernetes:core/v1:ConfigMap";

const rdsFile = "components/clouds/aws/postgres.ts";
const cloudSqlFile = "components/clouds/gcp/postgres.ts";
const elastiCacheFile = "components/clouds/aws/redis.ts";

const databaseTls: Rule = {
  name: "database-tls-enforced",
  level: "mandatory",
  description: "A database refuses connections without TLS.",
  why: "What the server does not refuse, a wrong variable in one pod is enough for: passwords and rows in clear.",
  source: "CIS Google Cloud 6.4; Amazon RDS: requiring an SSL connection to a PostgreSQL DB instance",
  resource: byType({
    [cloudSql]: demand(
      "settings.ipConfiguration.sslMode",
      oneOf("ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"),
      `set sslMode in ${cloudSqlFile}`,
    ),
    "aws:rds/parameterGroup:ParameterGroup": (inputs) => {
      const family = textOf(at(inputs, "family"));
      const parameters = at(inputs, "parameters");
      if (!family?.startsWith("postgres") || isHidden(parameters) || listOf(parameters).some(isHidden)) return [];
      const found = listOf(parameters).find((entry) => at(entry, "name") === "rds.force_ssl");
      const names = listOf(parameters).map((entry) => at(entry, "name"));
      const value = at(found, "value");
      if (isHidden(value) || String(value) === "1" || (!found && names.some(isHidden))) return [];
      return [
        {
          message: `parameters: ${stated("rds.force_ssl", value)}, and must be "1"`,
          todo: "keep rds.force_ssl in components/clouds/aws/postgresParameters.ts",
        },
      ];
    },
    [configMap]: textOfFile("pg_hba.conf", (text, path) =>
      text
        .split("\n")
        .filter((line) => /^\s*host(nossl|gssenc|nogssenc)?\s/.test(line) && !/\sreject\s*$/.test(line))
        .map((line) => ({
          message: `${path}: ${shown(line.trim())} lets clients in without TLS, and must be hostssl`,
          todo: "keep hostssl in components/data/postgres.ts",
        })),
    ),
  }),
};

const clientsVerify: Rule = {
  name: "database-client-verifies",
  level: "mandatory",
  description:
    "In a protected stack every pod proves who its database is before it sends its password, unless both are in one pod.",
  why: "Encryption without verification is encryption to whoever answers.",
  source: "PostgreSQL: SSL support, protection provided in different modes (verify-ca, verify-full)",
  stack: whereProtected((resource) =>
    (podOf(resource)?.containers ?? []).flatMap(({ path, inputs }) => {
      const variables = listOf(at(inputs, "env"));
      const named = (name: string) => variables.find((entry) => at(entry, "name") === name);
      const variable = (name: string) => at(named(name), "value");
      const [mode, host] = [variable("PGSSLMODE"), variable("PGHOST")];
      const beside = /^(127\.0\.0\.1|localhost|\[?::1\]?)$/.test(textOf(host) ?? "");
      if (mode === undefined || isHidden(mode) || beside) return [];
      if (/^verify-(ca|full)$/.test(String(mode))) return [];
      return [
        {
          message: `${path}.env: ${stated("PGSSLMODE", mode)}, and must be "verify-ca" or "verify-full"`,
          todo: "keep the endpoint's tls in components/data, for every kind of database",
        },
      ];
    }),
  ),
};

const storageEncrypted: Rule = {
  name: "storage-encrypted",
  level: "mandatory",
  description: "What is stored is encrypted; on AWS with the stack's own key.",
  why: "A copied disk or snapshot is then worth nothing without the key, and the key says who may use it. Google encrypts every disk by itself.",
  source: "CIS AWS Foundations 2.2.1, 2.3.1; CIS EKS 5.3.1; AWS: encrypting ElastiCache at rest",
  resource: byType({
    [rds]: all(
      demand("storageEncrypted", exactly(true), `set storageEncrypted in ${rdsFile}`),
      demand("kmsKeyId", given, `give the cluster's key in ${rdsFile}`),
    ),
    [elastiCache]: all(
      demand("atRestEncryptionEnabled", exactly(true), `set atRestEncryptionEnabled in ${elastiCacheFile}`),
      demand("kmsKeyId", given, `give the cluster's key in ${elastiCacheFile}`),
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": eachDisk(
      demand("ebs.encrypted", exactly(true), "set ebs.encrypted in components/clouds/aws/nodePools.ts"),
    ),
    "kubernetes:storage.k8s.io/v1:StorageClass": (inputs, resource) =>
      at(inputs, "provisioner") === "ebs.csi.aws.com"
        ? demand(
            "parameters.encrypted",
            exactly(true),
            "set encrypted in components/clouds/aws/controllers.ts",
          )(inputs, resource)
        : [],
    "aws:cloudwatch/logGroup:LogGroup": demand(
      "kmsKeyId",
      given,
      "give the cluster's key where the log group is made (components/clouds/aws/logs.ts)",
    ),
  }),
};

function eachDisk(look: Look): Look {
  return (inputs, resource) =>
    listOf(at(inputs, "blockDeviceMappings")).flatMap((disk, index) =>
      isHidden(disk)
        ? []
        : look(disk, resource).map((found) => ({
            ...found,
            message: `blockDeviceMappings[${index}].${found.message}`,
          })),
    );
}

const backupsOn: Rule = {
  name: "backups-on",
  level: "mandatory",
  description: "A managed database is backed up every day and can be restored to any moment in between.",
  why: "A daily backup alone loses up to a day; the log between two of them loses seconds.",
  source: "CIS Google Cloud 6.7; AWS Well-Architected REL09-BP03; Amazon RDS: point-in-time recovery",
  resource: byType({
    // RDS keeps the log for as long as it keeps backups; 0 turns both off.
    [rds]: demand("backupRetentionPeriod", atLeast(1), "set `postgres.backups.days`"),
    [cloudSql]: all(
      demand("settings.backupConfiguration.enabled", exactly(true), `set backupConfiguration in ${cloudSqlFile}`),
      demand(
        "settings.backupConfiguration.pointInTimeRecoveryEnabled",
        exactly(true),
        `set pointInTimeRecoveryEnabled in ${cloudSqlFile}`,
      ),
    ),
  }),
};

const leastDays = 7;

const backupsKept: Rule = {
  name: "backups-kept-a-week",
  level: "mandatory",
  description: `In a protected stack a database can be restored to any moment of the last ${leastDays} days, and its backups outlive it.`,
  why: "What was deleted by mistake on a Friday is often missed on the next one.",
  source: "AWS Security Hub RDS.11 (seven days); Cloud SQL: point-in-time recovery",
  stack: whereProtected(
    byType({
      [rds]: all(
        (inputs, resource) => overZero("backupRetentionPeriod", "set `postgres.backups.days`")(inputs, resource),
        demand("skipFinalSnapshot", exactly(false), `set skipFinalSnapshot to false in ${rdsFile}`),
      ),
      [cloudSql]: all(
        demand(
          "settings.backupConfiguration.transactionLogRetentionDays",
          atLeast(leastDays),
          "set `postgres.backups.transactionLogDays`",
        ),
        demand(
          "settings.backupConfiguration.backupRetentionSettings.retainedBackups",
          atLeast(leastDays),
          "set `postgres.backups.retained`",
        ),
      ),
    }),
  ),
};

/** Off altogether is what another rule says. */
function overZero(path: string, todo: string): Look {
  const look = demand(path, atLeast(leastDays), todo);
  return (inputs, resource) => (atLeast(1).holds(at(inputs, path)) ? look(inputs, resource) : []);
}

const secondServer: Rule = {
  name: "data-in-two-zones",
  level: "advisory",
  description: "In a protected stack databases have a second server in another zone that takes over.",
  why: "Without it a zone that fails, or a maintenance, is an outage of minutes to hours.",
  source: "Amazon RDS: Multi-AZ; Cloud SQL: high availability; Memorystore: Standard tier",
  stack: whereProtected(
    byType({
      [rds]: demand("multiAz", exactly(true), "set `postgres.highAvailability`: true"),
      [cloudSql]: demand("settings.availabilityType", exactly("REGIONAL"), "set `postgres.highAvailability`: true"),
      [elastiCache]: all(
        demand("automaticFailoverEnabled", exactly(true), "set `redis.replicas` to 1 or more"),
        demand("multiAzEnabled", exactly(true), "set `redis.replicas` to 1 or more"),
      ),
      [memorystore]: demand("tier", exactly("STANDARD_HA"), "set `redis.highAvailability`: true"),
    }),
  ),
};

const minorUpdates: Rule = {
  name: "data-patched",
  level: "advisory",
  description: "Managed databases take minor versions by themselves, in their maintenance window.",
  why: "Minor versions are where security fixes are.",
  source: "CIS AWS Foundations 2.3.2",
  resource: byType({
    [rds]: demand("autoMinorVersionUpgrade", exactly(true), `set autoMinorVersionUpgrade in ${rdsFile}`),
    [elastiCache]: demand(
      "autoMinorVersionUpgrade",
      exactly(true),
      `set autoMinorVersionUpgrade in ${elastiCacheFile}`,
    ),
  }),
};

const postgresAsks: Rule = {
  name: "postgres-asks-password",
  level: "mandatory",
  description: "A Postgres in the cluster lets nobody in without a password, and stores it as SCRAM.",
  why: "`trust` believes every name that is said, `password` sends it in clear, and `md5` can be broken.",
  source: "PostgreSQL: the pg_hba.conf file, password authentication",
  resource: byType({
    [configMap]: textOfFile("pg_hba.conf", (text, path) =>
      text
        .split("\n")
        .filter((line) => /^\s*(local|host\w*)\s/.test(line))
        .flatMap((line): Complaint[] => {
          if (/\s(scram-sha-256|cert|reject)\s*(\s\S+=\S+)*\s*$/.test(line)) return [];
          const method = line.trim().split(/\s+/).at(-1);
          return [
            {
              message: `${path}: method is ${shown(method)} in ${shown(line.trim())}, and must be "scram-sha-256"`,
              todo: "keep scram-sha-256 in components/data/postgresConf.ts",
            },
          ];
        }),
    ),
  }),
};

/** Databases, disks and buckets: encrypted, backed up, reached by TLS and with a password. */
export const data: readonly Rule[] = [
  databaseTls,
  clientsVerify,
  storageEncrypted,
  backupsOn,
  backupsKept,
  secondServer,
  minorUpdates,
  postgresAsks,
  buckets,
];
