import { existsSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { clusterEnvironment, kubectlWords, wayToCluster } from "../../components/kubernetes/access";
import { Problem } from "../../components/schema/fields";
import { kubeconfigFile, localContext } from "../../engine/stack/localNodes";
import { layersAt } from "../../engine/stack/stackFile";
import { StackState } from "../../engine/stack/state";
import type { Target } from "../../engine/stack/target";
import { binaries, repository } from "../../lib/paths";
import { temporaryFolder } from "../../lib/temporary";
import { UserError } from "../../lib/userError";
import { cloudKubeconfig } from "./cloudKubeconfig";
import { ClusterError } from "./kubectlErrors";

/** A kubeconfig file that holds a stack's context. */
export interface WayIn {
  /** Readable for this user alone. */
  readonly file: string;
  readonly context: string;
  /** How a person calls kubectl on that cluster. */
  readonly words: string;
  /** Takes the file away, if it was made for this; it goes with the process at the latest. */
  close(): void;
}

/**
 * The way to a stack's cluster, the same for every command: the local nodes have a kubeconfig of their own, another
 * existing cluster is found as the program finds it, and a cluster of a cloud is read from the stack's state.
 * @throws UserError when the stack's file leads nowhere; ClusterError when there are no local nodes
 */
export async function wayIn(target: Target, signal?: AbortSignal): Promise<WayIn> {
  if (target.local) {
    const words = `KUBECONFIG=${kubeconfigFile} ${join(binaries, "kubectl")}`;
    if (existsSync(kubeconfigFile)) return { file: kubeconfigFile, context: localContext, words, close: () => {} };
    throw new ClusterError(
      "unreachable",
      `${target.stack} is not up: there are no local nodes`,
      `npm run up -- ${target.stack}`,
    );
  }
  if (!target.cloud) return wayToExisting(target);
  const { text, context } = cloudKubeconfig(target.stack, await (await StackState.open(target, signal)).exported());
  return temporary(text, { context });
}

/**
 * The way to a cluster that is there already: the context that the stack names, cut out of the file that has it.
 * @throws UserError naming the setting that leads nowhere
 */
export function wayToExisting({ stackFile, stack, context }: Pick<Target, "stackFile" | "stack" | "context">): WayIn {
  if (!context) {
    throw new UserError(`${stackFile} names no context`, "set cluster.context: kubectl config get-contexts");
  }
  const { kubeconfig } = (layersAt(stackFile).cluster ?? {}) as { readonly kubeconfig?: unknown };
  const named = { context, ...(typeof kubeconfig === "string" && { kubeconfig }) };
  try {
    return temporary(wayToCluster(named, clusterEnvironment(repository, homedir(), process.env)).text, named);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new UserError(
      `stack ${stack}: cluster.${error.key ?? "context"}: ${error.message}`,
      "correct it, then run this again",
    );
  }
}

/** A file that only this user can read: a kubeconfig may hold credentials, which do not belong on a command line. */
function temporary(text: string, named: { readonly context: string; readonly kubeconfig?: string }): WayIn {
  const folder = temporaryFolder("kubeconfig");
  const file = join(folder, "kubeconfig");
  writeFileSync(file, text, { mode: 0o600 });
  const close = () => rmSync(folder, { recursive: true, force: true });
  return { file, context: named.context, words: kubectlWords(named), close };
}
