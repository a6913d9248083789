import type { StoresIn } from "./backups";

/** A resource of a stack's state, as far as a cloud looks at it. */
export interface StateEntry {
  readonly type: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** It only waits to be deleted. */
  readonly delete?: boolean;
  /** It is looked up, and not made by the stack. */
  readonly external?: boolean;
  readonly retainOnDelete?: boolean;
}

/** A kubeconfig and its one context. */
export interface CloudKubeconfig {
  readonly text: string;
  readonly context: string;
}

/** One thing of the cluster itself that is not as the stack means it. */
export interface ClusterProblem {
  readonly severity: "down" | "degraded" | "warning";
  readonly subject: string;
  /** What it is, and what to do about it. */
  readonly what: string;
}

/** What holds the network of a stack that goes, and the command that removes it. */
export interface NetworkHold {
  /** What it is, of which network, where. */
  readonly what: string;
  readonly command: readonly string[];
}

/** Runs a program and gives what it printed; it throws where the program fails. */
export type Run = (program: string, args: readonly string[]) => Promise<string>;

/** What a cloud brings for a stack that is deployed, or was to be. */
export interface CloudDeployed {
  /** The kubeconfig of the cluster that the stack has made; undefined where there is none in the state. */
  readonly kubeconfigIn: (state: readonly StateEntry[]) => CloudKubeconfig | undefined;
  /**
   * Asks the cloud whether the cluster is whole; undefined where nobody could be asked.
   * @default there is nothing that the provider does not tell
   */
  readonly clusterProblems?: (state: readonly StateEntry[], run: Run) => Promise<readonly ClusterProblem[] | undefined>;
  /** The stores that the cloud runs for the stack, with their backups. @default none */
  readonly storesIn?: StoresIn;
  /** What keeps the network of a stack from going after all else has gone. @default nothing does */
  readonly networkHold?: (state: readonly StateEntry[]) => NetworkHold | undefined;
  /** Types that may be asked for twice. */
  readonly repeatable: RegExp;
  /**
   * The words of the cloud's CLI that wait until something that was begun is ready; undefined for what is ready at once.
   * @param usual what its provider was set up with: the region
   */
  readonly waitFor?: (resource: StateEntry, usual: Readonly<Record<string, unknown>>) => readonly string[] | undefined;
}
