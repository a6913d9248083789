import { takesPersistentDisks } from "../../clouds/gcp/settings/values";
import { amazonMemory } from "../../clouds/shared/machines";
import type { PoolSettings } from "../../clouds/shared/pools";
import { show } from "../../schema/fields";
import { parseBytes } from "../../schema/values/resources";
import { rolloutSurge } from "./apps";
import type { Check } from "./check";

/** Connections that Postgres keeps for administrators (`superuser_reserved_connections`). */
const reservedConnections = 3;
/** Part of the memory limit that Redis' data should fill: the rest is for buffers and the copy while it saves. */
const dataShare = 0.7;

const redisMemory: Check = ({ redis }, { errors, warnings }) => {
  if (redis?.kind !== "inCluster") return;
  const limit = parseBytes(redis.resources.limits.memory);
  const data = parseBytes(redis.maxMemory);
  const advised = `${Math.floor((limit * dataShare) / 2 ** 20)}Mi`;
  if (data >= limit) {
    errors.push(
      `redis.maxMemory: ${show(redis.maxMemory)} is not below the memory limit ${show(redis.resources.limits.memory)}; use about 70 % of it (${show(advised)}), or raise redis.resources.memory`,
    );
  } else if (data > limit * 0.8) {
    warnings.push(
      `redis.maxMemory: ${show(redis.maxMemory)} leaves little of the memory limit ${show(redis.resources.limits.memory)} for buffers; use about 70 % (${show(advised)})`,
    );
  }
};

/** Disks of GKE's storage classes that every node pool has do not go into machines that take only Hyperdisk. */
const disksOfMachines: Check = ({ cluster, postgres, redis }, { errors }) => {
  if (cluster?.kind !== "gke") return;
  const layers = Object.entries({ postgres, redis }).filter(([, layer]) => layer?.kind === "inCluster");
  const all = Object.entries(cluster.pools as Readonly<Record<string, PoolSettings & { machineType: string }>>);
  const own = all.filter(([, { role }]) => role === "data");
  const takesData = own.length > 0 ? own : all.filter(([, { role }]) => role === "apps");
  for (const [pool, { machineType }] of takesData.filter(([, each]) => !takesPersistentDisks(each.machineType))) {
    for (const [layer] of layers) {
      errors.push(
        `cluster.pools.${pool}.machineType: ${show(machineType)} takes no persistent disks, which ${layer}.kind inCluster needs; use e.g. e2-standard-4, or a managed kind`,
      );
    }
  }
};

const databaseConnections: Check = ({ postgres, panel, workers, chat }, { errors }) => {
  if (!postgres || !panel || !workers || !chat) return;
  const jobs = Object.keys(panel.schedules).length;
  const parts = [
    { who: "panel", pods: panel.replicas + rolloutSurge, each: panel.connections },
    { who: "workers", pods: workers.replicas > 0 ? workers.replicas + rolloutSurge : 0, each: panel.connections },
    { who: "chat", pods: chat.replicas + rolloutSurge, each: chat.connections },
    { who: "migrations", pods: 2, each: 1 },
    { who: "scheduled jobs", pods: jobs, each: panel.connections },
  ];
  const needed = parts.reduce((sum, part) => sum + part.pods * part.each, 0);
  const usable = postgres.maxConnections - reservedConnections;
  if (needed <= usable) return;
  const sum = parts
    .filter(({ pods }) => pods > 0)
    .map(({ who, pods, each }) => `${who} ${pods} × ${each}`)
    .join(" + ");
  errors.push(
    `postgres.maxConnections: ${postgres.maxConnections} minus ${reservedConnections} reserved is less than the ${needed} connections of a rollout (${sum}); ` +
      `use ${needed + reservedConnections} or more, or lower panel.connections or chat.connections`,
  );
};

/** The kinds that a cloud runs beside the cluster, with the kind of cluster that stands in this cloud. */
const cloudOf = { cloudSql: "gke", memorystore: "gke", rds: "eks", elastiCache: "eks" } as const;
const managedKinds = { postgres: ["cloudSql", "rds"], redis: ["memorystore", "elastiCache"] } as const;

/** The managed kind of a layer that the cluster's cloud has. */
function managedBeside(layer: "postgres" | "redis", cluster: string): string | undefined {
  return managedKinds[layer].find((kind) => cloudOf[kind] === cluster);
}

const sameCloud: Check = ({ cluster, postgres, redis }, { errors }) => {
  if (!cluster) return;
  for (const [layer, settings] of Object.entries({ postgres, redis }) as [
    "postgres" | "redis",
    { kind: string } | undefined,
  ][]) {
    const needs = settings && Object.hasOwn(cloudOf, settings.kind) && cloudOf[settings.kind as keyof typeof cloudOf];
    if (!needs || needs === cluster.kind) continue;
    const instead = [managedBeside(layer, cluster.kind), "inCluster"].filter(Boolean).join(" or ");
    errors.push(
      `${layer}.kind: ${show(settings.kind)} needs cluster.kind ${needs}; this stack has ${cluster.kind}: use ${instead}`,
    );
  }
};

