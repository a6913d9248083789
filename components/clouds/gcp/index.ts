import type { SettingsContext } from "../../schema/context";
import { clusterKind, postgresKind, redisKind } from "../shared/module";
import { deregistrationSeconds, loadBalancer } from "./loadBalancer";

type ClusterSchema = typeof import("./settings/cluster");
type PostgresSchema = typeof import("./settings/postgres");
type RedisSchema = typeof import("./settings/redis");
type IdentitySchema = typeof import("./settings/identity");
type Checks = typeof import("./checks");
type Deployed = typeof import("./deployed");
type Doctor = typeof import("./doctor");
type Facts = typeof import("./facts");
type NewStack = typeof import("./newStack");
type Pipeline = typeof import("./pipeline");
type Machines = typeof import("./machines");

/** Google Cloud: GKE, Cloud SQL, Memorystore. */
export const gcp = {
  name: "Google Cloud",
  cluster: {
    gke: clusterKind(
      (context: SettingsContext) => (require("./settings/cluster") as ClusterSchema).gkeCluster(context),
      async (own, args) => new (await import("./cluster")).GkeCluster("cluster", own, args),
    ),
  },
  postgres: {
    cloudSql: postgresKind(
      (context: SettingsContext) => (require("./settings/postgres") as PostgresSchema).cloudSqlPostgres(context),
      async (...args) => new (await import("./postgres")).CloudSqlPostgres("postgres", ...args),
    ),
  },
  redis: {
    memorystore: redisKind(
      (context: SettingsContext) => (require("./settings/redis") as RedisSchema).memorystoreRedis(context),
      async (...args) => new (await import("./redis")).MemorystoreRedis("redis", ...args),
    ),
  },
  identity: {
    googleServiceAccount: {
      schema: (context: SettingsContext) =>
        (require("./settings/identity") as IdentitySchema).googleServiceAccount(context),
    },
  },
  deregistrationSeconds,
  loadBalancer,
  checks: () => (require("./checks") as Checks).checks,
  doctor: () => (require("./doctor") as Doctor).doctor,
  facts: () => (require("./facts") as Facts).facts,
  deployed: () => (require("./deployed") as Deployed).deployed,
  prices: () => require("./prices.json"),
  pipeline: () => (require("./pipeline") as Pipeline).pipeline,
  newStack: () => (require("./newStack") as NewStack).newStack,
  allocatable: (machineType: string) => (require("./machines") as Machines).allocatable(machineType),
  processorOf: (machineType: string) => (require("./machines") as Machines).processorOf(machineType),
};
