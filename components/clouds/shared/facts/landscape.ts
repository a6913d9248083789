import type { Inputs } from ".";
import type { Bill, Written } from "./bill";
import type { Range } from "./range";
import type { Resource } from "./resource";

/** A cluster that a stack makes. */
export interface MadeCluster {
  /**
   * What a person calls it: `GKE, regular, europe-west1`.
   *
   * @param provider the inputs of its cloud's provider
   */
  readonly title: (inputs: Inputs, provider: Inputs) => readonly (string | undefined)[];
  /** Writes down what a Service of type LoadBalancer costs here. @default nobody knows */
  readonly balancer?: (bill: Bill, spec: Inputs) => Written;
  /** The type of disk that a storage class makes, by its name; undefined where that is not known. */
  readonly disk?: (bill: Bill, storageClass: unknown) => string | undefined;
}

/** The machines of a cluster. */
export interface Machines {
  /** How many of which machine. */
  readonly pool: (inputs: Inputs) => {
    readonly least: unknown;
    readonly most: unknown;
    readonly machine: unknown;
    readonly spot: boolean;
  };
  /** How many there are for a bill, or why that is not known; undefined where no other bill depends on it. */
  readonly count?: (
    resource: Resource,
    scaled: (least: number, most: number) => Range,
  ) => Range | { readonly why: string };
}

/** A server that a cloud runs. */
export interface Managed {
  readonly tier: "postgres" | "redis";
  /** `Cloud SQL`, `RDS` */
  readonly product: string;
  /** By which a network policy means it. */
  readonly ports: readonly number[];
  /** `Postgres 17` */
  readonly version: (inputs: Inputs) => string;
  /** Its size and where it stands; what is no text is left out. */
  readonly details: (inputs: Inputs) => readonly unknown[];
  /** Its version, as the state of a deployed stack says it. */
  readonly running: (outputs: Inputs) => string;
}

/** Servers in the cluster, each a pod with a volume, that an operator makes of an object. */
export interface Operated {
  readonly tier: "postgres";
  /** `CloudNativePG` */
  readonly product: string;
  /** The label that the operator gives everything of it, with the object's name: network policies know its pods by it. */
  readonly label: string;
  /** What its servers have besides, and no job of the operator. */
  readonly serverLabels: Readonly<Record<string, string>>;
  readonly servers: (inputs: Inputs) => unknown;
  readonly storage: (inputs: Inputs) => unknown;
  readonly image: (inputs: Inputs) => unknown;
}

/** A bucket of a cloud. */
export interface BucketOfCloud {
  /** `Cloud Storage`, `S3` */
  readonly product: string;
  /** Its name at the cloud. */
  readonly name: (inputs: Inputs) => unknown;
}

/** `Postgres 17` of `POSTGRES_17`, `Redis 7.2` of `REDIS_7_2`. */
export function versioned(name: string, version: unknown): string {
  return `${name} ${String(version)
    .replace(/^[A-Z]+_/, "")
    .replaceAll("_", ".")}`;
}
