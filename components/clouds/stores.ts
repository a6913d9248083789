import type * as pulumi from "@pulumi/pulumi";
import type { Place, Postgres, Redis } from "../contracts";
import type { PostgresSettings, RedisSettings } from "../settings";

type Build<S, T> = (settings: S, place: Place, opts: pulumi.ComponentResourceOptions) => Promise<T>;
type Kinds<S extends { kind: string }, T> = { [K in S["kind"]]: Build<Extract<S, { kind: K }>, T> };

/** The kinds of Postgres. Each is loaded only when the stack chose it. */
const postgresKinds: Kinds<PostgresSettings, Postgres> = {
  inCluster: async (...args) => new (await import("../data/postgres")).InClusterPostgres("postgres", ...args),
  cloudSql: async (...args) => new (await import("./gcp/postgres")).CloudSqlPostgres("postgres", ...args),
  rds: async (...args) => new (await import("./aws/postgres")).RdsPostgres("postgres", ...args),
};

/** The kinds of Redis. */
const redisKinds: Kinds<RedisSettings, Redis> = {
  inCluster: async (...args) => new (await import("../data/redis")).InClusterRedis("redis", ...args),
  memorystore: async (...args) => new (await import("./gcp/redis")).MemorystoreRedis("redis", ...args),
  elastiCache: async (...args) => new (await import("./aws/redis")).ElastiCacheRedis("redis", ...args),
};

/** Builds the Postgres that the settings chose. */
export async function createPostgres(
  settings: PostgresSettings,
  place: Place,
  opts: pulumi.ComponentResourceOptions,
): Promise<Postgres> {
  const build = postgresKinds[settings.kind] as Build<PostgresSettings, Postgres>;
  return build(settings, place, opts);
}

/** Builds the Redis that the settings chose. */
export async function createRedis(
  settings: RedisSettings,
  place: Place,
  opts: pulumi.ComponentResourceOptions,
): Promise<Redis> {
  const build = redisKinds[settings.kind] as Build<RedisSettings, Redis>;
  return build(settings, place, opts);
}
