import type { PoolSettings } from "../shared/pools";

/** A node group: the part of a pool that lies in some zones. */
export interface PoolGroup {
  /** Unique among the groups of the cluster. */
  readonly name: string;
  /** Places of its zones in the list of the cluster's zones. */
  readonly zones: readonly number[];
  readonly min: number;
  readonly max: number;
}

/**
 * The node groups that a pool is made of. Apps run in one group over all zones. A server with a disk can run only in its
 * disk's zone, and neither EC2 nor the autoscaler would start a node just there in a group over several zones: so a pool
 * for data is one group in each zone, and its nodes are dealt out to them in turn. A zone that none falls to has no
 * group.
 *
 * @param zones the cluster's zones
 */
export function poolGroups(
  pool: string,
  { role, min, max }: Pick<PoolSettings, "role" | "min" | "max">,
  zones: readonly string[],
): PoolGroup[] {
  if (role !== "data") return [{ name: pool, zones: zones.map((_, index) => index), min, max }];
  return zones
    .map((zone, index) => ({
      name: `${pool}-${zone}`,
      zones: [index],
      min: share(min, zones.length, index),
      max: share(max, zones.length, index),
    }))
    .filter((group) => group.max > 0);
}

/** How many nodes are exchanged at a time, as settings say it. */
export interface Exchange {
  readonly maxUnavailable: number;
  readonly maxUnavailablePercent?: number;
}

/** How EKS is told; a number above what there may be is refused. */
export function updateConfig({ maxUnavailable, maxUnavailablePercent }: Exchange, max: number) {
  return maxUnavailablePercent === undefined
    ? { maxUnavailable: Math.min(maxUnavailable, max) }
    : { maxUnavailablePercentage: maxUnavailablePercent };
}

/** Nodes of a group of `max` that are exchanged at a time, at least. */
export function nodesAtOnce({ maxUnavailable, maxUnavailablePercent }: Exchange, max: number): number {
  if (maxUnavailablePercent === undefined) return Math.max(Math.min(maxUnavailable, max), 1);
  return Math.max(Math.ceil((max * maxUnavailablePercent) / 100), 1);
}

/**
 * A node's longest exchange, in minutes: EKS waits 15 for its pods to move
 * (https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html), and a new node is there in 5.
 */
const exchangeMinutes = 20;
/** What the update of a group takes besides: groups are scaled up before, and back afterwards. */
const aroundMinutes = 30;

/**
 * How long the provider waits for a group: it gives up after an hour by itself, and nine nodes that are emptied one after
 * the other take longer. Pods that take their whole time to stop are what this is for.
 */
export function groupTimeouts(exchange: Exchange, max: number) {
  const rounds = Math.ceil(max / nodesAtOnce(exchange, max));
  const minutes = Math.max(rounds * exchangeMinutes + aroundMinutes, 60);
  return { create: "60m", update: `${minutes}m`, delete: "60m" };
}

/** What falls to one of `parts` when `total` is dealt out in turn. */
function share(total: number, parts: number, index: number): number {
  return Math.floor(total / parts) + (index < total % parts ? 1 : 0);
}

const effects = {
  NoSchedule: "NO_SCHEDULE",
  PreferNoSchedule: "PREFER_NO_SCHEDULE",
  NoExecute: "NO_EXECUTE",
} as const;

/** A taint's effect in the words of EKS. */
export function taintEffect(effect: keyof typeof effects): (typeof effects)[keyof typeof effects] {
  return effects[effect];
}
