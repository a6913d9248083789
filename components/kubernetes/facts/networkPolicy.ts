import type { Facts } from "../../clouds/shared/facts";
import type { Complaint } from "../../clouds/shared/facts/demand";
import type { Resource } from "../../clouds/shared/facts/resource";
import { both, type Watched } from "../../clouds/shared/facts/risk";
import { at, isEveryone, isHidden, isObject, listOf, mayBeEdge, stated } from "../../clouds/shared/facts/value";
import { free } from "./values";

/** Which pods reach which. */
export const networkPolicy: Facts = {
  "kubernetes:networking.k8s.io/v1:NetworkPolicy": {
    watch: [widened],
    demands: { "network-policy-not-open": notOpen },
    price: free.object,
  },
};

/** A network policy that has more rules, or rules with fewer limits, than before. */
function widened(before: Resource, after: Resource): Watched[] {
  return (["ingress", "egress"] as const).flatMap((direction): Watched[] => {
    const path = `spec.${direction}`;
    const [from, to] = both(before, after, path).map((value) => (Array.isArray(value) ? value : []));
    const known = new Set(from!.flatMap(allowances));
    const added = to!.filter((rule) => allowances(rule).some((allowance) => !known.has(allowance)));
    if (added.length === 0) return [];
    const way = direction === "ingress" ? "reach its pods" : "be reached by its pods";
    return [
      {
        path,
        risk: "caution",
        what: `more may ${way} than before (${added.length} new or changed rule${added.length === 1 ? "" : "s"})`,
      },
    ];
  });
}

/** What a rule of a network policy allows: each peer with each port, so that a rule with fewer of them is no new one. */
function allowances(rule: unknown): string[] {
  const { ports, ...rest } = isObject(rule) ? rule : {};
  const listed = rest.to ?? rest.from;
  const peers = Array.isArray(listed) ? listed : [rest];
  const numbers = Array.isArray(ports) && ports.length > 0 ? ports : ["every port"];
  return peers.flatMap((peer) => numbers.map((port) => JSON.stringify([peer, port])));
}

function notOpen(inputs: unknown): Complaint[] {
  const edge = mayBeEdge(at(inputs, "spec.podSelector.matchLabels"));
  return [
    ["ingress", "from"],
    ["egress", "to"],
  ].flatMap(([direction, peers]) =>
    listOf(at(inputs, `spec.${direction}`)).flatMap((rule, index) => {
      if (isHidden(rule)) return [];
      const path = `spec.${direction}[${index}].${peers}`;
      const list = at(rule, peers!);
      const open =
        list === undefined ||
        (Array.isArray(list) && (list.length === 0 || list.some((peer) => isEveryone(at(peer, "ipBlock.cidr")))));
      const ports = at(rule, "ports");
      const named = isHidden(ports) || listOf(ports).length > 0;
      const wayOut = direction === "egress" && Array.isArray(list) && list.length > 0 && list.every(sparesPrivate);
      if (!open || (named && (wayOut || (edge && direction === "ingress")))) return [];
      return [
        {
          message: `${stated(path, list)}, which is everybody`,
          todo: "name the peers where the layer asks for the connection (components/network/networkRules.ts)",
        },
      ];
    }),
  );
}

/** Networks that nobody means by the internet: private ones, those of carriers, and link-local with the metadata. */
const neverPublic = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"];

/** Whether a peer is no network of everybody, or one without what is nobody's on the internet. */
function sparesPrivate(peer: unknown): boolean {
  const cidr = at(peer, "ipBlock.cidr");
  if (!isEveryone(cidr)) return true;
  const except = at(peer, "ipBlock.except");
  if (isHidden(except)) return true;
  // Of IPv6 what is given out at all is 2000::/3, and a wider network has private ones in it.
  return cidr === "0.0.0.0/0" && neverPublic.every((network) => listOf(except).includes(network));
}
