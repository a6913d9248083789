/** A Deployment or a StatefulSet, as far as its rollout goes. */
export interface RollingObject {
  readonly metadata?: { readonly generation?: number };
  readonly spec?: { readonly replicas?: number; readonly paused?: boolean };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly updatedReplicas?: number;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status?: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
  };
}

/** What a workload says of its rollout: the one reading that `up` and `status` judge by. */
export interface RolloutFacts {
  /** Whether its controller has seen the newest change; before that its status is about an older one. */
  readonly seen: boolean;
  /** Whether its controller has given it up (`progressDeadlineSeconds`). */
  readonly late: boolean;
  readonly paused: boolean;
  /** Replicas that it is told to run, and those of the newest version. */
  readonly wanted: number;
  readonly updated: number;
  /** What keeps pods from being made: a quota, an admission. */
  readonly refused?: string;
}

/** Reads a workload's status. */
export function rolloutFacts({ metadata, spec, status }: RollingObject): RolloutFacts {
  const progress = status?.conditions?.find(({ type }) => type === "Progressing");
  const failure = status?.conditions?.find(({ type, status: is }) => type === "ReplicaFailure" && is === "True");
  return {
    seen: (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0),
    late: progress?.status === "False" && progress.reason === "ProgressDeadlineExceeded",
    paused: spec?.paused === true,
    wanted: spec?.replicas ?? 1,
    updated: status?.updatedReplicas ?? 0,
    ...(failure && { refused: failure.message ?? failure.reason ?? "pods cannot be made" }),
  };
}
