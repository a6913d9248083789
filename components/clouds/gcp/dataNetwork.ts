import { RunError } from "@pulumi/pulumi";
import type { GoogleCloud, Place } from "../../contracts";

/**
 * The Google Cloud that a managed server is put in.
 *
 * @param key the setting that asked for the server
 * @throws RunError where the cluster stands elsewhere
 */
export function googleCloud(place: Pick<Place, "cloud">, key: string, kind: string): GoogleCloud {
  if (place.cloud?.kind === "google") return place.cloud;
  throw new RunError(
    `${key}: "${kind}" stands in the network of a GKE cluster; set cluster.kind to gke, or use inCluster`,
  );
}
