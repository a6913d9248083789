import { setTimeout as sleep } from "node:timers/promises";
import type { Api, ApiObject } from "./api";

/** What stopping needs to know of a pod. */
export interface RunningPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Seconds that it asks for. */
  readonly grace: number;
  readonly hasVolume: boolean;
}

/** The longest grace that stopping the machine gives, in seconds. */
const longestGrace = 30;

/**
 * The order in which pods stop: those that only use data, then those that hold it, then those of the cluster itself
 * (the others need its DNS to say their last words).
 */
export function stopOrder(pods: readonly RunningPod[]): RunningPod[][] {
  const system = pods.filter((pod) => pod.namespace === "kube-system");
  const own = pods.filter((pod) => pod.namespace !== "kube-system");
  return [own.filter((pod) => !pod.hasVolume), own.filter((pod) => pod.hasVolume), system].filter(
    (wave) => wave.length > 0,
  );
}

/**
 * The pods of a list that still have a container to stop. Not those that nobody would make anew: they would be lost,
 * so they end with their node and start with it again, as at a reboot.
 */
export function runningPods(pods: readonly ApiObject[]): RunningPod[] {
  return pods
    .filter((pod) => {
      const { phase, containerStatuses = [] } = pod.status as PodStatus;
      const ended = phase === "Succeeded" || phase === "Failed";
      const owned = ((pod.metadata.ownerReferences as unknown[] | undefined) ?? []).length > 0;
      return (
        owned && !ended && (containerStatuses.some(({ state }) => state?.running) || (pod.spec as PodSpec).nodeName)
      );
    })
    .map((pod) => {
      const spec = pod.spec as PodSpec;
      return {
        namespace: pod.metadata.namespace ?? "",
        name: pod.metadata.name,
        uid: String(pod.metadata.uid),
        grace: spec.terminationGracePeriodSeconds ?? longestGrace,
        hasVolume: (spec.volumes ?? []).some((volume) => volume.persistentVolumeClaim !== undefined),
      };
    });
}

/**
 * Ends every pod as its kubelet would, with its own grace up to 30 s, and waits for each wave. Nothing makes them anew
 * while the controllers are stopped; the next start does.
 */
export async function stopPods(api: Api, report: (line: string) => void): Promise<void> {
  const listed = async () => runningPods((await api.get<{ items: ApiObject[] }>("/api/v1/pods")).items);
  for (const wave of stopOrder(await listed())) {
    report(`stopping ${wave.length} pods: ${[...new Set(wave.map((pod) => pod.namespace))].join(", ")}`);
    await Promise.all(
      wave.map((pod) =>
        api.remove(`/api/v1/namespaces/${pod.namespace}/pods/${pod.name}`, {
          gracePeriodSeconds: Math.min(pod.grace, longestGrace),
          preconditions: { uid: pod.uid },
        }),
      ),
    );
    // Some seconds more than the grace, for the kubelet to notice and to report.
    const end = Date.now() + (Math.max(...wave.map((pod) => Math.min(pod.grace, longestGrace))) + 10) * 1000;
    const names = new Set(wave.map((pod) => pod.uid));
    while (Date.now() < end && (await listed()).some((pod) => names.has(pod.uid))) await sleep(250);
  }
}

interface PodSpec {
  readonly nodeName?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly volumes?: readonly { readonly persistentVolumeClaim?: unknown }[];
}

interface PodStatus {
  readonly phase?: string;
  readonly containerStatuses?: readonly { readonly state?: { readonly running?: unknown } }[];
}
