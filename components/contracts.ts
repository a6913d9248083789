/**
 * The nouns that layers exchange. Types only: a layer may import this file and nothing of another layer's classes, so
 * that a third cloud or another Postgres is one new file and one word in a registry.
 */
import type { Provider } from "@pulumi/kubernetes";
import type { Input, Output, Resource } from "@pulumi/pulumi";

/** A cluster that pods can be put on, whoever made it. */
export interface Cluster {
  readonly name: string;
  /** The only provider for everything inside the cluster. */
  readonly provider: Provider;
  /** Secret: it may hold credentials. */
  readonly kubeconfig: Output<string>;
  readonly traits: ClusterTraits;
}

/** What this cluster's cloud calls things, as data: nothing above `cluster/` asks which cloud it is on. */
export interface ClusterTraits {
  /** StorageClass of durable volumes; undefined is the cluster's default class. */
  readonly storageClass: string | undefined;
  /** How a Service is made public. */
  readonly publicService: {
    readonly annotations: Readonly<Record<string, string>>;
    readonly loadBalancerClass: string | undefined;
    /** `Local` keeps the client's address; the balancer must then send only to nodes that run the proxy. */
    readonly externalTrafficPolicy: "Local" | "Cluster";
  };
  /** Seconds that the balancer may go on sending new connections to a pod that is going away. */
  readonly deregistrationSeconds: number;
}

/** Where and how everything of this environment runs inside the cluster; each layer gets it whole. */
export interface Place {
  readonly namespace: Input<string>;
  /** The environment's name, a label of everything. */
  readonly stage: string;
  readonly traits: ClusterTraits;
  readonly logLevel: string;
  /** What holds data refuses to be deleted or replaced. */
  readonly protect: boolean;
  /** Seconds that `up` waits for a rollout. */
  readonly rolloutTimeoutSeconds: number;
  /** A Secret of type `kubernetes.io/dockerconfigjson` in the namespace. */
  readonly imagePullSecret: string | undefined;
}

/** One value in a Secret of the platform's namespace. Apps get references, never values. */
export interface SecretRef {
  /** A name that changes with the value, so that pods which use it roll when it changes. */
  readonly secretName: Input<string>;
  /** A name that stays, for what reads the value once and must not run again when it changes. */
  readonly currentName: string;
  readonly key: string;
}

/** One variable of a container. */
export type EnvironmentVariable =
  | { readonly name: string; readonly value: Input<string> }
  | { readonly name: string; readonly secret: SecretRef }
  | { readonly name: string; readonly podField: string };

/** A Secret or ConfigMap that is seen as files below `path`, read-only. */
export interface MountedFiles {
  /** Volume name, unique in the pod. */
  readonly name: string;
  readonly path: string;
  readonly source: { readonly secret: Input<string> } | { readonly configMap: Input<string> };
}

/** Which pods: the fixed part of their labels, so that selectors never change. */
export interface PodIdentity {
  /** `app.kubernetes.io/name`: the product's part, e.g. `panel`. */
  readonly name: string;
  /** `app.kubernetes.io/component`: its role, e.g. `web`, `worker`, `migration`. */
  readonly component: string;
}

/** A place on the network that pods connect to: pods of this platform, or addresses outside the cluster. */
export type Destination =
  | { readonly pods: PodIdentity; readonly port: number }
  | { readonly cidr: string; readonly port: number };

/** One allowed connection. The network policies are generated from these and from nothing else. */
export interface NetworkEdge {
  readonly from: PodIdentity | "anywhere";
  readonly to: Destination;
}

/** How the server proves itself: not at all (inside the cluster), or by a certificate of this authority. */
export type TransportSecurity =
  | { readonly mode: "disable" }
  | { readonly mode: "verify-full"; readonly authority: SecretRef };

/** A database for one role, the same for every kind of Postgres. */
export interface PostgresEndpoint {
  readonly host: Input<string>;
  readonly port: number;
  readonly database: string;
  readonly user: Input<string>;
  readonly password: SecretRef;
  readonly tls: TransportSecurity;
  readonly destination: Destination;
  /** What must be there before anyone connects as this role. */
  readonly ready: readonly Resource[];
}

/** A Postgres server that gives each part of the product its own role and schema in one database. */
export interface Postgres {
  /** The endpoint of a role that was named when the server was made. */
  endpoint(role: PostgresRole): PostgresEndpoint;
  /** Connections that the platform itself makes to the server. */
  readonly edges: readonly NetworkEdge[];
  /** Refuses log-ins with the previous generation of passwords, once everything in `after` runs with the new one. */
  retirePreviousPasswords(after: readonly Resource[]): void;
}

/** The parts of the product that own a schema. */
export type PostgresRole = "panel" | "chat";

/** A Redis for one user, the same for every kind. */
export interface RedisEndpoint {
  readonly host: Input<string>;
  readonly port: number;
  readonly user: string;
  readonly password: SecretRef;
  readonly tls: TransportSecurity;
  readonly destination: Destination;
  readonly ready: readonly Resource[];
}

/** A Redis server with the panel as its one user. */
export interface Redis {
  readonly endpoint: RedisEndpoint;
}

/** Where the proxy sends requests. */
export interface HttpBackend {
  /** Service name: it resolves before the proxy starts, or NGINX would not start. */
  readonly host: Input<string>;
  readonly port: number;
  /** Whether clients may upgrade to a WebSocket. */
  readonly websocket: boolean;
  readonly destination: Destination;
}

/** A public address and what answers there. */
export interface Route {
  readonly hostname: string;
  /** Path prefix, taken off before the request goes on; `/` is everything. */
  readonly path: string;
  readonly to: HttpBackend;
  /** Path whose requests are limited as log-in attempts. */
  readonly limitedPath?: string;
}

/** A certificate as a `kubernetes.io/tls` Secret. */
export interface Certificate {
  readonly secretName: Output<string>;
  /** PEM of the authority that a person may trust; undefined where clients trust it already. */
  readonly authority: Output<string> | undefined;
}
