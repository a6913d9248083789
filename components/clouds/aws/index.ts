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

/** AWS: EKS, RDS, ElastiCache. */
export const aws = {
  name: "AWS",
  cluster: {
    eks: clusterKind(
      (context: SettingsContext) => (require("./settings/cluster") as ClusterSchema).eksCluster(context),
      async (own, args) => new (await import("./cluster")).EksCluster("cluster", own, args),
    ),
  },
  postgres: {
    rds: postgresKind(
      (context: SettingsContext) => (require("./settings/postgres") as PostgresSchema).rdsPostgres(context),
      async (...args) => new (await import("./postgres")).RdsPostgres("postgres", ...args),
    ),
  },
  redis: {
    elastiCache: redisKind(
      (context: SettingsContext) => (require("./settings/redis") as RedisSchema).elastiCacheRedis(context),
      async (...args) => new (await import("./redis")).ElastiCacheRedis("redis", ...args),
    ),
  },
  identity: {
    iamRole: {
      schema: (context: SettingsContext) => (require("./settings/identity") as IdentitySchema).iamRole(context),
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
