import { mapIn } from "../../components/schema/mapIn";
import { placedHosts } from "../../components/schema/publicHosts";

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
  const layers = mapIn(config);
  const named = placedHosts({ edge: layers[`${project}:edge`], apps: layers[`${project}:apps`] });
  return named.map(({ path: [layer, app, ...rest], host }) => ({
    path: [`${project}:${layer}`, app!, ...rest],
    host,
    label: layer === "edge" ? String(app) : host.split(".")[0]!,
  }));
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
