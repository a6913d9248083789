import { chosenLabel } from "../../components/naming";
import type { Resource } from "../../engine/resources/resource";
import { bucketsOf } from "./buckets";
import { type DiagramContext, diagramContextOf } from "./context";
import { type Architecture, type Arrow, balancer, idOf, internet, listOf } from "./model";
import { awayBox, clientsElsewhere, waysOutOf } from "./waysOut";
import { workloadsOf } from "./workloads";

/**
 * Reads the architecture from a stack's own resources, never from a drawing: pods from its workloads, servers and pools
 * from what its cloud keeps, connections from its network policies, which are the same graph that gave the apps their
 * databases.
 */
export function architectureOf(resources: readonly Resource[]): Architecture {
  const context = diagramContextOf(resources);
  const out = waysOutOf(resources);
  const stored = bucketsOf(resources);
  const all = [workloadsOf(resources), context.boxes, stored.boxes, out.boxes, clientsElsewhere(resources)].flat();
  const boxes = all.sort((a, b) => (a.id < b.id ? -1 : 1));
  const inside = resources
    .filter(({ type, inputs }) => type.endsWith(":NetworkPolicy") && !inputs.metadata?.labels?.[chosenLabel])
    .flatMap(({ inputs }) => [...arrowsInto(inputs.spec), ...arrowsOut(inputs.spec, context)]);
  const arrows = [...inside, ...stored.arrows, ...out.arrows];
  return { cluster: context.cluster, boxes, arrows: merge(throughBalancer(arrows, context)) };
}

/** One arrow for each pair, with all its ports. */
function merge(arrows: readonly Arrow[]): Arrow[] {
  const merged = new Map<string, Arrow>();
  for (const { from, to, ports } of arrows) {
    const key = `${from} ${to}`;
    const known = merged.get(key)?.ports ?? [];
    merged.set(key, { from, to, ports: [...new Set([...known, ...ports])].sort((a, b) => a - b) });
  }
  return [...merged.keys()].sort().map((key) => merged.get(key)!);
}

/** Where a load balancer stands before what the world reaches, the world reaches the balancer. */
function throughBalancer(arrows: readonly Arrow[], { publicAddress }: DiagramContext): Arrow[] {
  if (!publicAddress) return [...arrows];
  const behind = arrows.map((arrow) =>
    arrow.from === internet && arrow.to === publicAddress.to ? { ...arrow, from: balancer } : arrow,
  );
  return [...behind, { from: internet, to: balancer, ports: publicAddress.ports }];
}

// biome-ignore lint/suspicious/noExplicitAny: the specification of a NetworkPolicy
function arrowsInto(spec: any): Arrow[] {
  const labels = spec?.podSelector?.matchLabels;
  if (!labels) return [];
  const to = idOf(labels);
  return listOf(spec.ingress).flatMap(({ from, ports }) => {
    const numbers = portsOf(ports);
    if (!from) return [{ from: internet, to, ports: numbers }];
    return listOf(from).flatMap((peer) => {
      if (peer.namespaceSelector) return [{ from: awayBox(peer).id, to, ports: numbers }];
      const labels = peer.podSelector?.matchLabels;
      return labels ? [{ from: idOf(labels), to, ports: numbers }] : [];
    });
  });
}

/** To what stands outside the cluster: a rule names its addresses, and the port tells which server it is. */
// biome-ignore lint/suspicious/noExplicitAny: as above
function arrowsOut(spec: any, { servers }: DiagramContext): Arrow[] {
  const labels = spec?.podSelector?.matchLabels;
  if (!labels) return [];
  const ports = listOf(spec.egress)
    .filter(({ to }) => listOf(to).some(({ ipBlock }) => ipBlock))
    .flatMap((rule) => portsOf(rule.ports));
  return servers.flatMap((server) => {
    const reached = ports.filter((port) => server.ports.includes(port));
    return reached.length > 0 ? [{ from: idOf(labels), to: server.id, ports: reached }] : [];
  });
}

function portsOf(ports: unknown): number[] {
  return listOf(ports).flatMap(({ port }) => (typeof port === "number" ? [port] : []));
}
