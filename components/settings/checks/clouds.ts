import type { Layers } from "./check";

/** What people call the clouds. */
export const cloudNames = { gke: "Google Cloud", eks: "AWS" } as const;

/** The cloud that the balancer is from; undefined on a cluster that is not this stack's. */
export function cloudOf(cluster: Layers["cluster"]): keyof typeof cloudNames | undefined {
  return cluster === undefined || cluster.kind === "existing" ? undefined : cluster.kind;
}
