import { BlockList, isIP } from "node:net";
import type * as inputs from "@pulumi/kubernetes/types/input";
import type { PodIdentity } from "../../components/contracts";
import { selectorLabels } from "../../components/naming";

type Spec = inputs.networking.v1.NetworkPolicySpec;
type Peer = inputs.networking.v1.NetworkPolicyPeer;
type Selector = { matchLabels?: Record<string, string> };
type Rule = { peers?: Peer[]; ports?: { port?: number; protocol?: string }[] };

/** Pods of another namespace. */
export interface Elsewhere {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Where a connection is meant to go. */
export type Target =
  | { readonly pods: PodIdentity; readonly port: number }
  | { readonly address: string; readonly port: number }
  | { readonly elsewhere: Elsewhere; readonly port: number };

/**
 * Whether a TCP connection is allowed, by the semantics of NetworkPolicy: a pod that some policy of a direction selects
 * may do in that direction only what one of them allows; both ends must allow it. Written apart from the code that
 * makes the policies. `outside` is a client outside the cluster.
 */
export function reaches(policies: Record<string, Spec>, from: PodIdentity | "outside", to: Target): boolean {
  const specs = Object.values(policies);
  const target = "pods" in to ? to.pods : "address" in to ? to.address : to.elsewhere;
  const leaves = from === "outside" || allows(specs, "Egress", from, target, to.port);
  const enters = !("pods" in to) || allows(specs, "Ingress", to.pods, from, to.port);
  return leaves && enters;
}

function allows(
  specs: readonly Spec[],
  direction: "Ingress" | "Egress",
  pod: PodIdentity,
  peer: PodIdentity | Elsewhere | string,
  port: number,
): boolean {
  const own = specs.filter(
    (spec) => (spec.policyTypes as string[]).includes(direction) && selects(spec.podSelector as Selector, pod),
  );
  if (own.length === 0) return true;
  return own.flatMap((spec) => rulesOf(spec, direction)).some((rule) => matches(rule, peer, port));
}

function rulesOf(spec: Spec, direction: "Ingress" | "Egress"): Rule[] {
  const plain = spec as {
    ingress?: { from?: Peer[]; ports?: Rule["ports"] }[];
    egress?: { to?: Peer[]; ports?: Rule["ports"] }[];
  };
  return direction === "Ingress"
    ? (plain.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }))
    : (plain.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }));
}

function matches(rule: Rule, peer: PodIdentity | Elsewhere | string, port: number): boolean {
  const portMatches =
    !rule.ports || rule.ports.some((entry) => entry.port === port && (entry.protocol ?? "TCP") === "TCP");
  return portMatches && (!rule.peers || rule.peers.some((entry) => peerMatches(entry, peer)));
}

function peerMatches(entry: Peer, peer: PodIdentity | Elsewhere | string): boolean {
  const plain = entry as {
    ipBlock?: { cidr: string; except?: string[] };
    podSelector?: Selector;
    namespaceSelector?: Selector;
  };
  if (typeof peer === "string") {
    if (peer === "outside" || !plain.ipBlock) return false;
    const { cidr, except = [] } = plain.ipBlock;
    return holds(cidr, peer) && !except.some((network) => holds(network, peer));
  }
  if (plain.ipBlock) return false;
  if ("namespace" in peer) {
    const namespace: Record<string, string> = { "kubernetes.io/metadata.name": peer.namespace };
    return plain.namespaceSelector !== undefined
      ? covers(plain.namespaceSelector, namespace) && covers(plain.podSelector ?? {}, peer.labels)
      : false;
  }
  // Another namespace is never one of the platform's own pods.
  if (plain.namespaceSelector || !plain.podSelector) return false;
  return selects(plain.podSelector, peer);
}

/** Whether an address is in a network of its family. */
function holds(cidr: string, address: string): boolean {
  const [network, prefix] = cidr.split("/") as [string, string];
  if (isIP(network) !== isIP(address)) return false;
  const family = isIP(network) === 6 ? "ipv6" : "ipv4";
  const list = new BlockList();
  list.addSubnet(network, Number(prefix), family);
  return list.check(address, family);
}

function covers(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
}

function selects(selector: Selector, pod: PodIdentity): boolean {
  return covers(selector, selectorLabels(pod));
}
