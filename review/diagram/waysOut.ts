import { isEverybody } from "../../components/clouds/shared/facts/openings";
import { chosenLabel } from "../../components/naming";
import type { Resource } from "../../engine/resources/resource";
import { type Arrow, type Box, idOf, listOf } from "./model";

/** What the settings let pods connect to beyond the platform, and which pods. */
export function waysOutOf(resources: readonly Resource[]): { boxes: Box[]; arrows: Arrow[] } {
  const ways = resources
    .filter(({ type, inputs }) => type.endsWith(":NetworkPolicy") && inputs.metadata?.labels?.[chosenLabel])
    .flatMap(({ inputs }) => waysOf(inputs.spec));
  const boxes = new Map(ways.map(({ box }) => [box.id, box]));
  return { boxes: [...boxes.values()], arrows: ways.map(({ from, box, ports }) => ({ from, to: box.id, ports })) };
}

// biome-ignore lint/suspicious/noExplicitAny: the specification of a NetworkPolicy
function waysOf(spec: any): { from: string; box: Box; ports: readonly number[] }[] {
  const labels = spec?.podSelector?.matchLabels;
  if (!labels) return [];
  return listOf(spec.egress).flatMap(({ to, ports }) => {
    const numbers = listOf(ports).flatMap(({ port }) => (typeof port === "number" ? [port] : []));
    const boxes = new Map(
      listOf(to)
        .map(awayBox)
        .map((box) => [box.id, box]),
    );
    return [...boxes.values()].map((box) => ({ from: idOf(labels), box, ports: numbers }));
  });
}

/** Pods of other namespaces that may connect to the platform's, as an operator's. */
export function clientsElsewhere(resources: readonly Resource[]): Box[] {
  const peers = resources
    .filter(({ type }) => type.endsWith(":NetworkPolicy"))
    .flatMap(({ inputs }) => listOf(inputs.spec?.ingress).flatMap(({ from }) => listOf(from)));
  const boxes = peers.filter(({ namespaceSelector }) => namespaceSelector).map(awayBox);
  return [...new Map(boxes.map((box) => [box.id, box])).values()];
}

/** The box of a peer that is no pod of the platform. */
// biome-ignore lint/suspicious/noExplicitAny: a peer of a NetworkPolicy
export function awayBox({ ipBlock, namespaceSelector, podSelector }: any): Box {
  if (isEverybody(ipBlock?.cidr)) return away("internet", "Internet", "all but private addresses");
  if (ipBlock) return away(String(ipBlock.cidr), String(ipBlock.cidr), "a network outside");
  const namespace = Object.values(namespaceSelector?.matchLabels ?? {}).join(", ");
  const pods = Object.entries(podSelector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  return away(`${namespace} ${pods.join()}`, `namespace ${namespace}`, pods.join(", "));
}

/** What ids of such boxes start with. */
const prefix = "egress:";

function away(id: string, title: string, detail: string): Box {
  return { id: `${prefix}${id}`, title, details: [detail], role: "door", inside: false };
}

/** Whether a box is one of these. */
export function isWayOut(id: string): boolean {
  return id.startsWith(prefix);
}
