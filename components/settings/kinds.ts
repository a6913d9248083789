/**
 * The kinds that a layer comes in, each with the schema of its settings. A further cloud, or another Postgres, is one
 * more entry here and one in the registry of its layer (`components/cluster`, `components/data`, `components/edge`).
 */
import { acmeCertificate } from "./layers/acme";
import { providedCertificate, selfSignedCertificate } from "./layers/certificate";
import { cloudSqlPostgres } from "./layers/cloudSql";
import { existingCluster } from "./layers/cluster";
import { inClusterPostgres, inClusterRedis } from "./layers/data";
import { eksCluster } from "./layers/eks";
import { elastiCacheRedis } from "./layers/elastiCache";
import { gkeCluster } from "./layers/gke";
import { memorystoreRedis } from "./layers/memorystore";
import { rdsPostgres } from "./layers/rds";

export const clusterKinds = { existing: existingCluster, gke: gkeCluster, eks: eksCluster };
export const postgresKinds = { inCluster: inClusterPostgres, cloudSql: cloudSqlPostgres, rds: rdsPostgres };
export const redisKinds = { inCluster: inClusterRedis, memorystore: memorystoreRedis, elastiCache: elastiCacheRedis };
export const certificateKinds = {
  selfSigned: selfSignedCertificate,
  provided: providedCertificate,
  acme: acmeCertificate,
};
