import type { Resource } from "../../engine/resources/resource";
import type { Operation } from "./model";
import { compareTexts } from "./order";

/** How many of each operation; what has none is not counted. */
export function countsOf(operations: readonly (Operation | undefined)[]): Record<Operation, number> {
  const counts: Record<Operation, number> = {
    ...{ create: 0, update: 0, replace: 0, delete: 0, import: 0, forget: 0, read: 0, refresh: 0, same: 0 },
  };
  for (const operation of operations) if (operation) counts[operation]++;
  return counts;
}

/** Each resource once, by URN. */
export function resourcesOf(resources: readonly Resource[]): Resource[] {
  return [...new Map(resources.map((resource) => [resource.urn, resource])).values()].sort((a, b) =>
    compareTexts(a.urn, b.urn),
  );
}
