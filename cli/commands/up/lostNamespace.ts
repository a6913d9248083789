import { setTimeout as sleep } from "node:timers/promises";
import type { Target } from "../../../engine/stack/target";
import type { Report } from "../../../lib/steps";
import { UserError } from "../../../lib/userError";
import type { Kubectl } from "../../cluster/kubectl";
import { kubectlOf } from "../../cluster/words";

/** Seconds that a namespace may take to go: the slowest of its pods has its grace period, then its volumes go. */
const patience = 300;
const pauseMs = 500;

interface Namespace {
  readonly metadata: { readonly deletionTimestamp?: string };
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

/**
 * Waits for a namespace that is on its way out, and tells whether the state knows of one that the cluster no longer has.
 * Both are left by a `destroy` that was killed: nothing can be made in such a namespace, and Pulumi, which believes that
 * it is there, would not make it again unless it looks first.
 *
 * A cluster that cannot be asked is left to `pulumi up`, which says what is wrong with it.
 * @throws UserError when the namespace does not go within five minutes, with what keeps it
 */
export async function namespaceIsLost(target: Target, report: Report, signal: AbortSignal): Promise<boolean> {
  // Loaded here: these read the other commands' ways into a cluster.
  const { accessTo } = await import("../../cluster/access");
  const { ClusterError } = await import("../../cluster/kubectlErrors");
  try {
    const { kubectl, close } = await accessTo(target, { signal });
    try {
      return await goes(kubectl, report, signal);
    } finally {
      close();
    }
  } catch (error) {
    if (error instanceof ClusterError && error.trouble === "no namespace") return stateHasNamespace(target, signal);
    if (error instanceof LastingNamespace || signal.aborted || !(error instanceof UserError)) throw error;
    return false;
  }
}

class LastingNamespace extends UserError {}

/** @returns whether the namespace was going, and has gone now */
async function goes(kubectl: Kubectl, report: Report, signal: AbortSignal): Promise<boolean> {
  const { namespace, options } = kubectl;
  const end = Date.now() + patience * 1000;
  for (let waited = false; ; waited = true) {
    const [found] = await kubectl.list<Namespace>("namespaces", `--field-selector=metadata.name=${namespace}`);
    const since = found?.metadata.deletionTimestamp;
    if (!found || !since) return waited;
    const kept = remaining(found);
    if (Date.now() > end) {
      throw new LastingNamespace(
        `the namespace ${namespace} is being deleted since ${since} and does not go: ${kept || "no reason is given"}`,
        `see what holds it: ${kubectlOf(options)} get namespace ${namespace} --output=yaml; then run this again`,
      );
    }
    report(`the namespace ${namespace} is being deleted by a down that was interrupted: waiting until it is gone`);
    await sleep(pauseMs, undefined, { signal });
  }
}

function remaining({ status }: Namespace): string {
  return (status?.conditions ?? [])
    .filter(({ status, message }) => status === "True" && message)
    .map(({ message }) => message)
    .join("; ");
}

async function stateHasNamespace(target: Target, signal: AbortSignal): Promise<boolean> {
  const { StackState } = await import("../../../engine/stack/state");
  const state = await (await StackState.open(target, signal)).exported();
  return (state?.deployment?.resources ?? []).some(({ type }) => type === "kubernetes:core/v1:Namespace");
}
