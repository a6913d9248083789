import type { ClusterProblem } from "../../../components/clouds/shared/deployed";
import type { ManagedBackupFacts } from "./managedBackups";
import type { NodeObject, PlatformObject } from "./objects";

/** Something that the stack has made, so that it should be in the cluster. */
export interface Expected {
  readonly kind: "Deployment" | "StatefulSet" | "Service" | "CronJob";
  readonly name: string;
  readonly replicas?: number;
  /** Image of its first container. */
  readonly image?: string;
  /** What runs in it, by the labels that the stack gave it. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A server that the cloud runs. */
export interface ManagedServer {
  readonly tier: "postgres" | "redis";
  /** `Cloud SQL POSTGRES_16`, `RDS postgres 16.4` */
  readonly what: string;
  readonly name: string;
}

/** Servers that an operator runs in the cluster, as the stack has asked for them. */
export interface OperatedServers {
  readonly tier: string;
  readonly name: string;
  readonly replicas: number;
  readonly image?: string;
  /** Labels of their pods. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A bucket of an app at the cloud. */
export interface StoredBucket {
  /** `Cloud Storage`, `S3` */
  readonly product: string;
  readonly name: string;
}

/** What the backend knows of the stack. */
export interface StateFacts {
  readonly resources: number;
  readonly expected: readonly Expected[];
  readonly managed: readonly ManagedServer[];
  /** @default none */
  readonly operated?: readonly OperatedServers[];
  /** @default none */
  readonly buckets?: readonly StoredBucket[];
  /** What was under way when the state was written last. */
  readonly pending: number;
  readonly lock?: { readonly who: string; readonly since?: string };
  readonly lastUpdate?: {
    readonly kind: string;
    readonly result: string;
    readonly at?: string;
    readonly changes: Readonly<Record<string, number>>;
  };
}

/** What a public address answered. */
export interface AddressFacts {
  /** The app, as the stack's output `urls` names it, or `panel` or `chat`. */
  readonly name: string;
  readonly url: string;
  /** Milliseconds until the answer. */
  readonly ms?: number;
  readonly status?: number;
  /** Why there was no answer, or not the right one. */
  readonly problem?: string;
  /** What one of its pods says of its servers. */
  readonly dependencies?: DependencyFacts;
}

/** Servers by their tier (`postgres`, `redis`), as an app sees them. */
export type DependencyFacts = Readonly<Record<string, { readonly up: boolean; readonly reason?: string }>>;

/** The certificate that an address shows. */
export interface CertificateFacts {
  readonly host: string;
  readonly issuer?: string;
  readonly validFrom?: string;
  readonly validTo?: string;
  /** Why a client would not trust it, or why there is none. */
  readonly problem?: string;
}

/** How much the workers have before them. */
export interface BacklogFacts {
  /** Their Deployment. */
  readonly workload: string;
  /** When a worker said so. */
  readonly at: string;
  /** Jobs that are not done, those that run among them. */
  readonly waiting: number;
  /** Age of the oldest; 0 where there is none. */
  readonly oldestSeconds: number;
}

/** How full the disk of a claim is. */
export interface DiskFacts {
  readonly claim: string;
  readonly usedBytes: number;
  readonly capacityBytes: number;
  /** The part of the files that it can hold; 0 where it has no such limit. */
  readonly filesUsed: number;
}

/** Everything that a verdict is made of; nothing in it is an opinion. */
export interface Facts {
  readonly stack: string;
  readonly at: string;
  readonly objects: readonly PlatformObject[];
  /** Undefined where nodes may not be listed. */
  readonly nodes: readonly NodeObject[] | undefined;
  /** Or why it could not be read. */
  readonly state: StateFacts | { readonly unknown: string };
  readonly addresses: readonly AddressFacts[];
  readonly certificates: readonly CertificateFacts[];
  /** What is wrong with the cluster itself, as its cloud tells it; undefined where the cloud was not asked. */
  readonly cluster?: readonly ClusterProblem[];
  /** Of the workers that have told, and whose log may be read. */
  readonly backlogs: readonly BacklogFacts[];
  /** Whether the log of a server with backups comes into the archive; undefined where nobody has looked. */
  readonly archiving?: { readonly fails: false } | { readonly fails: true; readonly why: string } | undefined;
  /** Which versions are near the end of their support, in one line; undefined where none is. */
  readonly ends?: string;
  /** Of the stores that the cloud runs; undefined where it runs none, or the state could not be read. */
  readonly managedBackups?: readonly ManagedBackupFacts[];
  /** Undefined where the kubelets may not be asked. */
  readonly disks?: readonly DiskFacts[];
}
