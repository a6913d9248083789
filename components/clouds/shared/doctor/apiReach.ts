import { type Answer, type CloudSubject, certain, type Finding, failed, ok, type World } from "./model";

/** Port of the API servers of the clouds. */
const port = 443;

/**
 * Whether this machine reaches the API server of a cluster that is there: it is tried.
 * @param todo what to do where it is not reached
 */
export async function reachOfExisting(
  name: string,
  server: string,
  { first, target }: CloudSubject,
  world: World,
  todo: string,
): Promise<Finding[]> {
  if (first) {
    return [
      certain(
        "cluster.name",
        `a cluster ${name} is there, and the state of stack ${target.stack} does not know it: the first up would make one of that name`,
        "log in to the backend that has its state (pulumi login), delete the cluster, or name the stack otherwise",
      ),
    ];
  }
  const host = new URL(server).hostname;
  if (await world.connects(host, port)) return [ok(`the API server of ${name} answers this machine`)];
  return [failed(`the API server of ${name} (${host}) does not answer this machine`, todo)];
}

/** What a command printed as JSON; undefined where it failed. */
export function jsonOf<T>({ exitCode, stdout }: Answer): T | undefined {
  if (exitCode !== 0) return undefined;
  try {
    return JSON.parse(stdout) as T;
  } catch {
    return undefined;
  }
}
