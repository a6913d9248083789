/**
 * The kinds that a layer comes in, each with the schema of its settings. A further cloud, or another Postgres, is one
 * more entry here and one in the registry of its layer (`components/cluster`, `components/data`, `components/edge`).
 */
import { providedCertificate, selfSignedCertificate } from "./layers/certificate";
import { existingCluster } from "./layers/cluster";
import { inClusterPostgres, inClusterRedis } from "./layers/data";

export const clusterKinds = { existing: existingCluster };
export const postgresKinds = { inCluster: inClusterPostgres };
export const redisKinds = { inCluster: inClusterRedis };
export const certificateKinds = { selfSigned: selfSignedCertificate, provided: providedCertificate };
