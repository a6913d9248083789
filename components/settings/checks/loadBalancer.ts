import { cloudOf } from "../../clouds";
import type { CloudModule, LoadBalancerFacts } from "../../clouds/shared/module";

/** The cloud whose load balancer the stack makes; undefined on a cluster that is not this stack's. */
export function loadBalancerCloud(
  cluster: { readonly kind: string } | undefined,
): (CloudModule & { readonly loadBalancer: LoadBalancerFacts }) | undefined {
  const cloud = cluster && cloudOf("cluster", cluster.kind);
  return cloud?.loadBalancer && { ...cloud, loadBalancer: cloud.loadBalancer };
}
