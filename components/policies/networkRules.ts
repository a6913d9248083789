import type * as inputs from "@pulumi/kubernetes/types/input";
import type { NetworkEdge, PodIdentity } from "../contracts";
import { selectorLabels } from "../naming";

type Spec = inputs.networking.v1.NetworkPolicySpec;
type IngressRule = inputs.networking.v1.NetworkPolicyIngressRule;
type EgressRule = inputs.networking.v1.NetworkPolicyEgressRule;

/** Address of NodeLocal DNSCache, which answers in the place of the DNS Service where it is installed. */
const nodeLocalDns = "169.254.20.10/32";

/**
 * The network policies of a graph of connections, by name: nothing may connect to anything, every pod may ask the
 * cluster's DNS, and then each edge is allowed at both of its ends.
 */
export function networkRules(edges: readonly NetworkEdge[]): Record<string, Spec> {
  const policies: Record<string, Spec> = {
    "deny-all": { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    dns: { podSelector: {}, policyTypes: ["Egress"], egress: dnsRules() },
  };
  const to = byPod(edges, (edge) => ("pods" in edge.to ? edge.to.pods : undefined));
  const from = byPod(edges, (edge) => (edge.from === "anywhere" ? undefined : edge.from));
  for (const identity of podsOf(edges)) {
    const pod = nameOf(identity);
    const ingress = unique((to.get(pod) ?? []).map(ingressRule));
    const egress = unique((from.get(pod) ?? []).map(egressRule));
    policies[pod] = {
      podSelector: { matchLabels: selectorLabels(identity) },
      policyTypes: [...(ingress.length > 0 ? ["Ingress"] : []), ...(egress.length > 0 ? ["Egress"] : [])],
      ...(ingress.length > 0 ? { ingress } : {}),
      ...(egress.length > 0 ? { egress } : {}),
    };
  }
  return policies;
}

function dnsRules(): EgressRule[] {
  const ports = ["UDP", "TCP"].map((protocol) => ({ protocol, port: 53 }));
  const clusterDns = {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
    podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
  };
  return [{ to: [clusterDns, { ipBlock: { cidr: nodeLocalDns } }], ports }];
}

/** Every kind of pod at either end of an edge, in a fixed order. */
function podsOf(edges: readonly NetworkEdge[]): PodIdentity[] {
  const pods = edges.flatMap(({ from, to }) => [
    ...(from === "anywhere" ? [] : [from]),
    ...("pods" in to ? [to.pods] : []),
  ]);
  const byName = new Map(pods.map((identity) => [nameOf(identity), identity]));
  return [...byName.keys()].sort().map((key) => byName.get(key)!);
}

/** The edges of each kind of pod at one of their ends. */
function byPod(
  edges: readonly NetworkEdge[],
  end: (edge: NetworkEdge) => PodIdentity | undefined,
): ReadonlyMap<string, NetworkEdge[]> {
  const found = new Map<string, NetworkEdge[]>();
  for (const edge of edges) {
    const identity = end(edge);
    if (!identity) continue;
    const list = found.get(nameOf(identity));
    if (list) list.push(edge);
    else found.set(nameOf(identity), [edge]);
  }
  return found;
}

function nameOf({ name, component }: PodIdentity): string {
  return `${name}-${component}`;
}

function ingressRule({ from, to }: NetworkEdge): IngressRule {
  const ports = [{ protocol: "TCP", port: to.port }];
  return from === "anywhere" ? { ports } : { from: [{ podSelector: { matchLabels: selectorLabels(from) } }], ports };
}

function egressRule({ to }: NetworkEdge): EgressRule {
  const peer =
    "pods" in to ? { podSelector: { matchLabels: selectorLabels(to.pods) } } : { ipBlock: { cidr: to.cidr } };
  return { to: [peer], ports: [{ protocol: "TCP", port: to.port }] };
}

function unique<T>(rules: readonly T[]): T[] {
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
}
