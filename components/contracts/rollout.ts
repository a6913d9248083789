import type { Resource } from "@pulumi/pulumi";

/** A rollout, for what has to wait until the pods of before are gone. */
export interface Rollout {
  readonly resource: Resource;
  /** Seconds from its begin until the last pod of before has ended, at most. */
  readonly longestSeconds: number;
}
