import { originOf } from "../../ingress/addresses";
import type { IngressSettings } from "../../ingress/settings";
import { routesOf } from "./route";
import type { DeclaredApp } from "./settings";

/** The first address of each process that has one: by the app's name alone where only one process has. */
export function urlsOf(
  name: string,
  { processes }: Pick<DeclaredApp, "processes">,
  edge: Pick<IngressSettings, "httpsPort">,
): Record<string, string> {
  const found = Object.entries(processes).flatMap(([process, { route }]) => {
    const [first] = routesOf("", route);
    return first ? [{ process, url: `${originOf(first.route.host, edge)}${first.route.path}` }] : [];
  });
  return Object.fromEntries(
    found.map(({ process, url }) => [found.length > 1 ? `${name}/${process}` : name, url] as const),
  );
}
