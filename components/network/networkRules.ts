import type * as inputs from "@pulumi/kubernetes/types/input";
import type { ClusterDns, Connection, Destination, PodIdentity, PodsElsewhere } from "../contracts";
import { dnsLabel, selectorLabels } from "../naming";
import { dnsRules } from "./dns";
import { internetBlocks } from "./internet";

type Spec = inputs.networking.v1.NetworkPolicySpec;
type IngressRule = inputs.networking.v1.NetworkPolicyIngressRule;
type Peer = inputs.networking.v1.NetworkPolicyPeer;
type EgressRule = inputs.networking.v1.NetworkPolicyEgressRule;

/** What the names of policies start with that hold openings of the settings and nothing else. */
export const chosenPrefix = "egress-";

/**
 * The network policies of a graph of connections, by name: nothing may connect to anything, every pod may ask the
 * cluster's DNS, and then each connection is allowed at both of its ends. What the settings open stands apart, so that a
 * change of it is seen as what it is.
 *
 * @param dns who answers for names in this cluster, besides the resolvers that are known
 */
export function networkRules(connections: readonly Connection[], dns?: ClusterDns): Record<string, Spec> {
  const needed = connections.filter((connection) => !isChosen(connection));
  return { ...neededRules(needed, dns), ...chosenRules(connections.filter(isChosen)) };
}

function isChosen({ to, chosen }: Connection): boolean {
  return chosen ?? ("chosen" in to && to.chosen === true);
}

function chosenRules(connections: readonly Connection[]): Record<string, Spec> {
  const from = byPod(connections, clientOf);
  return Object.fromEntries(
    podsOf(connections).flatMap((identity): [string, Spec][] => {
      const outgoing = from.get(nameOf(identity)) ?? [];
      if (outgoing.length === 0) return [];
      const podSelector = { matchLabels: selectorLabels(identity) };
      const name = dnsLabel(`${chosenPrefix}${nameOf(identity)}`);
      return [[name, { podSelector, policyTypes: ["Egress"], egress: withAllPorts(outgoing) }]];
    }),
  );
}

/** One rule for each destination, with all of its ports. */
function withAllPorts(connections: readonly Connection[]): EgressRule[] {
  const ports = new Map<string, number[]>();
  for (const { to } of connections) {
    const peers = JSON.stringify(peersOf(to));
    ports.set(peers, [...(ports.get(peers) ?? []), to.port]);
  }
  return [...ports].map(([peers, numbers]) => ({
    to: JSON.parse(peers),
    ports: [...new Set(numbers)].sort((a, b) => a - b).map((port) => ({ protocol: "TCP", port })),
  }));
}

function neededRules(connections: readonly Connection[], dns: ClusterDns | undefined): Record<string, Spec> {
  const policies: Record<string, Spec> = {
    "deny-all": { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    dns: { podSelector: {}, policyTypes: ["Egress"], egress: dnsRules(dns) },
  };
  const to = byPod(connections, (connection) => ("pods" in connection.to ? connection.to.pods : undefined));
  const from = byPod(connections, clientOf);
  for (const identity of podsOf(connections)) {
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

/** Every kind of pod at either end of a connection, in a fixed order. */
function podsOf(connections: readonly Connection[]): PodIdentity[] {
  const pods = connections.flatMap((connection) => {
    const { to } = connection;
    const own = clientOf(connection);
    return [...(own ? [own] : []), ...("pods" in to ? [to.pods] : [])];
  });
  const byName = new Map(pods.map((identity) => [nameOf(identity), identity]));
  return [...byName.keys()].sort().map((key) => byName.get(key)!);
}

/** The pods of the platform that connect; undefined for clients of elsewhere. */
function clientOf({ from }: Connection): PodIdentity | undefined {
  return from === "anywhere" || "namespace" in from ? undefined : from;
}

/** The connections of each kind of pod at one of their ends. */
function byPod(
  connections: readonly Connection[],
  end: (connection: Connection) => PodIdentity | undefined,
): ReadonlyMap<string, Connection[]> {
  const found = new Map<string, Connection[]>();
  for (const connection of connections) {
    const identity = end(connection);
    if (!identity) continue;
    const list = found.get(nameOf(identity));
    if (list) list.push(connection);
    else found.set(nameOf(identity), [connection]);
  }
  return found;
}

function nameOf({ name, component }: PodIdentity): string {
  return `${name}-${component}`;
}

function ingressRule({ from, to }: Connection): IngressRule {
  const ports = [{ protocol: "TCP", port: to.port }];
  if (from === "anywhere") return { ports };
  return {
    from: ["namespace" in from ? peerElsewhere(from) : { podSelector: { matchLabels: selectorLabels(from) } }],
    ports,
  };
}

function egressRule({ to }: Connection): EgressRule {
  return { to: peersOf(to), ports: [{ protocol: "TCP", port: to.port }] };
}

function peersOf(to: Destination): Peer[] {
  if ("pods" in to) return [{ podSelector: { matchLabels: selectorLabels(to.pods) } }];
  if ("cidr" in to) return [{ ipBlock: { cidr: to.cidr } }];
  if ("internet" in to) return internetBlocks.map((ipBlock) => ({ ipBlock }));
  return [peerElsewhere(to)];
}

function peerElsewhere({ namespace, podLabels }: PodsElsewhere): Peer {
  const namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": namespace } };
  return { namespaceSelector, podSelector: { matchLabels: { ...podLabels } } };
}

function unique<T>(rules: readonly T[]): T[] {
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
}
