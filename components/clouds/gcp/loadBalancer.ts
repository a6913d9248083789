import type { LoadBalancerFacts } from "../shared/module";

/**
 * Seconds that the load balancer goes on sending new connections to a pod that is going away. It asks a node 3 seconds
 * apart and believes the second "no" (6 seconds; ingress-gce, pkg/l4/healthchecks), the node hears of the pod's end within
 * a few, and the network of it within ten. With the health check that Services of a cluster share it would be three
 * questions 8 seconds apart: the larger of the two.
 */
export const deregistrationSeconds = 24;

/** A regional passthrough load balancer: packets arrive as the client sent them. */
export const loadBalancer: LoadBalancerFacts = {
  annotationPrefix: "networking.gke.io/load-balancer-",
  proxyProtocol: false,
  ipv6: true,
};
