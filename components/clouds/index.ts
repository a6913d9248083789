import type { ComponentResourceOptions } from "@pulumi/pulumi";
import type { Cluster, Connection, Postgres, Redis } from "../contracts";
import type { Rollout } from "../contracts/rollout";
import type { PostgresArgs, RedisArgs } from "../contracts/stores";
import type { PoolerSettings } from "../data/pooler/settings";
import { fullNameOf } from "../naming";
import type { Schema, SettingsOf } from "../schema/sealed";
import { type Image, imagesIn } from "../schema/values/image";
import { aws } from "./aws";
import { existing } from "./existing";
import { gcp } from "./gcp";
import type { ClusterArgs } from "./shared/clusterArgs";
import type { CloudModule } from "./shared/module";

/** Every cloud that a stack can choose; `existing` is a cluster of any. A further one is a folder and a line here. */
export const clouds = { existing, gcp, aws } satisfies Record<string, CloudModule>;

type Clouds = typeof clouds;
type Part = "cluster" | "postgres" | "redis" | "identity";
type Intersection<U> = (U extends unknown ? (each: U) => void : never) extends (all: infer I) => void ? I : never;
/** The kinds of all clouds together, by their words. */
type KindsOf<P extends Part> = Intersection<Clouds[keyof Clouds][P]>;
type SchemasOf<Kinds> = { [K in keyof Kinds]: Kinds[K] extends { schema: infer S extends Schema } ? S : never };
type OneOf<Schemas> = {
  [K in keyof Schemas]: Schemas[K] extends Schema ? SettingsOf<Schemas[K]> : never;
}[keyof Schemas];

export type ClusterSettings = OneOf<SchemasOf<KindsOf<"cluster">>>;
export type PostgresSettings = OneOf<SchemasOf<KindsOf<"postgres">>>;
export type RedisSettings = OneOf<SchemasOf<KindsOf<"redis">>>;

/** The schemas of a layer's kinds, by their words. */
export function schemasOf<P extends Part>(part: P): SchemasOf<KindsOf<P>> {
  const kinds = Object.values<CloudModule>(clouds).flatMap((cloud) => Object.entries(cloud[part]));
  return Object.fromEntries(kinds.map(([word, { schema }]) => [word, schema])) as SchemasOf<KindsOf<P>>;
}

/** The clouds that a stack's cluster can be made in, by the name of their Pulumi package. */
export type Cloud = Exclude<keyof Clouds, "existing">;

/** The cloud that a kind of cluster is made in; undefined for one that is not made, and for a word that is no kind. */
export function cloudMaking(kind: unknown): Cloud | undefined {
  const names = Object.keys(clouds).filter((name): name is Cloud => name !== "existing");
  return names.find((name) => typeof kind === "string" && Object.hasOwn(clouds[name].cluster, kind));
}

/** The cloud whose kind a layer has. */
export function cloudOf(part: Part, kind: string): CloudModule | undefined {
  return Object.values<CloudModule>(clouds).find((cloud) => Object.hasOwn(cloud[part], kind));
}

function builderOf<P extends Exclude<Part, "identity">>(part: P, kind: string): CloudModule[P][string]["build"] {
  return cloudOf(part, kind)![part][kind]!.build;
}

/** Of a stack's settings, what its cluster is made of. */
export interface ClusterLayers {
  readonly cluster: ClusterSettings;
  readonly project: string;
  readonly operations: { readonly name: string; readonly stage: string };
  readonly edge: {
    readonly service: { readonly allowedSources: readonly string[] };
  };
}

/** Builds, or finds, the cluster that the settings chose. */
export async function createCluster(
  settings: ClusterLayers,
  { protection, hostnames }: Pick<ClusterArgs, "protection" | "hostnames">,
): Promise<Cluster> {
  const { cluster, operations, edge } = settings;
  const build = builderOf("cluster", cluster.kind) as (
    settings: ClusterSettings,
    args: ClusterArgs,
  ) => Promise<Cluster>;
  return build(cluster, {
    fullName: fullNameOf(settings),
    stage: operations.stage,
    namespace: cluster.namespace,
    hostnames,
    allowedSources: edge.service.allowedSources,
    protection,
    images: [...new Set(imagesIn(settings).map(({ repository }: Image) => repository))],
  });
}

/** The stores that the apps of a stack use. */
export interface Stores {
  readonly postgres: Postgres | undefined;
  readonly redis: Redis | undefined;
  /** Connections that the platform itself makes to them. */
  readonly connections: readonly Connection[];
  /** Refuses log-ins with the previous generation of passwords, as `Postgres` and `Redis` say. */
  retirePreviousPasswords(after: readonly Rollout[]): void;
}

interface StoresArgs extends Pick<PostgresArgs<unknown>, "place" | "roles">, Pick<RedisArgs<unknown>, "users"> {
  readonly settings: { readonly postgres?: PostgresSettings; readonly redis?: RedisSettings };
}

type Build<Args, Built> = (args: Args, opts: ComponentResourceOptions) => Promise<Built>;

/** Builds the stores that the settings chose; none that the settings do not have, because no app uses it. */
export async function createStores(
  { settings, place, roles, users }: StoresArgs,
  opts: ComponentResourceOptions,
): Promise<Stores> {
  const { postgres: data, redis: memory } = settings;
  const server = data && (await postgresBuilder(data.kind)({ settings: data, place, roles }, opts));
  const postgres = data?.pooler && server ? await pooled(data.pooler, server, data.passwordGeneration) : server;
  const redis = memory && (await redisBuilder(memory.kind)({ settings: memory, place, users }, opts));
  return {
    postgres,
    redis,
    // Known only once everything is made that the server makes for the apps.
    get connections() {
      return [postgres, redis].flatMap((store) => store?.connections ?? []);
    },
    retirePreviousPasswords(after) {
      postgres?.retirePreviousPasswords(after);
      redis?.retirePreviousPasswords?.(after);
    },
  };

  async function pooled(pooler: PoolerSettings, server: Postgres, generation: number): Promise<Postgres> {
    const { PooledPostgres } = await import("../data/pooler/pooledPostgres");
    return new PooledPostgres("postgres", { settings: pooler, place, roles, server, generation }, opts);
  }
}

const postgresBuilder = (kind: string) =>
  builderOf("postgres", kind) as Build<PostgresArgs<PostgresSettings>, Postgres>;
const redisBuilder = (kind: string) => builderOf("redis", kind) as Build<RedisArgs<RedisSettings>, Redis>;
