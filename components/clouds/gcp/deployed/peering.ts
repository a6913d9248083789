import type { NetworkHold, StateEntry } from "../../shared/deployed";
import { databaseInstanceType } from "../facts/databaseInstance";
import { connectionType, networkType } from "../facts/network";
import { redisInstanceType } from "../facts/redisInstance";

/** Everything that needs the peering. */
const users: readonly string[] = [connectionType, databaseInstanceType, redisInstanceType];

/** What Google calls the peering of its own services (https://cloud.google.com/vpc/docs/configure-private-services-access). */
const serviceNetworking = "servicenetworking-googleapis-com";

/**
 * The peering that holds the network of a stack which was destroyed up to its network: the connection is given up, not
 * deleted, because Google refuses that for days after the last Cloud SQL instance; the peering itself can be removed at
 * once, and Google then lets the network go
 * (https://github.com/GoogleCloudPlatform/magic-modules/pull/18476).
 *
 * @param resources what the state still has
 * @returns undefined while anything still needs the peering, or there is no such network
 */
export function heldPeering(resources: readonly StateEntry[]): NetworkHold | undefined {
  const network = resources.find(({ type }) => type === networkType);
  if (!network || resources.some(({ type }) => users.includes(type))) return undefined;
  const { name, project } = (network.outputs ?? network.inputs ?? {}) as Record<string, unknown>;
  if (typeof name !== "string" || typeof project !== "string") return undefined;
  const remove = ["gcloud", "compute", "networks", "peerings", "delete", serviceNetworking];
  return {
    what: `the peering ${serviceNetworking} holds network ${name} of ${project}`,
    command: [...remove, "--network", name, "--project", project, "--quiet"],
  };
}
