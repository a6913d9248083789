/** The fields of Kubernetes objects that the status is made of. */
export interface Metadata {
  readonly name: string;
  readonly uid?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

/** A Deployment or a StatefulSet. */
export interface WorkloadObject {
  readonly kind: "Deployment" | "StatefulSet";
  readonly metadata: Metadata;
  readonly spec: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly template: { readonly spec: { readonly containers: readonly { readonly image?: string }[] } };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
    readonly conditions?: readonly Condition[];
  };
}

export interface Terminated {
  readonly exitCode?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly finishedAt?: string;
}

export interface ContainerStatus {
  readonly name: string;
  readonly image?: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: {
    readonly running?: { readonly startedAt?: string };
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly terminated?: Terminated;
  };
  readonly lastState?: { readonly terminated?: Terminated };
}

export interface PodObject {
  readonly kind: "Pod";
  readonly metadata: Metadata;
  readonly spec: {
    readonly nodeName?: string;
    readonly volumes?: readonly { readonly persistentVolumeClaim?: unknown }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

export interface JobObject {
  readonly kind: "Job";
  readonly metadata: Metadata;
  readonly status?: {
    readonly startTime?: string;
    readonly completionTime?: string;
    readonly active?: number;
    readonly failed?: number;
    readonly conditions?: readonly Condition[];
  };
}

export interface CronJobObject {
  readonly kind: "CronJob";
  readonly metadata: Metadata;
  readonly spec: { readonly schedule: string; readonly timeZone?: string; readonly suspend?: boolean };
  readonly status?: { readonly lastScheduleTime?: string; readonly lastSuccessfulTime?: string };
}

export interface ServiceObject {
  readonly kind: "Service";
  readonly metadata: Metadata;
  readonly spec: { readonly type?: string; readonly selector?: object };
  readonly status?: {
    readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[] };
  };
}

export interface EndpointSliceObject {
  readonly kind: "EndpointSlice";
  readonly metadata: Metadata;
  readonly endpoints?: readonly { readonly conditions?: { readonly ready?: boolean } }[] | null;
}

export interface EventObject {
  readonly kind: "Event";
  readonly metadata: Metadata;
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly series?: { readonly lastObservedTime?: string };
  readonly involvedObject: { readonly kind?: string; readonly name?: string; readonly uid?: string };
}

export interface NodeObject {
  readonly kind: "Node";
  readonly metadata: Metadata;
  readonly spec?: { readonly unschedulable?: boolean };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly nodeInfo?: { readonly kubeletVersion?: string };
  };
}

/** What the platform's namespace holds. */
export type PlatformObject =
  | WorkloadObject
  | PodObject
  | JobObject
  | CronJobObject
  | ServiceObject
  | EndpointSliceObject
  | EventObject;

/** The kinds that are asked for, as kubectl names them. */
export const platformKinds =
  "deployments.apps,statefulsets.apps,pods,jobs.batch,cronjobs.batch,services,endpointslices.discovery.k8s.io,events";

/** Objects of one kind. */
export function ofKind<K extends PlatformObject["kind"]>(
  objects: readonly PlatformObject[],
  ...kinds: readonly K[]
): Extract<PlatformObject, { kind: K }>[] {
  return objects.filter((object): object is Extract<PlatformObject, { kind: K }> =>
    (kinds as readonly string[]).includes(object.kind),
  );
}

/** The newest event about an object, of some reasons. */
export function lastEvent(
  objects: readonly PlatformObject[],
  { kind, metadata }: Pick<PlatformObject, "kind" | "metadata">,
  reason?: RegExp,
): EventObject | undefined {
  return ofKind(objects, "Event")
    .filter(({ involvedObject }) => involvedObject.kind === kind && involvedObject.name === metadata.name)
    .filter((event) => !metadata.uid || !event.involvedObject.uid || event.involvedObject.uid === metadata.uid)
    .filter((event) => !reason || reason.test(event.reason ?? ""))
    .sort((a, b) => timeOf(a).localeCompare(timeOf(b)))
    .at(-1);
}

function timeOf(event: EventObject): string {
  return (
    event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? ""
  );
}
