import type { Kubectl } from "../../cluster/kubectl";
import type { DependencyFacts } from "./facts";

/** Asks the panel's pod from inside itself: what the kubelet is told is not public, and a pod that is not ready says why. */
const question =
  'fetch("http://127.0.0.1:" + process.env.PORT + "/readyz").then(async (answer) => console.log(await answer.text()))';

/** What a panel pod says of its servers; undefined where there is none, or nobody may run anything in it. */
export async function readDependencies(kubectl: Kubectl): Promise<DependencyFacts | undefined> {
  const command = ["exec", "deployment/panel", "--container=web", "--", "node", "-e", question];
  return kubectl.text(command, { timeoutSeconds: 10 }).then(dependenciesIn, () => undefined);
}

/** Postgres and Redis in the answer of the panel's `/readyz`. */
export function dependenciesIn(text: string): DependencyFacts | undefined {
  try {
    const { postgres, redis } = JSON.parse(text) as Partial<Record<string, DependencyFacts[string]>>;
    if (!postgres && !redis) return undefined;
    return { ...(postgres && { postgres }), ...(redis && { redis }) };
  } catch {
    return undefined;
  }
}
