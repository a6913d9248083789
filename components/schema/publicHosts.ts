import { mapIn } from "./mapIn";
import { keyName } from "./report";

/** The layers that name public hosts, checked or as a stack's file has them. */
export interface HostLayers {
  readonly edge?: unknown;
  readonly apps?: unknown;
}

/** A public host, and the path in the layers where it stands. */
interface PlacedHost {
  readonly path: readonly (string | number)[];
  readonly host: string;
}

/** Every place that names a public host, those of the ingress first. */
export function placedHosts({ edge, apps }: HostLayers): PlacedHost[] {
  const named = [
    ...entriesOf(edge).map(([app, settings]) => ({ path: ["edge", app, "host"], host: settings.host })),
    ...entriesOf(apps).flatMap(([app, settings]) =>
      entriesOf(settings.processes).flatMap(([process, { route }]) =>
        hostsAt(["apps", app, "processes", process, "route"], route),
      ),
    ),
  ];
  return named.filter((entry): entry is PlacedHost => typeof entry.host === "string");
}

/** One address, or a list of them. */
function hostsAt(path: PlacedHost["path"], route: unknown): { path: PlacedHost["path"]; host: unknown }[] {
  if (Array.isArray(route)) return route.flatMap((one, index) => hostsAt([...path, index], one));
  return [{ path: [...path, "host"], host: mapIn(route).host }];
}

/** The public host names by their keys, those of the ingress first; each once, under the first key that has it. */
export function hostnamesByKey(layers: HostLayers): [key: string, host: string][] {
  const found = placedHosts(layers);
  return found
    .filter(({ host }, at) => found.findIndex((other) => other.host === host) === at)
    .map(({ path, host }) => [keyName(path), host]);
}

/** The public host names, each once. */
export function hostnamesOf(layers: HostLayers): string[] {
  return hostnamesByKey(layers).map(([, host]) => host);
}

function entriesOf(value: unknown): [string, Record<string, unknown>][] {
  return Object.entries(mapIn(value)).map(([key, entry]) => [key, mapIn(entry)]);
}
