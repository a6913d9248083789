import { tierOf } from "../cluster/tiers";

/** What is needed of a pod. */
export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly status?: {
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

interface ContainerStatus {
  readonly name: string;
  readonly containerID?: string;
  readonly restartCount?: number;
  readonly state?: { readonly running?: object; readonly terminated?: object };
}

/** A container that has run, so that it has a log. */
export interface LogSource {
  readonly tier: string;
  readonly pod: string;
  readonly container: string;
  /** Of this container in this pod, over its restarts. */
  readonly key: string;
  /** Changes when the container is started again; the log of what was before it is another. */
  readonly instance: string;
  readonly running: boolean;
  readonly restarts: number;
}

/** The containers of a pod that have a log. */
export function sourcesOf({ metadata, status }: Pod): LogSource[] {
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return statuses.flatMap(({ name, containerID, state, restartCount = 0 }) => {
    const started = containerID && (state?.running || state?.terminated || restartCount > 0);
    if (!started) return [];
    return [
      {
        tier: tierOf(metadata.labels),
        pod: metadata.name,
        container: name,
        key: `${metadata.uid}/${name}`,
        instance: containerID,
        running: state?.running !== undefined,
        restarts: restartCount,
      },
    ];
  });
}
