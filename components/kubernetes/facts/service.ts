import type { Facts, Inputs } from "../../clouds/shared/facts";
import type { Bill, Written } from "../../clouds/shared/facts/bill";
import { show } from "../../clouds/shared/facts/count";
import type { Complaint } from "../../clouds/shared/facts/demand";
import { isEverybody, type Opening } from "../../clouds/shared/facts/openings";
import type { Resource } from "../../clouds/shared/facts/resource";
import { both, type Watched } from "../../clouds/shared/facts/risk";
import { at, isObject, mayBeEdge, stated, textOf } from "../../clouds/shared/facts/value";
import { ofThatCluster } from "./values";

/** What everything that asks for Services finds them by. */
export const serviceType = "kubernetes:core/v1:Service";

/** A name in the cluster and, where it is of type LoadBalancer, the way in from the world. */
export const service: Facts = {
  [serviceType]: {
    runs: true,
    openings,
    watch: [lostBalancer],
    keptByOthers: [
      {
        path: /^spec\.(clusterIPs?|ipFamilies|ipFamilyPolicy|healthCheckNodePort|allocateLoadBalancerNodePorts|ports\[[^\]]+\]\.nodePort)\b/,
        kind: "add",
        why: "given out by the cluster",
      },
    ],
    demands: { "balancer-only-at-edge": onlyAtEdge },
    price,
    status: "Service",
  },
};

/** Whether a resource is the cloud's load balancer. */
export function isLoadBalancer({ type, inputs }: Pick<Resource, "type" | "inputs">): boolean {
  return type === serviceType && inputs?.spec?.type === "LoadBalancer";
}

/** Whether a Service is reached from outside the cluster; not where that is not known. */
export function isPublicService(inputs: unknown): boolean {
  return /^(LoadBalancer|NodePort)$/.test(textOf(at(inputs, "spec.type")) ?? "");
}

/** A Service of type LoadBalancer, unless it is internal or lets in only some networks. */
function openings({ metadata, spec }: Inputs): Opening[] {
  if (spec?.type !== "LoadBalancer") return [];
  const annotations = isObject(metadata?.annotations) ? metadata.annotations : {};
  const internal =
    /^internal$/i.test(String(annotations["networking.gke.io/load-balancer-type"])) ||
    /^internal$/i.test(String(annotations["cloud.google.com/load-balancer-type"])) ||
    annotations["service.beta.kubernetes.io/aws-load-balancer-scheme"] === "internal" ||
    annotations["service.beta.kubernetes.io/aws-load-balancer-internal"] === "true";
  const sources = Array.isArray(spec.loadBalancerSourceRanges) ? spec.loadBalancerSourceRanges : [];
  if (internal || (sources.length > 0 && !sources.some(isEverybody))) return [];
  const ports = Array.isArray(spec.ports)
    ? spec.ports.flatMap((entry: unknown) => (isObject(entry) ? [entry.port] : []))
    : [];
  return [
    { path: "spec.type", what: `the internet reaches its port${ports.length === 1 ? "" : "s"} ${ports.join(", ")}` },
  ];
}

/** A Service that has no balancer of its own any more. */
function lostBalancer(before: Resource, after: Resource): Watched[] {
  const [from, to] = both(before, after, "spec.type");
  if (from !== "LoadBalancer" || to === from) return [];
  return [
    { path: "spec.type", risk: "danger", what: `its load balancer goes (${from} → ${to}), and with it its address` },
  ];
}

function onlyAtEdge(inputs: unknown): Complaint[] {
  const todo = "publish it through the edge: components/ingress/nginxConf.ts, `edge.service.type`";
  const addresses = at(inputs, "spec.externalIPs");
  const found: Complaint[] = [];
  if (isPublicService(inputs) && !mayBeEdge(at(inputs, "spec.selector")))
    found.push({
      message: `${stated("spec.type", at(inputs, "spec.type"))} and selects no pods of the edge`,
      todo,
    });
  if (Array.isArray(addresses) && addresses.length > 0)
    found.push({ message: `${stated("spec.externalIPs", addresses)}, and must be empty`, todo });
  return found;
}

/** Only a Service of type LoadBalancer costs: the balancer itself, and what leaves through it. */
function price(bill: Bill, inputs: Inputs): Written {
  const spec = bill.part(inputs.spec, "spec", "the Service");
  if (!spec) return;
  const type = spec.type ?? "ClusterIP";
  if (type === "ClusterIP" || type === "NodePort" || type === "ExternalName") {
    return bill.free(`a Service of type ${type} is an entry in the cluster's API`);
  }
  if (type !== "LoadBalancer")
    return bill.unpriced("the Service", `what it makes is not known: its type is ${show(type)}`);
  const { cluster } = bill;
  if (!cluster) return bill.unpriced("its balancer", ofThatCluster);
  if (cluster.balancer) cluster.balancer(bill, spec);
  else bill.unpriced("its balancer", "nobody has said what one costs in this cloud");
  bill.assume("traffic.out", "traffic.out", "what leaves to the internet");
}
