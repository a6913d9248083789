import type { PodIdentity } from "../../contracts";
import { firstClaim } from "../../naming";

/**
 * What the server of a number is called: its StatefulSet, its Service, its claim and its backups. The first has the plain
 * name, so that stacks with one server have always had it.
 */
export function serverName(number: number): string {
  return number === 1 ? "postgres" : `postgres-${number}`;
}

/**
 * What tells a server's databases apart from those of another number, so that what runs once runs once in each: the first
 * server has none, as before there were numbers.
 */
export function databaseIdOf(number: number): { readonly databaseId?: string } {
  return number === 1 ? {} : { databaseId: serverName(number) };
}

/** The claim of a server in the cluster. */
export function claimOf(number: number): string {
  return firstClaim(serverName(number));
}

/** The number of the server that a claim is of; undefined for any other claim. */
export function serverOfClaim(claim: string): number | undefined {
  const number = Number(/-(\d+)-0$/.exec(claim)?.[1] ?? 1);
  return claim === claimOf(number) ? number : undefined;
}

/** By which its pod is found. All are of the tier `postgres`. */
export function serverIdentity(number: number): PodIdentity {
  return { name: "postgres", component: number === 1 ? "server" : `server-${number}` };
}

/** Whether a pod of the tier `postgres` with this component is a server. */
export function isServer(component: string | undefined): boolean {
  return /^server(-\d+)?$/.test(component ?? "");
}
