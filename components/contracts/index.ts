/**
 * The nouns that layers exchange. Types only: a layer may import this file and nothing of another layer's classes, so
 * that a third cloud or another Postgres is one new file and one word in a registry.
 */
import type { Provider } from "@pulumi/kubernetes/provider";
import type { Input, Output, Resource } from "@pulumi/pulumi";
import type { CreateAppAccess } from "./appAccess";
import type { Cloud } from "./cloud";
import type { ClusterDns } from "./clusterDns";
import type { Connection, Destination } from "./connection";
import type { Claims, Kinds } from "./guards";
import type { Ownership } from "./ownership";
import type { Rollout } from "./rollout";
import type { HttpBackend } from "./routes";

export type { AppAccess, AppAccessArgs, AppIdentity, BucketSpec } from "./appAccess";
export type { AmazonCloud, Cloud, GoogleCloud } from "./cloud";
export type { ClusterDns } from "./clusterDns";
export type { Connection, Destination, PodIdentity, PodsElsewhere } from "./connection";
export type { BackendTls, HttpBackend, Route } from "./routes";

/** A cluster that pods can be put on, whoever made it. */
export interface Cluster {
  /** What its context is called in a kubeconfig. */
  readonly name: string;
  /** The only provider for everything inside the cluster. */
  readonly provider: Provider;
  /** Secret: it may hold credentials. */
  readonly kubeconfig: Output<string>;
  /** The command that gives a person's kubeconfig this context, or chooses it where it is there already. */
  readonly accessCommand: string;
  /** How a person calls kubectl on it: `kubectl --context name`, with the kubeconfig where the stack names one. */
  readonly kubectl: string;
  readonly traits: ClusterTraits;
  /** The cloud it stands in, for what is managed beside it; undefined for a cluster that is not this stack's. */
  readonly cloud: Cloud | undefined;
  /** What everything inside dies with (`deletedWith`); undefined for a cluster that is not this stack's. */
  readonly lifetime: Resource | undefined;
  /** What must be in the cluster before the platform, and must go after it: nodes, network, balancer controller. */
  readonly ready: readonly Resource[];
}

/** What this cluster's cloud calls things, as data: nothing above `cluster/` asks which cloud it is on. */
export interface ClusterTraits {
  /** StorageClass of durable volumes; undefined is the cluster's default class. */
  readonly storageClass: string | undefined;
  /** Labels by which the cloud's controllers find the platform's namespace. */
  readonly namespaceLabels: Readonly<Record<string, string>>;
  /** Which nodes take which pods. */
  readonly placement: Readonly<Record<PodRole, Placement>>;
  /** What a Service must say to be public in the way that NGINX was configured for. */
  readonly publicService: (profile: PublicProfile) => PublicServiceSpec;
  /** Seconds that the balancer may go on sending new connections to a pod that is going away. */
  readonly deregistrationSeconds: number;
  /** How cert-manager proves a host name by DNS here (`dns01` of an Issuer); undefined without a DNS zone. */
  readonly acmeDnsSolver: Input<Record<string, unknown>> | undefined;
  /** Undefined where the resolvers are those that are known. */
  readonly dns: ClusterDns | undefined;
  /** How an app gets an identity and buckets in the cloud; undefined for a cluster that is not this stack's. */
  readonly appAccess: CreateAppAccess | undefined;
}

/** The kinds of pods that have nodes of their own: the apps and the edge, and servers with a disk. */
export type PodRole = "apps" | "data";

/** Where a pod may run. */
export interface Placement {
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly {
    readonly key: string;
    readonly operator: "Equal";
    readonly value: string;
    readonly effect: "NoSchedule";
  }[];
}

/** What NGINX and the balancer must agree on; both are made of this one value. Times are in seconds. */
export interface PublicProfile {
  /** The balancer tells the client's address by the PROXY protocol. */
  readonly proxyProtocol: boolean;
  /** Silence after which a connection may be closed. */
  readonly idleSeconds: number;
  /** How long open connections go on once a pod is told to stop. */
  readonly drainSeconds: number;
  /** Where a pod says over HTTP whether it is well, without the PROXY protocol. */
  readonly health: { readonly port: number; readonly path: string };
}

/** What a public Service says. */
export interface PublicServiceSpec {
  readonly annotations: Readonly<Record<string, Input<string>>>;
  readonly loadBalancerClass: string | undefined;
  /** `Local` keeps the client's address; the balancer must then send only to nodes that run the proxy. */
  readonly externalTrafficPolicy: "Local" | "Cluster";
  /** The balancer asks the pods' health port itself, from outside the cluster. */
  readonly asksHealthPort: boolean;
  /** The balancer sends to ports of the nodes; one that sends to pods needs none opened. */
  readonly takesNodePorts: boolean;
}

/** What protects things that hold data, by the names that a preview shows. */
export interface Protection {
  /** Whether this resource refuses to be deleted or replaced. @param name its Pulumi name */
  covers(name: string): boolean;
}

