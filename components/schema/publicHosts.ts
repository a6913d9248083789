import { mapIn } from "./mapIn";
/** The layers that name public hosts, checked or as a stack's file has them. */
export interface HostLayers {
  readonly edge?: unknown;
  readonly apps?: unknown;
}

/** The public host names by their keys, those of the ingress first; each once, under the first key that has it. */
export function hostnamesByKey({ edge, apps }: HostLayers): [key: string, host: string][] {
  const named: [key: string, host: unknown][] = [
    ...entriesOf(edge).map(([app, settings]) => [`edge.${app}.host`, settings.host] as [string, unknown]),
    ...entriesOf(apps).flatMap(([app, settings]) =>
      entriesOf(mapIn(settings.processes)).flatMap(([process, { route }]) =>
        hostsOf(`apps.${app}.processes.${process}.route`, route),
      ),
    ),
  ];
  const found = named.filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return found.filter(([, host], at) => found.findIndex(([, other]) => other === host) === at);
}

/** One address, or a list of them. */
function hostsOf(key: string, route: unknown): [key: string, host: unknown][] {
  if (!Array.isArray(route)) return [[`${key}.host`, mapIn(route).host]];
  return route.map((one, index) => [`${key}[${index}].host`, mapIn(one).host]);
}

/** The public host names, each once. */
export function hostnamesOf(layers: HostLayers): string[] {
  return hostnamesByKey(layers).map(([, host]) => host);
}

function entriesOf(value: unknown): [string, Record<string, unknown>][] {
  return Object.entries(mapIn(value)).map(([key, entry]) => [key, mapIn(entry)]);
}
