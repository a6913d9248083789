import type * as pulumi from "@pulumi/pulumi";
import type { Place, Postgres, Redis } from "../contracts";
import type { PostgresSettings, RedisSettings } from "../settings";

/** The kinds of Postgres. Each is loaded only when the stack chose it. */
const postgresKinds = {
  inCluster: async () => (await import("./postgresInCluster")).InClusterPostgres,
} satisfies Record<PostgresSettings["kind"], unknown>;

/** The kinds of Redis. */
const redisKinds = {
  inCluster: async () => (await import("./redisInCluster")).InClusterRedis,
} satisfies Record<RedisSettings["kind"], unknown>;

/** Builds the Postgres that the settings chose. */
export async function createPostgres(
  settings: PostgresSettings,
  place: Place,
  opts: pulumi.ComponentResourceOptions,
): Promise<Postgres> {
  const Kind = await postgresKinds[settings.kind]();
  return new Kind("postgres", settings, place, opts);
}

/** Builds the Redis that the settings chose. */
export async function createRedis(
  settings: RedisSettings,
  place: Place,
  opts: pulumi.ComponentResourceOptions,
): Promise<Redis> {
  const Kind = await redisKinds[settings.kind]();
  return new Kind("redis", settings, place, opts);
}
