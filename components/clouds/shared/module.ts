import type { ComponentResourceOptions } from "@pulumi/pulumi";
import type { Cluster, Postgres, Redis } from "../../contracts";
import type { PostgresArgs, RedisArgs } from "../../contracts/stores";
import type { Check } from "../../schema/check";
import type { Schema, SettingsOf } from "../../schema/sealed";
import type { CloudLayers } from "./check";
import type { ClusterArgs } from "./clusterArgs";
import type { CloudDeployed } from "./deployed";
import type { CloudDoctor } from "./doctor";
import type { Facts } from "./facts";
import type { Allocatable } from "./machines";
import type { NewStackKind } from "./newStack";
import type { CloudPipeline } from "./pipeline";

/** A kind of cluster, as the registry keeps it: the schema of its settings, and what builds it. */
interface ClusterKind {
  readonly schema: Schema;
  readonly build: (settings: never, args: ClusterArgs) => Promise<Cluster>;
}

/** A kind of store, in the same way. */
interface StoreKind<Built> {
  readonly schema: Schema;
  readonly build: (args: never, opts: ComponentResourceOptions) => Promise<Built>;
}

/** A kind of identity of an app, in the same way; what makes one is `appAccess` of the traits of the cloud's clusters. */
interface IdentityKind {
  readonly schema: Schema;
}

/**
 * What a cloud must bring. A further cloud is a folder whose `index.ts` exports one of these, and a line in
 * `components/clouds/index.ts`. Schemas, checks and what builds are loaded only when a stack chose the cloud.
 */
export interface CloudModule {
  /** What people call it. */
  readonly name: string;
  /** Its kinds of cluster, by the word of `cluster.kind`. */
  readonly cluster: Readonly<Record<string, ClusterKind>>;
  /** Its kinds of Postgres, by the word of `postgres.kind`. */
  readonly postgres: Readonly<Record<string, StoreKind<Postgres>>>;
  /** Its kinds of Redis, by the word of `redis.kind`. */
  readonly redis: Readonly<Record<string, StoreKind<Redis>>>;
  /** Its kinds of identity for an app, by the word of `apps.<name>.identity.kind`; none where the stack makes nothing in a cloud. */
  readonly identity: Readonly<Record<string, IdentityKind>>;
  /** Seconds that the load balancer goes on sending new connections to a pod that is going away. */
  readonly deregistrationSeconds: number;
  /** What its load balancer can do; undefined where the stack makes none. */
  readonly loadBalancer: LoadBalancerFacts | undefined;
  /** What lies between its own settings and others. */
  readonly checks: () => readonly Check<CloudLayers>[];
  /** What it brings for the doctor; undefined where the stack makes nothing in a cloud. */
  readonly doctor: () => CloudDoctor | undefined;
  /** What is known of every type of resource that this cloud is made of. */
  readonly facts: () => Facts;
  /** What it knows of a stack that is deployed; undefined where the stack makes nothing in a cloud. */
  readonly deployed: () => CloudDeployed | undefined;
  /** Its price sheet, in the form that review/cost/sheet.ts checks; undefined where nobody has written one. */
  readonly prices: () => unknown;
  /** What it brings for stacks that a pipeline deploys; undefined where the stack makes nothing in a cloud. */
  readonly pipeline: () => CloudPipeline | undefined;
  /** What a new stack is asked and made of, by the words of `cluster`. */
  readonly newStack: () => Readonly<Record<string, NewStackKind>>;
  /** What a machine type leaves for pods; undefined for a type that is not known. */
  readonly allocatable: (machineType: string) => Allocatable | undefined;
  /** The processor of a machine type, as images name it. */
  readonly processorOf: (machineType: string) => "amd64" | "arm64";
}

/** What a cloud's load balancer can do, as far as settings depend on it. */
export interface LoadBalancerFacts {
  /** Start of the annotations by which the stack itself tells the load balancer what NGINX was configured for. */
  readonly annotationPrefix: string;
  /** Whether it can tell the client's address by the PROXY protocol. */
  readonly proxyProtocol: boolean;
  /** Whether clients may come by IPv6. */
  readonly ipv6: boolean;
}

/** An entry of a cloud's kinds of cluster. */
export function clusterKind<S extends Schema>(
  schema: S,
  build: (settings: SettingsOf<S>, args: ClusterArgs) => Promise<Cluster>,
) {
  return { schema, build };
}

/** An entry of a cloud's kinds of Postgres. */
export function postgresKind<S extends Schema>(
  schema: S,
  build: (args: PostgresArgs<SettingsOf<S>>, opts: ComponentResourceOptions) => Promise<Postgres>,
) {
  return { schema, build };
}

/** An entry of a cloud's kinds of Redis. */
export function redisKind<S extends Schema>(
  schema: S,
  build: (args: RedisArgs<SettingsOf<S>>, opts: ComponentResourceOptions) => Promise<Redis>,
) {
  return { schema, build };
}
