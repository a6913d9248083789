/**
 * The kinds that a layer comes in, each with the schema of its settings. A further cloud, or another Postgres, is one
 * more entry here and one in the registry of its layer (`components/cluster`, `components/data`, `components/edge`). A
 * schema is loaded only where it is asked for: most stacks have one of each, and compiling and building the others would
 * be a tenth of a run.
 */
import type { SettingsContext } from "./context";
import { acmeCertificate } from "./layers/acme";
import { providedCertificate, selfSignedCertificate } from "./layers/certificate";

type Cluster = typeof import("./layers/cluster");
type Gke = typeof import("./layers/gke");
type Eks = typeof import("./layers/eks");
type Data = typeof import("./layers/data");
type CloudSql = typeof import("./layers/cloudSql");
type Rds = typeof import("./layers/rds");
type Memorystore = typeof import("./layers/memorystore");
type ElastiCache = typeof import("./layers/elastiCache");

export const clusterKinds = {
  existing: (context: SettingsContext) => (require("./layers/cluster") as Cluster).existingCluster(context),
  gke: (context: SettingsContext) => (require("./layers/gke") as Gke).gkeCluster(context),
  eks: (context: SettingsContext) => (require("./layers/eks") as Eks).eksCluster(context),
};
export const postgresKinds = {
  inCluster: (context: SettingsContext) => (require("./layers/data") as Data).inClusterPostgres(context),
  cloudSql: (context: SettingsContext) => (require("./layers/cloudSql") as CloudSql).cloudSqlPostgres(context),
  rds: (context: SettingsContext) => (require("./layers/rds") as Rds).rdsPostgres(context),
};
export const redisKinds = {
  inCluster: (context: SettingsContext) => (require("./layers/data") as Data).inClusterRedis(context),
  memorystore: (context: SettingsContext) => (require("./layers/memorystore") as Memorystore).memorystoreRedis(context),
  elastiCache: (context: SettingsContext) => (require("./layers/elastiCache") as ElastiCache).elastiCacheRedis(context),
};
export const certificateKinds = {
  selfSigned: selfSignedCertificate,
  provided: providedCertificate,
  acme: acmeCertificate,
};
