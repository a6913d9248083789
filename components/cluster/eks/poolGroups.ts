import type { PoolSettings } from "../../settings/layers/pools";

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
