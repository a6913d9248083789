import { clouds } from "../../../components/clouds";
import type { CloudDeployed, LeftBehind, StateEntry } from "../../../components/clouds/shared/deployed";
import type { CloudModule } from "../../../components/clouds/shared/module";

const deployed = (): CloudDeployed[] => Object.values<CloudModule>(clouds).flatMap((cloud) => cloud.deployed() ?? []);

/**
 * What a `destroy` of this state leaves, by the resources that are in it: last snapshots, backups that stay, and the keys
 * that these are encrypted with.
 */
export function leftBehind(resources: readonly StateEntry[]): LeftBehind[] {
  return deployed().flatMap(({ leaves }) =>
    Object.entries(leaves).flatMap(([type, left]) =>
      resources.filter((resource) => resource.type === type && !resource.delete).flatMap(left),
    ),
  );
}

/**
 * The same state with its keys marked as kept. @returns the very list that was given where all of them are
 */
export function withKeptKeys<Entry extends StateEntry>(resources: readonly Entry[]): readonly Entry[] {
  const keys = deployed().flatMap(({ keptKeys }) => keptKeys);
  const goes = ({ type, retainOnDelete, external }: Entry) => keys.includes(type) && !retainOnDelete && !external;
  if (!resources.some(goes)) return resources;
  return resources.map((resource) => (goes(resource) ? { ...resource, retainOnDelete: true } : resource));
}
