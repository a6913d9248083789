import { isEverybody } from "../../components/clouds/shared/facts/openings";
import { chosenLabel } from "../../components/naming";
import type { Resource } from "../../engine/resources/resource";
import { isObject } from "./lists";

/**
 * Where the pods of a network policy are let out to, beyond the platform: the internet, and what the settings open
 * (`egress`). Each as the end of a sentence; compared before and after, so that only what is newly open is told.
 */
export function waysOut(resource: Resource | undefined): string[] {
  if (!resource || resource.read || !resource.type.endsWith(":NetworkPolicy")) return [];
  const { metadata, spec } = isObject(resource.inputs) ? resource.inputs : {};
  const labels = isObject(metadata) && isObject(metadata.labels) ? metadata.labels : {};
  const pods = podsOf(spec);
  return listIn(spec, "egress").flatMap((rule) => {
    const ports = listIn(rule, "ports").flatMap(({ port }) => (port === undefined ? [] : [String(port)]));
    const at = ports.length > 0 ? ports : ["every port"];
    const places = listIn(rule, "to").flatMap((peer) => placeOf(peer, labels[chosenLabel] !== undefined));
    return [...new Set(places)].flatMap((place) =>
      at.map((port) => `${pods} may connect to ${place} at ${/^\d/.test(port) ? `port ${port}` : port}`),
    );
  });
}

function placeOf(peer: Record<string, unknown>, chosen: boolean): string[] {
  const { ipBlock, namespaceSelector, podSelector } = peer;
  if (isObject(ipBlock)) {
    if (isEverybody(ipBlock.cidr)) return ["the internet"];
    return chosen ? [String(ipBlock.cidr)] : [];
  }
  if (!chosen || !isObject(namespaceSelector)) return [];
  const [namespace = "other namespaces"] = Object.values(labelsIn(namespaceSelector)).map(String);
  const pods = Object.entries(labelsIn(podSelector)).map(([key, value]) => `${key}=${value}`);
  return [`the pods ${pods.join(",") || "of all kinds"} in namespace ${namespace}`];
}

function podsOf(spec: unknown): string {
  const labels = labelsIn(isObject(spec) ? spec.podSelector : undefined);
  const [name, component] = ["name", "component"].map((key) => labels[`app.kubernetes.io/${key}`]);
  return name === undefined ? "every pod" : `pods of ${name}${component === undefined ? "" : ` (${component})`}`;
}

function labelsIn(selector: unknown): Record<string, unknown> {
  return isObject(selector) && isObject(selector.matchLabels) ? selector.matchLabels : {};
}

function listIn(value: unknown, key: string): Record<string, unknown>[] {
  const list = isObject(value) ? value[key] : undefined;
  return Array.isArray(list) ? list.filter(isObject) : [];
}
