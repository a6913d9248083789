import type { StateEntry } from "../../../components/clouds/shared/deployed";
import type { LeftBehind } from "../../../components/clouds/shared/facts/life";
import { allFacts, factsOf } from "../../../components/facts";

/**
 * What a `destroy` of this state leaves, by the resources that are in it: last snapshots, backups that stay, and the keys
 * that these are encrypted with.
 */
export function leftBehind(resources: readonly StateEntry[]): LeftBehind[] {
  return Object.entries(allFacts()).flatMap(([type, { leaves }]) =>
    leaves ? resources.filter((resource) => resource.type === type && !resource.delete).flatMap(leaves) : [],
  );
}

/**
 * The same state with its keys marked as kept. @returns the very list that was given where all of them are
 */
export function withKeptKeys<Entry extends StateEntry>(resources: readonly Entry[]): readonly Entry[] {
  const goes = ({ type, retainOnDelete, external }: Entry) =>
    factsOf(type)?.keptKey === true && !retainOnDelete && !external;
  if (!resources.some(goes)) return resources;
  return resources.map((resource) => (goes(resource) ? { ...resource, retainOnDelete: true } : resource));
}
