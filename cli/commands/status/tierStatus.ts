import { imageVersion } from "../../../components/naming";
import { type RolloutFacts, rolloutFacts } from "../../cluster/rollout";
import { appTiers, tierOf } from "../../cluster/tiers";
import type { Facts, OperatedServers, StateFacts } from "./facts";
import { ofKind, type PodObject, type WorkloadObject } from "./objects";
import { endOf, isLasting, isReady, lastEndOf, restartsOf, troubleOf } from "./pods";

/** How a rollout stands. */
export type Rollout = "complete" | "progressing" | "stuck" | "paused";

/** One pod of a tier. */
export interface PodStatus {
  readonly name: string;
  readonly node?: string;
  readonly version: string;
  readonly ready: boolean;
  readonly restarts: number;
  /** Why it is not ready. */
  readonly trouble?: string;
  /** Whether waiting does not cure it. */
  readonly lasting: boolean;
  /** When and why it was started again last. */
  readonly lastRestart?: { readonly at?: string; readonly why: string };
}

/** One tier that runs all the time. */
export interface TierStatus {
  readonly tier: string;
  readonly name: string;
  /** In the cluster, there run by an operator, or run by the cloud. */
  readonly kind: WorkloadObject["kind"] | "operated" | "managed";
  /** Whether it is in the cluster at all. */
  readonly present: boolean;
  readonly ready: number;
  /** Replicas that the cluster is told to run. */
  readonly desired: number;
  /** Replicas that the stack has set, where that is known. */
  readonly declared?: number;
  readonly version: string;
  /** The version that the stack has set, where it is another one. */
  readonly declaredVersion?: string;
  readonly rollout: Rollout;
  /** Pods of the newest version. */
  readonly updated: number;
  readonly restarts: number;
  readonly pods: readonly PodStatus[];
  /** What the cluster says keeps pods from being made: a quota, an admission. */
  readonly refused?: string;
}

/** A restart longer ago is no news (ms). */
export const recently = 60 * 60_000;

/** Every tier that runs all the time: as the cluster has it, and those that the stack has and the cluster has not. */
export function tierStatuses({ objects, state }: Pick<Facts, "objects" | "state">): TierStatus[] {
  const known = "unknown" in state ? undefined : state;
  const workloads = ofKind(objects, "Deployment", "StatefulSet").filter(
    ({ metadata }) => metadata.labels?.["app.kubernetes.io/part-of"] === "switchboard",
  );
  const present = workloads.map((workload) => statusOf(workload, objects, known));
  const missing = (known?.expected ?? []).flatMap(({ kind, name, replicas, labels }) => {
    if (kind !== "Deployment" && kind !== "StatefulSet") return [];
    if (workloads.some((workload) => workload.kind === kind && workload.metadata.name === name)) return [];
    return [absent(kind, name, replicas ?? 1, tierOf(labels))];
  });
  const managed = (known?.managed ?? []).map(
    ({ tier, what, name }): TierStatus => ({
      ...{ tier, name, kind: "managed", present: true, ready: 0, desired: 0, version: what },
      ...{ rollout: "complete", updated: 0, restarts: 0, pods: [] },
    }),
  );
  const operated = (known?.operated ?? []).map((servers) => operatedStatus(servers, objects));
  return [...present, ...missing, ...managed, ...operated].sort((a, b) => order(a.tier) - order(b.tier));
}

/** What others need comes first. */
const sequence: readonly string[] = ["postgres", "pooler", "redis", "jobs", ...appTiers, "edge"];
/** The processes of the apps of a stack's file stand between the apps and the proxy. */
const order = (tier: string) => (sequence.includes(tier) ? sequence.indexOf(tier) : sequence.length - 1.5);

function absent(kind: WorkloadObject["kind"], name: string, declared: number, tier: string): TierStatus {
  return {
    ...{ tier, name, kind, present: false, ready: 0, desired: declared, declared, version: "" },
    ...{ rollout: "complete", updated: 0, restarts: 0, pods: [] },
  };
}

/** Servers that an operator runs, by their pods: those are all that is known of every operator. */
function operatedStatus(servers: OperatedServers, objects: Facts["objects"]): TierStatus {
  const { tier, name, replicas, image = "", labels } = servers;
  const pods = ofKind(objects, "Pod")
    .filter(({ metadata }) => Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value))
    .filter(({ metadata }) => !metadata.deletionTimestamp)
    .map((pod) => podStatus(pod, objects));
  const version = imageVersion(image);
  const updated = pods.filter((pod) => pod.version === version).length;
  return {
    ...{ tier, name, kind: "operated", present: true, pods, version, updated },
    ready: pods.filter(({ ready }) => ready).length,
    ...{ desired: replicas, declared: replicas },
    rollout: updated < replicas ? "progressing" : "complete",
    restarts: pods.reduce((sum, { restarts }) => sum + restarts, 0),
  };
}

function statusOf(workload: WorkloadObject, objects: Facts["objects"], state: StateFacts | undefined): TierStatus {
  const { metadata, spec, status, kind } = workload;
  const facts = rolloutFacts(workload);
  const pods = ofKind(objects, "Pod")
    .filter((pod) => belongs(pod, metadata.labels) && !metadata.deletionTimestamp)
    .filter((pod) => !pod.metadata.deletionTimestamp)
    .map((pod) => podStatus(pod, objects));
  const expected = state?.expected.find((entry) => entry.kind === kind && entry.name === metadata.name);
  const declared = expected?.replicas;
  const version = imageVersion(spec.template.spec.containers[0]?.image ?? "");
  const declaredVersion = expected?.image === undefined ? version : imageVersion(expected.image);
  return {
    ...{ tier: tierOf(metadata.labels), name: metadata.name, kind, present: true, pods },
    ready: status?.readyReplicas ?? 0,
    desired: facts.wanted,
    ...(declared !== undefined && { declared }),
    version,
    ...(declaredVersion !== version && { declaredVersion }),
    rollout: rolloutOf(workload, facts),
    updated: facts.updated,
    restarts: pods.reduce((sum, { restarts }) => sum + restarts, 0),
    ...(facts.refused !== undefined && { refused: facts.refused }),
  };
}

/** By the labels that its selector is made of. */
function belongs({ metadata }: PodObject, labels: Readonly<Record<string, string>> | undefined): boolean {
  return ["app.kubernetes.io/name", "app.kubernetes.io/component", "app.kubernetes.io/instance"].every(
    (key) => metadata.labels?.[key] === labels?.[key],
  );
}

function podStatus(pod: PodObject, objects: Facts["objects"]): PodStatus {
  const trouble = troubleOf(pod, objects);
  const end = lastEndOf(pod);
  return {
    name: pod.metadata.name,
    ...(pod.spec.nodeName && { node: pod.spec.nodeName }),
    version: pod.metadata.labels?.["app.kubernetes.io/version"] ?? "",
    ready: isReady(pod),
    restarts: restartsOf(pod),
    ...(trouble && { trouble: trouble.text }),
    lasting: trouble !== undefined && isLasting(trouble),
    ...(end && { lastRestart: { ...(end.finishedAt && { at: end.finishedAt }), why: endOf(end) } }),
  };
}

function rolloutOf({ kind, status }: WorkloadObject, { seen, late, paused, wanted, updated }: RolloutFacts): Rollout {
  if (paused) return "paused";
  if (seen && late) return "stuck";
  if (!seen || updated < wanted) return "progressing";
  if (kind === "Deployment") return (status?.replicas ?? 0) > updated ? "progressing" : "complete";
  return status?.currentRevision === status?.updateRevision ? "complete" : "progressing";
}
