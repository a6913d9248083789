import type { Destination } from "../../contracts";

/**
 * Where pods of a cluster with Dataplane V2 get their identity's token
 * (https://cloud.google.com/kubernetes-engine/docs/how-to/network-policy#network-policy-and-workload-identity).
 */
export const metadataServer: Destination = { cidr: "169.254.169.254/32", port: 80 };
