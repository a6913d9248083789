import { join } from "node:path";
import { execa } from "execa";
import { isExecutable } from "../../engine/goTool";
import { layersAt } from "../../engine/stack/stackFile";
import type { Target } from "../../engine/stack/target";
import { binaries } from "../../lib/paths";
import { UserError } from "../../lib/userError";
import { Kubectl } from "./kubectl";
import { ClusterError, notUp } from "./kubectlErrors";
import { skewOf } from "./versions";
import { wayIn } from "./wayIn";

/** The way into the cluster of one stack. */
export interface ClusterAccess {
  readonly kubectl: Kubectl;
  /** The platform's namespace. */
  readonly namespace: string;
  readonly context: string;
  /** Takes the temporary kubeconfig away, if one was made; it goes with the process at the latest. */
  close(): void;
}

export interface AccessOptions {
  /** Ends what was begun. */
  readonly signal?: AbortSignal;
  /** Told what is unusual but no reason to stop. */
  readonly note?: (line: string) => void;
  /** For who asks whether anything is there. @default false: without the platform's namespace it is refused */
  readonly evenWithoutNamespace?: boolean;
}

/**
 * Finds the way into a stack's cluster (`wayIn`), and makes sure that the stack is there. Never the current context.
 * @throws UserError when kubectl is missing or the stack's file leads nowhere; ClusterError when the cluster is not
 * reached, does not let us in, or has no such namespace
 */
export async function accessTo(target: Target, options: AccessOptions = {}): Promise<ClusterAccess> {
  const found = await wayIn(target, options.signal);
  try {
    const executable = kubectlFor(target);
    const namespace = namespaceOf(target);
    const { file: kubeconfig, context, words } = found;
    const { stack, local } = target;
    const kubectl = new Kubectl({
      executable,
      kubeconfig,
      context,
      words,
      namespace,
      stack,
      local,
      signal: options.signal,
    });
    const there = options.evenWithoutNamespace ? [] : [isThere(kubectl)];
    await Promise.all([...there, ...(local ? [] : [checkVersions(kubectl, options.note)])]);
    return { kubectl, namespace, context, close: found.close };
  } catch (error) {
    found.close();
    throw error;
  }
}

/** The platform's namespace, as the stack's file names it; the program checks the setting. */
function namespaceOf({ stackFile }: Pick<Target, "stackFile">): string {
  const cluster = layersAt(stackFile).cluster as { readonly namespace?: unknown } | undefined;
  return typeof cluster?.namespace === "string" ? cluster.namespace : "switchboard";
}

/** The local nodes come with a kubectl of their own version; elsewhere it is the person's. */
function kubectlFor({ local, stack }: Target): string {
  const built = join(binaries, "kubectl");
  if (local && isExecutable(built)) return built;
  const onPath = (process.env.PATH ?? "")
    .split(":")
    .filter(Boolean)
    .map((folder) => join(folder, "kubectl"))
    .find(isExecutable);
  if (onPath) return onPath;
  if (isExecutable(built)) return built;
  throw new UserError(
    "kubectl is not installed",
    local
      ? `npm run up -- ${stack} makes one`
      : "install it (https://kubernetes.io/docs/tasks/tools/), then run this again",
  );
}

async function isThere(kubectl: Kubectl): Promise<void> {
  try {
    await kubectl.text(["get", "namespace", kubectl.namespace, "--output=name"]);
  } catch (error) {
    if (error instanceof ClusterError && error.trouble === "not found") throw notUp(kubectl.options);
    // Who may see pods but not namespaces gets on; what is missing shows at the first object.
    if (error instanceof ClusterError && error.trouble === "forbidden") return;
    throw error;
  }
}

async function checkVersions(kubectl: Kubectl, note?: (line: string) => void): Promise<void> {
  const { executable, environment } = kubectl.options;
  // Without --client it fails as a whole where the server does not answer, which `isThere` says better.
  const { stdout } = await execa(executable, kubectl.args("version", "--output=json"), {
    ...{ reject: false, stdin: "ignore", timeout: 30_000, env: { ...environment } },
  });
  const skew = skewOf(stdout ?? "");
  if (skew?.verdict === "refuse") throw new UserError(`${executable}: ${skew.what}`, skew.todo);
  if (skew?.verdict === "note") note?.(`${executable}: ${skew.what}; ${skew.todo}`);
}
