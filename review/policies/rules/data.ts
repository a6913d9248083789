import { aWeek } from "../../../components/clouds/shared/facts/demand";
import { at, isHidden, listOf, stated, textOf } from "../../../components/clouds/shared/facts/value";
import { demanded, whereProtected } from "../demand";
import type { Rule } from "../model";
import { podOf } from "../pods";
import { buckets } from "./buckets";

const databaseTls: Rule = {
  name: "database-tls-enforced",
  level: "mandatory",
  description: "A database refuses connections without TLS.",
  why: "What the server does not refuse, a wrong variable in one pod is enough for: passwords and rows in clear.",
  source: "CIS Google Cloud 6.4; Amazon RDS: requiring an SSL connection to a PostgreSQL DB instance",
  resource: demanded("database-tls-enforced"),
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
  resource: demanded("storage-encrypted"),
};

const backupsOn: Rule = {
  name: "backups-on",
  level: "mandatory",
  description: "A managed database is backed up every day and can be restored to any moment in between.",
  why: "A daily backup alone loses up to a day; the log between two of them loses seconds.",
  source: "CIS Google Cloud 6.7; AWS Well-Architected REL09-BP03; Amazon RDS: point-in-time recovery",
  resource: demanded("backups-on"),
};

const backupsKept: Rule = {
  name: "backups-kept-a-week",
  level: "mandatory",
  description: `In a protected stack a database can be restored to any moment of the last ${aWeek} days, and its backups outlive it.`,
  why: "What was deleted by mistake on a Friday is often missed on the next one.",
  source: "AWS Security Hub RDS.11 (seven days); Cloud SQL: point-in-time recovery",
  stack: whereProtected(demanded("backups-kept-a-week")),
};

const secondServer: Rule = {
  name: "data-in-two-zones",
  level: "advisory",
  description: "In a protected stack databases have a second server in another zone that takes over.",
  why: "Without it a zone that fails, or a maintenance, is an outage of minutes to hours.",
  source: "Amazon RDS: Multi-AZ; Cloud SQL: high availability; Memorystore: Standard tier",
  stack: whereProtected(demanded("data-in-two-zones")),
};

const minorUpdates: Rule = {
  name: "data-patched",
  level: "advisory",
  description: "Managed databases take minor versions by themselves, in their maintenance window.",
  why: "Minor versions are where security fixes are.",
  source: "CIS AWS Foundations 2.3.2",
  resource: demanded("data-patched"),
};

const postgresAsks: Rule = {
  name: "postgres-asks-password",
  level: "mandatory",
  description: "A Postgres in the cluster lets nobody in without a password, and stores it as SCRAM.",
  why: "`trust` believes every name that is said, `password` sends it in clear, and `md5` can be broken.",
  source: "PostgreSQL: the pg_hba.conf file, password authentication",
  resource: demanded("postgres-asks-password"),
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
