import type { PodIdentity } from "../../contracts";
import type { Egress } from "../../schema/values/egress";
import type { Resources } from "../../schema/values/resources";

/**
 * What an app is made of, as far as the settings alone say it. Checks, the quota of the namespace and the commands read
 * it here, so that none of them knows an app by its name.
 */
export interface AppSpec {
  readonly name: string;
  /** Whether it has a role and a schema of its own in Postgres. */
  readonly usesPostgres: boolean;
  /** Whether it needs a session of its own there, e.g. for prepared statements. @default false */
  readonly needsSession?: boolean;
  /** How its keys in Redis begin; undefined for an app that does not use it. */
  readonly redisPrefix: string | undefined;
  readonly processes: readonly ProcessSpec[];
  /** The public addresses that lead to it. @default none */
  readonly routes?: readonly RouteSpec[];
  /** What runs and ends: the release command, and what runs by time. */
  readonly jobs: readonly JobSpec[];
  /** Where its `env` and `secretEnv` are the app's variables. */
  readonly variables: readonly AppVariables[];
  /** Volumes that outlive its pods, by the key of the settings. @default none */
  readonly persistentVolumes?: readonly string[];
}

/** Pods of an app that run until they are told to stop. */
export interface ProcessSpec {
  /** The key of the settings that it has; messages about its size and number begin with it. */
  readonly key: string;
  /** The name of its Deployment. */
  readonly workload: string;
  readonly identity: PodIdentity;
  readonly replicas: number;
  /**
   * The Service that others call it by: somebody waits for its answers, and one pod alone is an outage whenever it is
   * moved. @default it has none
   */
  readonly service?: ServiceSpec | undefined;
  readonly resources: Resources;
  /** Containers beside the one of the process, each with the key that says its size. @default none */
  readonly sidecars?: readonly { readonly key: string; readonly resources: Resources }[];
  /** Bytes of volumes that lie on the node's disk. @default 0 */
  readonly scratchBytes?: number;
  /** The key of a volume that one pod at a time may have, which is why there is one. @default none */
  readonly heldVolume?: string | undefined;
  /** What a pod waits for, in seconds one after the other, until it has stopped; the key names the longest of it. */
  readonly stop: { readonly key: string; readonly waits: readonly number[] };
  /** Connections that each pod opens to Postgres, and the key that says how many. */
  readonly connections: { readonly key: string; readonly each: number };
  readonly egress: { readonly key: string; readonly list: readonly Egress[] };
}

/** How a process is called by other apps. */
export interface ServiceSpec {
  /** The name of its Service, which the cluster's DNS resolves. */
  readonly name: string;
  readonly port: number;
  /** How it speaks TLS: with a certificate of the platform's, which is verified, or of the app's. @default plain HTTP */
  readonly tls?: "verified" | "unverified" | undefined;
}

/** A public address, as far as checks of all of them read it. */
export interface RouteSpec {
  /** Its key in the settings: `apps.shop.processes.web.route`. */
  readonly key: string;
  readonly host: string;
  readonly path: string;
  /** Paths below it that mean something to NGINX: no other route of the host may be there. */
  readonly exact: readonly string[];
  /** The first parts of all paths that the app answers, where that is known. */
  readonly parts?: readonly string[];
  readonly bodySize?: string | undefined;
  readonly timeoutSeconds?: number | undefined;
  /** Seconds between the pings of its WebSockets' clients, where that is known. */
  readonly heartbeatSeconds?: number;
  readonly allow?: readonly string[] | undefined;
}

/** A pod of an app that ends by itself. */
export interface JobSpec {
  /** Who it is, in messages: `panel's migration`. */
  readonly who: string;
  readonly kind: "release" | "after" | "schedule";
  /** How many there may be at once. */
  readonly most: number;
  readonly resources: Pick<Resources, "requests" | "limits">;
  /** Connections that each opens to Postgres. */
  readonly connections: number;
  /** @default it opens none of its own */
  readonly egress?: { readonly key: string; readonly list: readonly Egress[] };
}

/** The variables that the settings give an app. */
export interface AppVariables {
  /** Where they are in the settings: `["panel"]`, `["apps", "shop"]`. */
  readonly path: readonly string[];
  readonly env: Readonly<Record<string, unknown>>;
  readonly secretEnv: Readonly<Record<string, unknown>>;
}

/** Tries of a command of a release that may be there at once: one that failed goes, and that of the release before may stay. */
export const releasesAtOnce = 2;
