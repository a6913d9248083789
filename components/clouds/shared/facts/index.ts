import type { StateEntry } from "../deployed";
import type { Answer } from "./answer";
import type { Free, Price } from "./bill";
import type { Look } from "./demand";
import type { Fixed } from "./fixed";
import type { BucketOfCloud, Machines, MadeCluster, Managed, Operated } from "./landscape";
import type { LeftBehind, Wait } from "./life";
import type { Openings } from "./openings";
import type { KeptByOthers, Safeguard, Stateful, Watch } from "./risk";

/**
 * What is known of a type of resource, in one file that is named after the type. Each field is optional: what is not said
 * is what holds for most types. Plan, costs, policies, drift, diagrams, the offline preview and the CLI read it here, and
 * none of them names a type of its own.
 */
export interface ResourceFacts {
  /** What it holds that is not made again by making it again. @default it holds nothing */
  readonly stateful?: Stateful;
  /** Whether something stops, or is let in, when it goes; said of objects of Kubernetes. @default it holds of every type of a cloud */
  readonly runs?: true;
  /** What is missing where it alone is deleted, as the end of a sentence. */
  readonly missed?: string;
  /** Whether a changed one stands beside the old one until its users have moved to it. */
  readonly renewed?: true;
  /** Where it lets the whole internet in. */
  readonly openings?: Openings;
  /** Properties of this type alone that keep data or service from being lost. */
  readonly safeguards?: readonly Safeguard[];
  /** Changes of it that take something away, or that somebody should watch. */
  readonly watch?: readonly Watch[];
  /** Differences that nobody made by hand. */
  readonly keptByOthers?: readonly KeptByOthers[];
  /** What policies demand of it, by the name of the rule. */
  readonly demands?: Readonly<Record<string, Look>>;
  /**
   * Said of what a protected stack must not lose: the paths of the cloud's own guards against deletion, none where it has
   * none. @default it may be lost
   */
  readonly guards?: readonly string[];
  /** The maps among its inputs of which every value is a secret. */
  readonly secretMaps?: readonly string[];
  /** What it costs, or why it costs nothing. @default nobody knows, and the estimate says so */
  readonly price?: Price | Free;
  /** What its provider would answer. @default the offline preview refuses a type of a cloud */
  readonly answer?: Answer;
  /** What of it cannot be changed in place. @default everything can */
  readonly fixed?: Fixed;
  /**
   * By which id the provider finds what was begun: `{input}` stands for an input. The forms are those of the provider's
   * imports. @default the cloud numbers it, and only the cloud knows the number
   */
  readonly importId?: string;
  /** What the cloud's CLI waits with for what was begun. @default it is ready at once */
  readonly wait?: Wait;
  /** What a `destroy` leaves of it. @default nothing */
  readonly leaves?: (resource: StateEntry) => readonly LeftBehind[];
  /** Whether it outlives a `destroy`: what is left is encrypted with it. */
  readonly keptKey?: true;
  /** The cluster that a stack makes. */
  readonly cluster?: MadeCluster;
  /** The machines of a cluster. */
  readonly machines?: Machines;
  /** A server that a cloud runs. */
  readonly managed?: Managed;
  /** Servers that an operator makes of it in the cluster. @default none */
  readonly operated?: Operated;
  /** A bucket, which pods find by a variable that holds its name. */
  readonly bucket?: BucketOfCloud;
  /** The kind under which `status` looks for it in the cluster. @default `status` does not look for it */
  readonly status?: "Deployment" | "StatefulSet" | "Service" | "CronJob";
}

/** Facts by the token of a type. A token that ends with `*` stands for all that begin so and that are not here. */
export type Facts = Readonly<Record<string, ResourceFacts>>;

/** Inputs of a resource, which have the shape of their type; what reads them trusts none of it. */
export type Inputs = Record<string, any>;
