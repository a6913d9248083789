import type { Fields, KubeObject } from "./client";

/** Whether an object is in working order. */
export interface Verdict {
  /** `failed` will not get better by waiting. */
  readonly state: "ready" | "waiting" | "failed";
  /** What is missing, for people. */
  readonly message: string;
}

/** Objects that tell more about another one's state. */
export interface Related {
  /** The pods that an object controls. */
  readonly pods?: readonly KubeObject[];
  /** A Service's EndpointSlices. */
  readonly endpointSlices?: readonly KubeObject[];
  /** A claim's StorageClass. */
  readonly storageClass?: KubeObject;
}

const ready: Verdict = { state: "ready", message: "" };
const waiting = (message: string): Verdict => ({ state: "waiting", message });
const failed = (message: string): Verdict => ({ state: "failed", message });

/** Which related objects a kind's verdict needs. */
export function relatedNeeds(object: KubeObject): readonly (keyof Related)[] {
  const needs: Record<string, readonly (keyof Related)[]> = {
    Deployment: ["pods"],
    StatefulSet: ["pods"],
    DaemonSet: ["pods"],
    ReplicaSet: ["pods"],
    Job: ["pods"],
    Pod: ["pods"],
    Service: ["endpointSlices"],
    PersistentVolumeClaim: ["storageClass"],
  };
  return needs[String(object.kind)] ?? [];
}

/** The verdict on an object of any kind; a kind that has no notion of being ready is ready when it exists. */
export function verdictOn(object: KubeObject, related: Related = {}): Verdict {
  const status = (object.status ?? {}) as Status;
  const spec = (object.spec ?? {}) as Spec;
  if (typeof status.observedGeneration === "number" && status.observedGeneration < (object.metadata?.generation ?? 0)) {
    return waiting("its controller has not seen the change yet");
  }
  switch (object.kind) {
    case "Deployment":
      return deployment(spec, status);
    case "StatefulSet":
      return statefulSet(spec, status);
    case "DaemonSet":
      return daemonSet(status);
    case "ReplicaSet":
      return count(status.availableReplicas ?? 0, spec.replicas ?? 1, "pods are available");
    case "Job":
      return job(spec, status);
    case "Pod":
      return pod(status);
    case "Service":
      return service(spec, status, related.endpointSlices ?? []);
    case "PersistentVolumeClaim":
      return claim(status, related.storageClass);
    case "PersistentVolume":
      return status.phase === "Failed" ? failed(status.message ?? "it failed") : phase(status, ["Available", "Bound"]);
    case "ResourceQuota":
      return isCounted(spec, status)
        ? ready
        : waiting("its controller has not counted yet, and pods are refused until then");
    case "Namespace":
      return phase(status, ["Active"]);
    case "CustomResourceDefinition":
      return condition(status, "Established")?.status === "True" ? ready : waiting("it is not established yet");
    default:
      return awaited(object);
  }
}

/** What an object of any other kind asks to be waited for, as the official provider reads it: `condition=Ready`. */
function awaited(object: KubeObject): Verdict {
  const [, type] = /^condition=(\w+)$/.exec(object.metadata?.annotations?.["pulumi.com/waitFor"] ?? "") ?? [];
  if (type === undefined) return ready;
  const found = condition((object.status ?? {}) as Status, type);
  if (found?.status === "True") return ready;
  return waiting([`its condition ${type} is not there yet`, found?.message].filter(Boolean).join(": "));
}

/** The official plugin waits for the same: what is asked for is what the controller counts by. */
function isCounted(spec: Spec, status: Status): boolean {
  const [wished, counted] = [spec.hard ?? {}, status.hard ?? {}].map((hard) => Object.entries(hard as object).sort());
  return JSON.stringify(wished) === JSON.stringify(counted);
}

