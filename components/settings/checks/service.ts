import { show } from "../../schema/fields";
import { contains } from "../../schema/values/cidr";
import type { Check } from "./check";
import { loadBalancerCloud } from "./loadBalancer";

/** What only a cluster of one's own is told: a cloud's balancer is made and named by the stack. */
const ownClusterOnly = ["httpsPort", "httpPort", "loadBalancerClass", "address", "externalTrafficPolicy"] as const;

/** What a Service of type NodePort has no use for. */
const balancerOnly = ["loadBalancerClass", "address"] as const;

const ofClouds: Check = ({ cluster, edge }, { errors }) => {
  const cloud = loadBalancerCloud(cluster);
  if (!cloud || !edge) return;
  for (const key of ownClusterOnly) {
    const value = edge.service[key];
    if (value !== undefined)
      errors.push(
        `edge.service.${key}: ${show(value)} is set by the stack itself on ${cloud.name}, where it creates the load balancer; remove it`,
      );
  }
  // By these the stack tells the balancer what NGINX was configured for.
  const stackPrefix = cloud.loadBalancer.annotationPrefix;
  for (const key of Object.keys(edge.service.annotations).filter((key) => key.startsWith(stackPrefix))) {
    errors.push(
      `edge.service.annotations[${show(key)}]: is set by the stack itself on ${cloud.name}, where it creates the load balancer; remove it`,
    );
  }
};

const ofType: Check = ({ edge }, { errors }) => {
  if (edge?.service.type !== "NodePort") return;
  const { service } = edge;
  const given = balancerOnly.filter((key) => service[key] !== undefined);
  for (const key of [...given, ...(service.allowedSources.length > 0 ? ["allowedSources"] : [])])
    errors.push(
      `edge.service.${key}: has no use with type NodePort, which requests no load balancer; remove it, or set edge.service.type to LoadBalancer`,
    );
};

const ports: Check = ({ edge }, { errors }) => {
  if (!edge) return;
  const { httpsPort = edge.httpsPort, httpPort = edge.httpPort } = edge.service;
  if (httpsPort === httpPort && edge.httpsPort !== edge.httpPort)
    errors.push(`edge.service.httpPort: ${httpPort} is the port of HTTPS too (${httpsPort}); use two ports`);
};

/** Annotations by which balancers are asked for an address; some refuse a Service that has both. */
const addressAnnotations = [
  "metallb.io/loadBalancerIPs",
  "metallb.universe.tf/loadBalancerIPs",
  "kube-vip.io/loadbalancerIPs",
  "lbipam.cilium.io/ips",
  "io.cilium/lb-ipam-ips",
];

const address: Check = ({ edge }, { errors }) => {
  if (!edge?.service.address) return;
  const twice = addressAnnotations.find((key) => key in edge.service.annotations);
  if (twice)
    errors.push(
      `edge.service.annotations[${show(twice)}]: asks for an address as edge.service.address (${show(edge.service.address)}) does, and MetalLB refuses a Service with both; keep one of them`,
    );
};

/**
 * Where the client's address comes from a balancer's word, the connection itself is the balancer's, and so is the address
 * that a node compares with the allowed ones. The clouds' balancers compare it themselves.
 */
const allowedSources: Check = ({ cluster, edge }, { errors, warnings }) => {
  if (!edge || edge.service.allowedSources.length === 0) return;
  const { allowedSources } = edge.service;
  const { from, trustedProxies } = edge.clientAddress;
  const key = "edge.service.allowedSources";
  if (from !== "connection" && !loadBalancerCloud(cluster)) {
    const shut = trustedProxies.filter((network) => !allowedSources.some((source) => holds(source, network)));
    if (shut.length > 0)
      errors.push(
        `${key}: leaves out ${shut.join(", ")} of edge.clientAddress.trustedProxies. With edge.clientAddress.from ${from} every connection comes from those networks; limit the clients at that load balancer, and name its own networks here`,
      );
  }
  if (edge.certificate.kind === "acme" && edge.certificate.challenge === "http01")
    errors.push(
      `${key}: keeps an ACME authority out, because its addresses are not published (http01); remove it, or use another certificate${loadBalancerCloud(cluster) ? " or dns01" : ""}`,
    );
  if (loadBalancerCloud(cluster)?.loadBalancer.ipv6 === false)
    for (const network of allowedSources.filter((network) => network.includes(":")))
      errors.push(`${key}: ${show(network)} is an IPv6 network, and the load balancer has no IPv6; use IPv4 networks`);
  if (allowedSources.some((network) => network.endsWith("/0")))
    warnings.push(`${key}: a network of everybody makes the others meaningless; leave the list empty, or remove it`);
};

function holds(outer: string, inner: string): boolean {
  if (outer.includes(":") || inner.includes(":")) return outer === inner;
  return contains(outer, inner);
}

/** `Cluster` lets a node without the proxy pass a connection on, in its own name. */
const trafficPolicy: Check = ({ cluster, edge }, found) => {
  if (!edge || loadBalancerCloud(cluster) || edge.service.externalTrafficPolicy !== "Cluster") return;
  const { from } = edge.clientAddress;
  const key = "edge.service.externalTrafficPolicy";
  if (from === "connection") {
    found.refuseInProduction(
      `${key}: Cluster hides the client's address from NGINX. NGINX then counts all clients as one (edge.limits) and logs a node's address; use Local, or a load balancer that sends it (edge.clientAddress.from)`,
    );
  } else {
    found.warnInProduction(
      `${key}: Cluster replaces the load balancer's address by a node's. So edge.clientAddress.trustedProxies needs the nodes' networks too; use Local if the load balancer checks the nodes' health`,
    );
  }
};

/** The public Service: what contradicts the cluster, its type, the way of the client's address and the certificate. */
export const serviceChecks: readonly Check[] = [ofClouds, ofType, ports, address, allowedSources, trafficPolicy];
