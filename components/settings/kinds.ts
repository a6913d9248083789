/**
 * The kinds that a layer comes in, each with the schema of its settings. A further cloud, or another Postgres, is one
 * more entry here and one in the registry of its layer (`components/clouds`, `components/data`, `components/ingress`). A
 * schema is loaded only where it is asked for: most stacks have one of each, and compiling and building the others would
 * be a tenth of a run.
 */

import { acmeCertificate } from "../ingress/settings/acme";
import { providedCertificate, selfSignedCertificate } from "../ingress/settings/certificate";
import type { SettingsContext } from "../schema/context";

type Cluster = typeof import("../clouds/existing/settings");
type Gke = typeof import("../clouds/gcp/settings/cluster");
type Eks = typeof import("../clouds/aws/settings/cluster");
type Data = typeof import("../data/settings");
type CloudSql = typeof import("../clouds/gcp/settings/postgres");
type Rds = typeof import("../clouds/aws/settings/postgres");
type Memorystore = typeof import("../clouds/gcp/settings/redis");
type ElastiCache = typeof import("../clouds/aws/settings/redis");

export const clusterKinds = {
  existing: (context: SettingsContext) => (require("../clouds/existing/settings") as Cluster).existingCluster(context),
  gke: (context: SettingsContext) => (require("../clouds/gcp/settings/cluster") as Gke).gkeCluster(context),
  eks: (context: SettingsContext) => (require("../clouds/aws/settings/cluster") as Eks).eksCluster(context),
};
export const postgresKinds = {
  inCluster: (context: SettingsContext) => (require("../data/settings") as Data).inClusterPostgres(context),
  cloudSql: (context: SettingsContext) =>
    (require("../clouds/gcp/settings/postgres") as CloudSql).cloudSqlPostgres(context),
  rds: (context: SettingsContext) => (require("../clouds/aws/settings/postgres") as Rds).rdsPostgres(context),
};
export const redisKinds = {
  inCluster: (context: SettingsContext) => (require("../data/settings") as Data).inClusterRedis(context),
  memorystore: (context: SettingsContext) =>
    (require("../clouds/gcp/settings/redis") as Memorystore).memorystoreRedis(context),
  elastiCache: (context: SettingsContext) =>
    (require("../clouds/aws/settings/redis") as ElastiCache).elastiCacheRedis(context),
};
export const certificateKinds = {
  selfSigned: selfSignedCertificate,
  provided: providedCertificate,
  acme: acmeCertificate,
};