/** Where and how everything of this environment runs inside the cluster; each layer gets it whole. */
export interface Place {
  readonly namespace: Input<string>;
  /** The environment's name, a label of everything. */
  readonly stage: string;
  readonly traits: ClusterTraits;
  readonly logLevel: string;
  readonly protection: Protection;
  /** The cloud that the cluster stands in. */
  readonly cloud: Cloud | undefined;
  /** For what stands in the cluster outside the namespace, under a fixed name. */
  readonly ownership: Ownership;
  /** For claims of volumes, which grow and never shrink. */
  readonly claims: Claims;
  /** For objects of kinds that somebody else brings. */
  readonly kinds: Kinds;
  /** The namespace itself: what is in it dies with it (`deletedWith`). */
  readonly lifetime: Resource;
  /** What dies with the cluster, for things outside the namespace; undefined for a cluster that is not this stack's. */
  readonly clusterLifetime: Resource | undefined;
  /** Seconds that `up` waits for a rollout. */
  readonly rolloutTimeoutSeconds: number;
  /** Secrets of type `kubernetes.io/dockerconfigjson` in the namespace, which every pod names. */
  readonly imagePullSecrets: readonly string[];
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
  /** Volume name: one name is one source in the pod. */
  readonly name: string;
  readonly path: string;
  /** Of its keys the one that is seen as a file at `path`. Such a file is never renewed in a running pod. */
  readonly key?: string;
  readonly source:
    | {
        readonly secret: Input<string>;
        /** The name that stays, for a pod that must not change with the content. */
        readonly currentName?: string;
      }
    | { readonly configMap: Input<string>; readonly currentName?: string };
}

/**
 * A container that runs beside every container which uses an endpoint, as a native sidecar: it is up before them and
 * goes after them, so a job ends when its own container does.
 */
export interface Sidecar {
  readonly name: string;
  readonly image: string;
  readonly args: readonly Input<string>[];
  /** Where it says over HTTP at `path` that it has started. */
  readonly health: { readonly port: number; readonly path: string };
  readonly resources: {
    readonly requests: { readonly cpu: string; readonly memory: string };
    readonly limits: { readonly cpu: string; readonly memory: string };
  };
}

/**
 * How the server proves itself: not at all (inside the cluster, or behind a sidecar that does it); by a certificate of
 * an authority that is this server's own, whatever host name it is for; or by a certificate for its host name, of an
 * authority that is given or of one that the image trusts (`system`).
 */
export type TransportSecurity =
  | { readonly mode: "disable" }
  | { readonly mode: "verify-ca"; readonly authority: SecretRef }
  | { readonly mode: "verify-full"; readonly authority: SecretRef | "system" };

/** How somebody logs in to a Postgres server, the same for every kind. */
export interface PostgresLogIn {
  readonly host: Input<string>;
  readonly port: number;
  readonly database: string;
  /** Which database it is, where settings may lead to another one: what runs once runs once in each. @default the stack's own */
  readonly databaseId?: string;
  readonly user: Input<string>;
  readonly password: SecretRef;
  readonly tls: TransportSecurity;
  /** What a client, and its sidecars, connect to. */
  readonly destinations: readonly Destination[];
  readonly sidecars: readonly Sidecar[];
  /** A copy that can only be read, where there is one. It takes the same log-in, and proves itself in the same way. */
  readonly replica?: { readonly host: Input<string>; readonly port: number };
  /** What must be there before anyone connects as this role. */
  readonly ready: readonly Resource[];
}

/** A database for one app. */
export interface PostgresEndpoint extends PostgresLogIn {
  /** The app's own schema, which its sessions look into. */
  readonly schema: string;
  /** The role whose rights its sessions have: what another app grants to. */
  readonly role: string;
}

/** A Postgres server that gives each part of the product its own role and schema in one database. */
export interface Postgres {
  /** What everything that serves connects with: it may read and write rows, and change no table. */
  endpoint(role: PostgresRole): PostgresEndpoint;
  /** What the migration alone connects with: it owns the schema. */
  ownerEndpoint(role: PostgresRole): PostgresEndpoint;
  /** Connections that the platform itself makes to the server. */
  readonly connections: readonly Connection[];
  /** Refuses log-ins with the previous generation of passwords, once nothing of before these rollouts uses them. */
  retirePreviousPasswords(after: readonly Rollout[]): void;
}

/** An app that owns a schema, by its name. */
export type PostgresRole = string;

/** A Redis for one user, the same for every kind. */
export interface RedisEndpoint {
  readonly host: Input<string>;
  readonly port: number;
  /** Index of the logical database. */
  readonly database: number;
  readonly user: string;
  readonly password: SecretRef;
  readonly tls: TransportSecurity;
  readonly destinations: readonly Destination[];
  readonly ready: readonly Resource[];
}

/** An app that uses Redis. */
export interface RedisUser {
  readonly name: string;
  /** How all its keys and channels begin, e.g. `shop:`; empty for an app that may use every key. */
  readonly prefix: string;
}

/** A Redis server that gives each app that uses it a user of its own, as far as the server has users. */
export interface Redis {
  /** @param user the app's name */
  endpoint(user: string): RedisEndpoint;
  /** Connections that the platform itself makes to the server. @default none */
  readonly connections?: readonly Connection[];
  /** As that of Postgres. Absent where the server's users are not this stack's, or change by themselves. */
  retirePreviousPasswords?(after: readonly Rollout[]): void;
}

/** A certificate as a `kubernetes.io/tls` Secret. */
export interface Certificate {
  readonly secretName: Output<string>;
  /** `newName`: another content has another name, so pods roll; `inPlace`: the Secret is renewed under its name. */
  readonly renewal: "newName" | "inPlace";
  /** Who answers the authority's questions over plain HTTP (`/.well-known/acme-challenge/`), by host name. */
  readonly challenges: readonly { readonly hostname: string; readonly to: HttpBackend }[];
  /** Connections of the pods that renew it. */
  readonly connections: readonly Connection[];
  /** PEM of the authority that a person may trust; undefined where clients trust it already. */
  readonly authority: Output<string> | undefined;
}