/** Why a pod is not ready: what its containers, its phase or the scheduler say. Empty when nothing is wrong. */
export function podProblems(pod: KubeObject): string[] {
  const status = (pod.status ?? {}) as Status;
  const problems: string[] = [];
  const unscheduled = condition(status, "PodScheduled");
  if (unscheduled?.status === "False") problems.push(`${unscheduled.reason}: ${unscheduled.message}`);
  const usual = new Set(["ContainerCreating", "PodInitializing"]);
  for (const container of containers(status)) {
    const state = container.state ?? {};
    const last = container.lastState?.terminated;
    if (state.waiting?.reason && !usual.has(state.waiting.reason)) {
      const text = [state.waiting.reason, state.waiting.message].filter(Boolean).join(": ");
      problems.push(`container ${container.name}: ${text}${last ? ` (last time it ${ending(last)})` : ""}`);
    } else if (state.terminated && state.terminated.exitCode !== 0) {
      problems.push(`container ${container.name} ${ending(state.terminated)}`);
    } else if (state.running && container.ready === false && container.started !== undefined) {
      problems.push(
        `container ${container.name} runs but is not ready${last ? ` (last time it ${ending(last)})` : ""}`,
      );
    }
  }
  if (status.phase === "Failed" && problems.length === 0) {
    problems.push([status.reason ?? "Failed", status.message].filter(Boolean).join(": "));
  }
  return problems;
}

/** The containers of a pod whose log says why it is not in order, and whether the log of the run before is meant. */
export function containersInTrouble(pod: KubeObject): { name: string; previous: boolean }[] {
  return containers((pod.status ?? {}) as Status).flatMap(
    ({ name, state, lastState }): { name: string; previous: boolean }[] => {
      if (state?.terminated && state.terminated.exitCode !== 0) return [{ name, previous: false }];
      if (state?.waiting && lastState?.terminated) return [{ name, previous: true }];
      if (state?.running && lastState?.terminated) return [{ name, previous: false }];
      return [];
    },
  );
}

function deployment(spec: Spec, status: Status): Verdict {
  if (spec.paused) return ready;
  const wanted = spec.replicas ?? 1;
  const { updatedReplicas = 0, availableReplicas = 0, replicas = 0 } = status;
  if (status.observedGeneration === undefined) return waiting("its controller has not seen it yet");
  if (updatedReplicas < wanted) return waiting(`${updatedReplicas} of ${wanted} pods are of the new version`);
  if (replicas > updatedReplicas) return waiting(`${replicas - updatedReplicas} old pods are still to end`);
  return count(availableReplicas, wanted, "pods are available");
}

function statefulSet(spec: Spec, status: Status): Verdict {
  const wanted = spec.replicas ?? 1;
  const { updatedReplicas = 0, readyReplicas = 0, replicas = 0 } = status;
  if (status.observedGeneration === undefined) return waiting("its controller has not seen it yet");
  if (replicas > wanted) return waiting(`${replicas - wanted} pods are still to end`);
  if (readyReplicas < wanted) return count(readyReplicas, wanted, "pods are ready");
  if (spec.updateStrategy?.type === "OnDelete") return ready;
  const partition = spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  const toUpdate = Math.max(wanted - partition, 0);
  if (status.currentRevision !== status.updateRevision && updatedReplicas < toUpdate) {
    return waiting(`${updatedReplicas} of ${toUpdate} pods are of the new version`);
  }
  return ready;
}

function daemonSet(status: Status): Verdict {
  if (status.observedGeneration === undefined) return waiting("its controller has not seen it yet");
  const wanted = status.desiredNumberScheduled ?? 0;
  if ((status.updatedNumberScheduled ?? 0) < wanted) {
    return waiting(`${status.updatedNumberScheduled ?? 0} of ${wanted} pods are of the new version`);
  }
  return count(status.numberAvailable ?? 0, wanted, "pods are available");
}

function job(spec: Spec, status: Status): Verdict {
  const end = condition(status, "Failed");
  if (end?.status === "True") return failed(`the Job failed: ${[end.reason, end.message].filter(Boolean).join(": ")}`);
  if (condition(status, "Complete")?.status === "True" || spec.suspend) return ready;
  const wanted = spec.completions ?? 1;
  const tries = status.failed ? `, ${status.failed} attempts failed` : "";
  return waiting(`${status.succeeded ?? 0} of ${wanted} runs are complete${tries}`);
}

