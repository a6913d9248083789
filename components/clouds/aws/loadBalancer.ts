import type { LoadBalancerFacts } from "../shared/module";

/**
 * Seconds that the load balancer goes on sending new connections to a pod that is going away. One with pods as targets does
 * so whatever its deregistration delay is set to: two minutes and more were measured
 * (https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2366, 2131, 3270).
 */
export const deregistrationSeconds = 150;

/** A Network Load Balancer with pods as targets. */
export const loadBalancer: LoadBalancerFacts = {
  annotationPrefix: "service.beta.kubernetes.io/aws-load-balancer-",
  proxyProtocol: true,
  ipv6: false,
};
