import * as pulumi from "@pulumi/pulumi";
import type { ClusterTraits, PublicProfile, PublicServiceSpec } from "../../contracts";
import { deregistrationSeconds } from "./loadBalancer";

/** What the traits are made of. */
export interface GkeTraitsArgs {
  readonly placement: ClusterTraits["placement"];
  /** Name of the reserved public address. */
  readonly addressName: pulumi.Input<string>;
  readonly acmeDnsSolver: ClusterTraits["acmeDnsSolver"];
  readonly appAccess: ClusterTraits["appAccess"];
}

/** What GKE calls things. */
export function gkeTraits({ placement, addressName, acmeDnsSolver, appAccess }: GkeTraitsArgs): ClusterTraits {
  return {
    // An SSD of its own in every zone, five times the operations for each GiB of `standard-rwo`: what a database with a
    // small volume waits for is its log. Both come with every cluster, grow in place and wait for the pod's zone
    // (https://cloud.google.com/kubernetes-engine/docs/how-to/persistent-volumes/gce-pd-csi-driver).
    storageClass: "premium-rwo",
    namespaceLabels: {},
    placement,
    publicService: (profile) => publicServiceSpec(profile, addressName),
    deregistrationSeconds,
    acmeDnsSolver,
    dns: undefined,
    appAccess,
  };
}

/**
 * A regional passthrough balancer: packets reach the node as the client sent them, so the client's address is kept and no
 * timeout of a proxy cuts a WebSocket. It forgets a connection after 60 silent seconds and then sends it to the same
 * node again as long as the nodes stay the same; the chat's clients speak every 25 seconds, so it comes to that only
 * for others (https://cloud.google.com/load-balancing/docs/network/networklb-backend-service#connection-tracking).
 *
 * @throws pulumi.RunError when NGINX would wait for a PROXY protocol that this balancer does not speak; the settings
 *   refuse it before
 */
export function publicServiceSpec(profile: PublicProfile, addressName: pulumi.Input<string>): PublicServiceSpec {
  if (profile.proxyProtocol) {
    throw new pulumi.RunError(
      "edge.clientAddress.from: proxyProtocol is not spoken by the passthrough balancer of Google Cloud, which keeps the client's address as it is; use connection",
    );
  }
  return {
    // A name, not an address: the address is regional and in the cluster's project.
    annotations: { "networking.gke.io/load-balancer-ip-addresses": addressName },
    // By backend services, which later balancers of GKE are; needs GKE 1.33.1 or newer, which every channel has.
    loadBalancerClass: "networking.gke.io/l4-regional-external",
    externalTrafficPolicy: "Local",
    // With `Local` the balancer asks the node (`healthCheckNodePort`), where kube-proxy answers.
    asksHealthPort: false,
    takesNodePorts: true,
  };
}