/** The Pulumi name of the Postgres server in the cluster, by which its loss can be accepted. */
const inClusterServer = "postgres-server";

/**
 * A server in the cluster has one pod, one volume and no backup. Where the cloud has a managed one, production needs it,
 * unless the stack says that this very server may be lost; elsewhere there is no other kind, so it is said only.
 */
const backedUp: Check = ({ cluster, postgres, redis, operations }, found) => {
  if (!cluster || !operations) return;
  const lack = "has no backup and no second server";
  if (postgres?.kind === "inCluster") {
    const managed = managedBeside("postgres", cluster.kind);
    const accepted = operations.unprotected.includes(inClusterServer);
    const sentence = `postgres.kind: "inCluster" ${lack}`;
    if (!managed) found.warnInProduction(`${sentence}; back up its volume by your own means`);
    else if (accepted) found.warnings.push(`${sentence}, which operations.unprotected accepts`);
    else
      found.refuseInProduction(
        `${sentence}; use ${managed}, or accept its loss with ${show(inClusterServer)} in operations.unprotected`,
      );
  }
  if (redis?.kind === "inCluster") {
    const managed = managedBeside("redis", cluster.kind);
    found.warnInProduction(
      `redis.kind: "inCluster" ${lack}: sessions and jobs wait while it is moved; ${managed ? `use ${managed}` : "back up its volume by your own means"}`,
    );
  }
};

/** A second server that takes over. Without it every maintenance of the cloud is an outage of minutes. */
const secondServer: Check = ({ postgres, redis }, found) => {
  const outage = "means an outage of minutes at each maintenance and failure; set it to";
  if ((postgres?.kind === "cloudSql" || postgres?.kind === "rds") && !postgres.highAvailability)
    found.warnInProduction(`postgres.highAvailability: false ${outage} true`);
  if (redis?.kind === "memorystore" && !redis.highAvailability)
    found.warnInProduction(`redis.highAvailability: false ${outage} true`);
  if (redis?.kind === "elastiCache" && redis.replicas === 0)
    found.warnInProduction(`redis.replicas: 0 ${outage} 1 or more`);
};

/** Choices of Cloud SQL that are meant for a while, or for a stack that nobody misses. */
const cloudSqlChoices: Check = ({ postgres }, found) => {
  if (postgres?.kind !== "cloudSql") return;
  if (postgres.backups.finalDays === 0)
    found.warnInProduction(
      "postgres.backups.finalDays: 0 deletes every backup together with the server; use the days in which a mistake is found",
    );
  if (postgres.connection === "authProxy" && !postgres.proxyOnly)
    found.warnInProduction(
      "postgres.proxyOnly: false leaves the way past the proxy open; set it to true when every pod runs with the proxy",
    );
};

/** Connections that Cloud SQL itself allows for this much memory (https://cloud.google.com/sql/docs/postgres/quotas). */
const cloudSqlConnections: readonly (readonly [gibibytes: number, connections: number])[] = [
  [120, 1000],
  [60, 800],
  [30, 600],
  [15, 500],
  [7.5, 400],
  [6, 200],
  [3.75, 100],
];
/** Bytes for each connection by which RDS sets its own default (`LEAST({DBInstanceClassMemory/9531392}, 5000)`). */
const rdsBytesPerConnection = 9_531_392;

/** More connections than the cloud would allow for the memory: they work until they are used. */
const connectionsForMemory: Check = ({ postgres }, { warnings }) => {
  if (postgres?.kind !== "cloudSql" && postgres?.kind !== "rds") return;
  const [size, usual] =
    postgres.kind === "cloudSql"
      ? (["tier", cloudSqlUsual(postgres.tier)] as const)
      : (["instanceClass", rdsUsual(postgres.instanceClass)] as const);
  if (usual === undefined || postgres.maxConnections <= usual) return;
  warnings.push(
    `postgres.maxConnections: ${postgres.maxConnections} is more than the ${usual} that the cloud gives an instance of this size, and each takes memory when it is used; use at most ${usual}, or a larger postgres.${size}`,
  );
};

function cloudSqlUsual(tier: string): number | undefined {
  const mebibytes = /^db-custom-\d+-(\d+)$/.exec(tier)?.[1];
  if (!mebibytes) return undefined;
  return cloudSqlConnections.find(([gibibytes]) => Number(mebibytes) / 1024 >= gibibytes)?.[1];
}

function rdsUsual(instanceClass: string): number | undefined {
  const memory = amazonMemory(instanceClass.replace(/^db\./, ""));
  return memory && Math.min(Math.floor(memory / rdsBytesPerConnection), 5000);
}

/** What concerns the database and Redis, and what they are to the cluster. */
export const dataChecks: readonly Check[] = [
  sameCloud,
  redisMemory,
  disksOfMachines,
  databaseConnections,
  connectionsForMemory,
  backedUp,
  secondServer,
  cloudSqlChoices,
];
