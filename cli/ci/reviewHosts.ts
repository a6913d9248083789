import { fieldsOf } from "../../components/clouds/shared/facts/value";

/** A public host in the layers of a stack's file: its path below `config`, and what it is. */
export interface NamedHost {
  readonly path: readonly (string | number)[];
  readonly host: string;
  /** What a review stack calls it by: the app's key at the ingress, else the host's first part. */
  readonly label: string;
}

/**
 * Every public host that the layers name: those of the ingress by their apps, and those of routes.
 *
 * @param project what the keys of the layers begin with
 */
export function namedHosts(config: unknown, project: string): NamedHost[] {
  const layers = fieldsOf(config);
  const [edge, apps] = [`${project}:edge`, `${project}:apps`];
  const ofIngress: Found[] = Object.entries(fieldsOf(layers[edge])).map(([app, settings]) => ({
    path: [edge, app, "host"],
    host: fieldsOf(settings).host,
    label: app,
  }));
  const ofRoutes = Object.entries(fieldsOf(layers[apps])).flatMap(([app, settings]) =>
    Object.entries(fieldsOf(fieldsOf(settings).processes)).flatMap(([process, of]) =>
      routesAt([apps, app, "processes", process, "route"], fieldsOf(of).route),
    ),
  );
  return [...ofIngress, ...ofRoutes].flatMap(({ path, host, label }) =>
    typeof host === "string" ? [{ path, host, label: label ?? host.split(".")[0]! }] : [],
  );
}

interface Found {
  readonly path: readonly (string | number)[];
  readonly host: unknown;
  readonly label?: string;
}

/** One route, or a list of them. */
function routesAt(path: readonly (string | number)[], route: unknown): Found[] {
  if (Array.isArray(route)) return route.flatMap((one, index) => routesAt([...path, index], one));
  return [{ path: [...path, "host"], host: fieldsOf(route).host }];
}

/** Another host for each, the same for equal ones: `shop-pr-7.review.acme.example`. */
export function reviewHosts(named: readonly NamedHost[], stack: string, domain: string): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  const taken = new Set<string>();
  for (const { host, label } of named) {
    if (given.has(host)) continue;
    const free = [label, ...Array.from({ length: named.length }, (_, index) => `${label}-${index + 2}`)];
    const own = free.find((one) => !taken.has(one))!;
    taken.add(own);
    given.set(host, `${own}-${stack}.${domain}`);
  }
  return given;
}

/** The paths below `config` of all images' repositories that are in the registry of review stacks. */
export function reviewImages(
  value: unknown,
  path: readonly (string | number)[] = [],
): (readonly (string | number)[])[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) =>
    key === "repository" && typeof entry === "string" && entry.startsWith("REGISTRY/")
      ? [[...path, key]]
      : reviewImages(entry, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}