function pod(status: Status): Verdict {
  if (status.phase === "Failed")
    return failed([status.reason ?? "the pod failed", status.message].filter(Boolean).join(": "));
  if (status.phase === "Succeeded" || condition(status, "Ready")?.status === "True") return ready;
  return waiting(`the pod is not ready (${status.phase ?? "no phase yet"})`);
}

function service(spec: Spec, status: Status, slices: readonly KubeObject[]): Verdict {
  if (spec.type === "ExternalName") return ready;
  const selects = Object.keys(spec.selector ?? {}).length > 0;
  const endpoints = slices.flatMap(({ endpoints }) => (endpoints ?? []) as { conditions?: { ready?: boolean } }[]);
  // A headless Service is what a StatefulSet needs before it has any pod.
  if (selects && spec.clusterIP !== "None" && !endpoints.some(({ conditions }) => conditions?.ready !== false)) {
    return waiting("no pod that it selects is ready");
  }
  if (spec.type === "LoadBalancer" && !(status.loadBalancer?.ingress ?? []).length) {
    return waiting("the load balancer has no address yet");
  }
  return ready;
}

function claim(status: Status, storageClass: KubeObject | undefined): Verdict {
  if (status.phase === "Lost") return failed("its volume is lost");
  // Such a claim is bound when the first pod that uses it is scheduled, which may come after this.
  if (status.phase === "Pending" && storageClass?.volumeBindingMode === "WaitForFirstConsumer") return ready;
  return phase(status, ["Bound"]);
}

function phase(status: Status, good: readonly string[]): Verdict {
  return good.includes(status.phase ?? "")
    ? ready
    : waiting(`it is ${status.phase ?? "in no phase yet"}, not ${good.join(" or ")}`);
}

function count(have: number, wanted: number, what: string): Verdict {
  return have >= wanted ? ready : waiting(`${have} of ${wanted} ${what}`);
}

function condition(status: Status, type: string): Condition | undefined {
  return status.conditions?.find((candidate) => candidate.type === type);
}

function containers(status: Status): ContainerStatus[] {
  return [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
}

function ending({ exitCode, reason, message, signal }: Terminated): string {
  const how = signal ? `signal ${signal}` : `exit code ${exitCode}`;
  return `ended with ${how}${reason && reason !== "Error" ? ` (${reason})` : ""}${message ? `: ${message.trim()}` : ""}`;
}

// The parts of specs and statuses that are read here; the API server guarantees their types.
interface Spec extends Fields {
  replicas?: number;
  paused?: boolean;
  suspend?: boolean;
  completions?: number;
  type?: string;
  clusterIP?: string;
  selector?: Fields;
  updateStrategy?: { type?: string; rollingUpdate?: { partition?: number } };
}

interface Status extends Fields {
  observedGeneration?: number;
  replicas?: number;
  updatedReplicas?: number;
  availableReplicas?: number;
  readyReplicas?: number;
  currentRevision?: string;
  updateRevision?: string;
  desiredNumberScheduled?: number;
  updatedNumberScheduled?: number;
  numberAvailable?: number;
  succeeded?: number;
  failed?: number;
  phase?: string;
  reason?: string;
  message?: string;
  conditions?: Condition[];
  loadBalancer?: { ingress?: unknown[] };
  containerStatuses?: ContainerStatus[];
  initContainerStatuses?: ContainerStatus[];
}

interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

interface ContainerStatus {
  name: string;
  ready?: boolean;
  started?: boolean;
  state?: { waiting?: { reason?: string; message?: string }; running?: object; terminated?: Terminated };
  lastState?: { terminated?: Terminated };
}

interface Terminated {
  exitCode: number;
  signal?: number;
  reason?: string;
  message?: string;
}
