import type { PodIdentity } from "../../contracts";

/** How the console of an app is used. */
export interface ConsoleSpec {
  /** The Deployment whose image and configuration it has. */
  readonly workload: string;
  /** A limit with room for the console and for what is asked of it. */
  readonly memory: string;
  /** The prompt on a terminal. */
  readonly prompt: readonly string[];
  /** Runs the script that comes on stdin, prints what it returns, and ends with 0 unless it failed. */
  readonly script: readonly string[];
  /** A script that prints the value of an expression. */
  readonly expressionScript: (expression: string) => string;
  /** Longest script, in bytes. */
  readonly longest: number;
  /** Where it speaks with a pod that runs: which pods, and the variable that gets the address of one that is ready. */
  readonly livePod?: { readonly identity: PodIdentity; readonly variable: string };
  /** What a person at the prompt must know. */
  readonly warning?: string;
}
