import { setTimeout as sleep } from "node:timers/promises";
import type { KubeObject } from "../../../engine/providers/kubernetes/client";
import { podProblems, type Verdict, verdictOn } from "../../../engine/providers/kubernetes/verdicts";
import type { Target } from "../../../engine/stack/target";
import type { Report } from "../../../lib/steps";
import { UserError } from "../../../lib/userError";
import type { Kubectl } from "../../cluster/kubectl";
import { type RollingObject, rolloutFacts } from "../../cluster/rollout";
import { kubectlOf } from "../../cluster/words";

/** Seconds that a rollout may take whose object does not say it; the program writes its setting on each. */
const defaultSeconds = 300;
/** Annotation with the seconds; the provider reads the same. */
const timeoutAnnotation = "pulumi.com/timeoutSeconds";
const pauseMs = 1000;

/**
 * Waits until every Deployment and StatefulSet of the platform runs as it was declared. Releases of the official provider
 * have called rollouts done that had only begun, so what `pulumi up` says is not what a person is told.
 *
 * A cluster that cannot be asked from here is no failed rollout: the reason is given and nothing is thrown.
 * @returns why it could not be looked at, if so
 * @throws UserError with what is not done and what its pods say
 */
export async function waitForRollouts(
  target: Target,
  report: Report,
  signal: AbortSignal,
): Promise<string | undefined> {
  // Loaded here: it reads the other commands' ways into a cluster.
  const { accessTo } = await import("../../cluster/access");
  let access: Awaited<ReturnType<typeof accessTo>>;
  try {
    access = await accessTo(target, { signal });
  } catch (error) {
    if (signal.aborted || !(error instanceof UserError)) throw error;
    return error.message;
  }
  try {
    await watch(access.kubectl, report, signal);
    return undefined;
  } finally {
    access.close();
  }
}

/** @throws UserError when a rollout has failed, or is not done in its time; an API server that is away is waited for */
export async function watch(
  kubectl: Pick<Kubectl, "list" | "namespace" | "options">,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const begun = Date.now();
  for (let attempts = 0; ; ) {
    const found = await look(kubectl).catch((error) => {
      if (++attempts > 5 || signal.aborted) throw error;
      return undefined;
    });
    if (found) {
      attempts = 0;
      const { workloads, pods } = found;
      const open = workloads
        .map((workload) => ({ workload, verdict: rolloutOf(workload) }))
        .filter(({ verdict }) => verdict.state !== "ready");
      if (open.length === 0) return;
      const seconds = (Date.now() - begun) / 1000;
      const lost = open.filter(({ workload, verdict }) => verdict.state === "failed" || seconds > secondsOf(workload));
      if (lost.length > 0) throw refusal(lost, pods, kubectl);
      report(open.map(({ workload, verdict }) => `${workload.metadata?.name}: ${verdict.message}`).join("; "));
    }
    await sleep(pauseMs, undefined, { signal });
  }
}

async function look(kubectl: Pick<Kubectl, "list">) {
  const part = "--selector=app.kubernetes.io/part-of=switchboard";
  const objects = await kubectl.list<KubeObject>("deployments,statefulsets,pods", part);
  return {
    workloads: objects.filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet"),
    pods: objects.filter(({ kind }) => kind === "Pod"),
  };
}

/** How a rollout stands: as its controller has seen it last, which is not always the newest change. */
export function rolloutOf(workload: KubeObject): Verdict {
  const verdict = verdictOn(workload);
  if (verdict.state !== "waiting") return verdict;
  const { seen, late, refused } = rolloutFacts(workload as RollingObject);
  if (seen && late) return { state: "failed", message: [verdict.message, refused].filter(Boolean).join("; ") };
  return verdict;
}

function secondsOf({ metadata }: KubeObject): number {
  return Number(metadata?.annotations?.[timeoutAnnotation]) || defaultSeconds;
}

function refusal(
  lost: readonly { readonly workload: KubeObject; readonly verdict: Verdict }[],
  pods: readonly KubeObject[],
  { namespace, options }: Pick<Kubectl, "namespace" | "options">,
): UserError {
  const lines = lost.flatMap(({ workload, verdict }) => [
    `${workload.kind} ${workload.metadata?.name}: ${verdict.message}`,
    ...podsOf(workload, pods).flatMap((pod) =>
      podProblems(pod).map((problem) => `  pod ${pod.metadata?.name}: ${problem}`),
    ),
  ]);
  const { local, stack } = options;
  return new UserError(
    `Pulumi has made every change, and not every rollout came to its end:\n${lines.join("\n")}`,
    `correct what the pods say, then run up again; pods of before serve meanwhile. switchboard status ${stack} shows more` +
      (local ? "" : `, or ${kubectlOf(options)} --namespace ${namespace} get pods`),
  );
}

/** The pods that its selector chooses, the newest first: those are of the version that does not come up. */
function podsOf({ spec }: KubeObject, pods: readonly KubeObject[]): KubeObject[] {
  const labels = (spec?.selector as { matchLabels?: Record<string, string> } | undefined)?.matchLabels ?? {};
  const createdAt = (pod: KubeObject) => String(pod.metadata?.creationTimestamp ?? "");
  return pods
    .filter(({ metadata }) => !metadata?.deletionTimestamp)
    .filter((pod) => Object.entries(labels).every(([key, value]) => pod.metadata?.labels?.[key] === value))
    .sort((a, b) => createdAt(b).localeCompare(createdAt(a)));
}
