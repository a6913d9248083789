import type { SettingsContext } from "../../schema/context";
import { clusterKind, postgresKind, redisKind } from "../shared/module";
import { deregistrationSeconds } from "./loadBalancer";

type Settings = typeof import("./settings");
type NewStack = typeof import("./newStack");
type Data = typeof import("../../data/settings");
type Operated = typeof import("../../data/cloudNativePg/settings");
type External = typeof import("../../data/external/settings");

const settings = (): Settings => require("./settings");
const data = (): Data => require("../../data/settings");
const operated = (): Operated => require("../../data/cloudNativePg/settings");
const external = (): External => require("../../data/external/settings");

/**
 * A cluster that is there, whoever made it, and what every cluster can use: servers with a pod each, those
 * that an operator runs, and those of others.
 */
export const existing = {
  name: "a cluster of a kubeconfig",
  cluster: {
    existing: clusterKind(
      (context: SettingsContext) => settings().existingCluster(context),
      async (own) => new (await import("./cluster")).ExistingCluster("cluster", own),
    ),
  },
  postgres: {
    inCluster: postgresKind(
      (context: SettingsContext) => data().inClusterPostgres(context),
      async (...args) => new (await import("../../data/postgres")).InClusterPostgres("postgres", ...args),
    ),
    cloudNativePg: postgresKind(
      (context: SettingsContext) => operated().cloudNativePgPostgres(context),
      async (...args) =>
        new (await import("../../data/cloudNativePg/postgres")).CloudNativePgPostgres("postgres", ...args),
    ),
    external: postgresKind(
      (context: SettingsContext) => external().externalPostgres(context),
      async (...args) => new (await import("../../data/external/postgres")).ExternalPostgres("postgres", ...args),
    ),
  },
  redis: {
    inCluster: redisKind(
      (context: SettingsContext) => data().inClusterRedis(context),
      async (...args) => new (await import("../../data/redis")).InClusterRedis("redis", ...args),
    ),
    external: redisKind(
      (context: SettingsContext) => external().externalRedis(context),
      async (...args) => new (await import("../../data/external/redis")).ExternalRedis("redis", ...args),
    ),
  },
  identity: {},
  deregistrationSeconds,
  loadBalancer: undefined,
  checks: () => [],
  doctor: () => undefined,
  facts: () => ({}),
  deployed: () => undefined,
  prices: () => undefined,
  pipeline: () => undefined,
  newStack: () => (require("./newStack") as NewStack).newStack,
  allocatable: () => undefined,
  processorOf: () => "amd64" as const,
};
