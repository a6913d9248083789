import type { AppHealth } from "../../../components/apps/shared/health";
import type { Kubectl } from "../../cluster/kubectl";
import type { DependencyFacts } from "./facts";

/** Asked from inside a pod, in Node.js, with a path that is not public. */
const question =
  'fetch("http://127.0.0.1:" + process.env.PORT + process.argv[1]).then(async (answer) => console.log(await answer.text()))';

/** What a pod says of its servers; undefined where there is none, or nobody may run anything in it. */
export async function readDependencies(
  kubectl: Kubectl,
  { workload, container, path }: NonNullable<AppHealth["servers"]>,
): Promise<DependencyFacts | undefined> {
  const command = ["exec", `deployment/${workload}`, `--container=${container}`, "--", "node", "-e", question, path];
  return kubectl.text(command, { timeoutSeconds: 10 }).then(dependenciesIn, () => undefined);
}

/** Postgres and Redis in its answer. */
export function dependenciesIn(text: string): DependencyFacts | undefined {
  try {
    const { postgres, redis } = JSON.parse(text) as Partial<Record<string, DependencyFacts[string]>>;
    if (!postgres && !redis) return undefined;
    return { ...(postgres && { postgres }), ...(redis && { redis }) };
  } catch {
    return undefined;
  }
}
