import type { Resource } from "../../components/clouds/shared/facts/resource";

export type { Resource, SourceLine } from "../../components/clouds/shared/facts/resource";
export { secret, unknown } from "../../lib/masking/marks";

/** `GkeCluster` of `switchboard:cluster:GkeCluster`, `Deployment` of `kubernetes:apps/v1:Deployment`. */
export function kindOf(type: string): string {
  return type.split(":").pop()!.split("/").pop()!;
}

/** Whether a type is an object of the cluster's API, and not a chart. */
export function isKubernetesObject(type: string): boolean {
  return type.startsWith("kubernetes:") && !/^kubernetes:(helm\.sh|yaml|kustomize)\b/.test(type);
}

/** The name in a URN: all after its last `::` that stands before the name. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** The type in a URN, without those of its parents. */
export function typeOf(urn: string): string {
  return (urn.split("::")[2] ?? "").split("$").pop()!;
}

/** The components that a resource stands in, outermost first, by URN; the stack itself is none. */
export function componentsOf(resource: Resource, byUrn: ReadonlyMap<string, Resource>): Resource[] {
  const chain: Resource[] = [];
  const seen = new Set([resource.urn]);
  // A report may say anything, also that two resources are each other's parents.
  for (let at = byUrn.get(resource.parent); at && !seen.has(at.urn); at = byUrn.get(at.parent)) {
    seen.add(at.urn);
    if (!at.custom && at.type !== "pulumi:pulumi:Stack") chain.unshift(at);
  }
  return chain;
}
