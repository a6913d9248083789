/** Who connects to whom. Types only, as `index.ts`, which hands them on. */

/** Which pods: the fixed part of their labels, so that selectors never change. */
export interface PodIdentity {
  /** `app.kubernetes.io/name`: the product's part, e.g. `panel`. */
  readonly name: string;
  /** `app.kubernetes.io/component`: its role, e.g. `web`, `worker`, `migration`. */
  readonly component: string;
  /** What selects them, where a controller of somebody else creates them. @default the two above */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Pods of another namespace. */
export interface PodsElsewhere {
  readonly namespace: string;
  readonly podLabels: Readonly<Record<string, string>>;
}

/**
 * A place on the network that pods connect to by TCP: pods of this platform, addresses outside the cluster, the whole
 * internet without private and metadata addresses, or pods of another namespace.
 */
export type Destination =
  | { readonly pods: PodIdentity; readonly port: number }
  | (Elsewhere & ({ readonly cidr: string } | { readonly internet: true } | PodsElsewhere));

/** What is not of this platform. */
interface Elsewhere {
  readonly port: number;
  /** The settings name it, as they do a store that somebody else runs: every connection to it is a chosen one. */
  readonly chosen?: boolean;
}

/** One allowed connection. The network policies are generated from these and from nothing else. */
export interface Connection {
  readonly from: PodIdentity | PodsElsewhere | "anywhere";
  readonly to: Destination;
  /** The settings ask for it, and the platform itself would not need it: it stands in a policy of its own. */
  readonly chosen?: boolean;
}
