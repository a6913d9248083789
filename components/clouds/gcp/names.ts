import { shortHash } from "../../naming";

/**
 * A name as Google Cloud takes it: lower-case letters, digits and `-`, a letter first, none of the `-` at the end. A name
 * that is too long keeps its start and ends with a hash of the whole, so that two long names stay different.
 *
 * @param most characters, 20 or more: 40 for a cluster, 30 for a service account
 */
export function cloudName(text: string, most: number): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "");
  if (plain === text && plain.length <= most) return plain;
  return `${plain.slice(0, most - 11).replace(/-+$/, "")}-${shortHash(text)}`;
}

/** The name of a stack's cluster on GKE: at most 40 characters (https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters). */
export function clusterNameOf(fullName: string): string {
  return cloudName(fullName, 40);
}

/** What `gcloud container clusters get-credentials` calls the context of a cluster, so that its commands fit. */
export function contextName(cluster: { project: string; region: string; name: string }): string {
  return `gke_${cluster.project}_${cluster.region}_${cluster.name}`;
}

/** Names of the subnet's secondary ranges. */
export const ranges = { pods: "pods", services: "services" } as const;

/** The workload identity pool that every cluster of a project is in. */
export function workloadPool(project: string): string {
  return `${project}.svc.id.goog`;
}

/**
 * A Kubernetes service account as IAM names it: roles are granted to it directly, without a Google service account
 * between (https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity).
 */
export function workloadPrincipal(
  project: { project: string; projectNumber: string },
  account: { namespace: string; name: string },
): string {
  return `principal://iam.googleapis.com/projects/${project.projectNumber}/locations/global/workloadIdentityPools/${workloadPool(project.project)}/subject/ns/${account.namespace}/sa/${account.name}`;
}

/** Google's own account that GKE acts as in a project. */
export function gkeServiceAgent(projectNumber: string): string {
  return `serviceAccount:service-${projectNumber}@container-engine-robot.iam.gserviceaccount.com`;
}
