import type { PodIdentity } from "../../contracts";

/**
 * What the server of a number is called: its StatefulSet, its Service, its claim and its backups. The first has the plain
 * name, so that stacks with one server have always had it.
 */
export function serverName(number: number): string {
  return number === 1 ? "postgres" : `postgres-${number}`;
}

/** By which its pod is found. All are of the tier `postgres`. */
export function serverIdentity(number: number): PodIdentity {
  return { name: "postgres", component: number === 1 ? "server" : `server-${number}` };
}

/** Whether a pod of the tier `postgres` with this component is a server. */
export function isServer(component: string | undefined): boolean {
  return /^server(-\d+)?$/.test(component ?? "");
}
