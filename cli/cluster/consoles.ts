import type { ConsoleSpec } from "../../components/apps/shared/console";
import { UserError } from "../../lib/userError";
import type { Kubectl } from "./kubectl";

/** A shell instead of the app's console. */
export const shell = { prompt: ["sh"], script: ["sh", "-s"] } as const;

interface LivePod {
  readonly metadata: { readonly creationTimestamp: string; readonly deletionTimestamp?: string };
  readonly status?: {
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** The variables that a console's pod is given on top of the app's own: where the pod is that it speaks with. */
export async function consoleEnvironment(
  { livePod, workload }: ConsoleSpec,
  kubectl: Kubectl,
): Promise<Readonly<Record<string, string>>> {
  if (!livePod) return {};
  const { name, component } = livePod.identity;
  const pods = await kubectl.list<LivePod>(
    "pods",
    `--selector=app.kubernetes.io/name=${name},app.kubernetes.io/component=${component}`,
  );
  const address = newestReady(pods);
  if (address) return { [livePod.variable]: address };
  throw new UserError(
    `no pod of ${workload} is ready (${pods.length} there), so there is no live node to talk to`,
    `see why: switchboard status; a shell of the image needs no live node: switchboard console ${workload} --shell`,
  );
}

/** The address of the newest pod that is ready and not on its way out: a rollout takes it away last. */
function newestReady(pods: readonly LivePod[]): string | undefined {
  return pods
    .filter(({ metadata }) => !metadata.deletionTimestamp)
    .filter(({ status }) => status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True"))
    .sort((a, b) => b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp))
    .flatMap(({ status }) => status?.podIP ?? [])[0];
}
