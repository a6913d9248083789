import type { Cluster } from "../contracts";
import type { ClusterSettings } from "../settings";

/** The kinds of cluster. Each is loaded only when the stack chose it, so that no other cloud's SDK is. */
const clusterKinds = {
  existing: async () => (await import("./existing")).ExistingCluster,
} satisfies Record<ClusterSettings["kind"], unknown>;

/** Builds, or finds, the cluster that the settings chose. */
export async function createCluster(settings: ClusterSettings): Promise<Cluster> {
  const Kind = await clusterKinds[settings.kind]();
  return new Kind("cluster", settings);
}
