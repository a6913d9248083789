import { originOf } from "../../ingress/addresses";
import type { IngressSettings } from "../../ingress/settings";
import { routesOf } from "./route";

/** What of a route says how it is opened. */
export interface Addressed {
  readonly host: string;
  readonly path: string;
  readonly only?: readonly string[] | undefined;
  readonly socketsOnly: boolean;
}

/**
 * How a route is opened from outside, without a slash at its end: `wss://…` where it leads to WebSockets alone, and with
 * the path where one is public.
 */
export function addressOf(
  { host, path, only, socketsOnly }: Addressed,
  edge: Pick<IngressSettings, "httpsPort">,
): string {
  const [one = "", second] = only ?? [];
  const url = `${originOf(host, edge)}${path === "/" ? "" : path}${second === undefined ? one : ""}`;
  return socketsOnly ? url.replace(/^https/, "wss") : url;
}

/** The first address of each process that has one: by the app's name alone where only one process has. */
export function urlsOf(
  name: string,
  {
    processes,
  }: {
    readonly processes: Readonly<Record<string, { readonly route?: Addressed | readonly Addressed[] | undefined }>>;
  },
  edge: Pick<IngressSettings, "httpsPort">,
): Record<string, string> {
  const found = Object.entries(processes).flatMap(([process, { route }]) => {
    const [first] = routesOf("", route);
    if (!first) return [];
    const url = addressOf(first.route, edge);
    return [{ process, url: new URL(url).pathname === "/" ? `${url}/` : url }];
  });
  return Object.fromEntries(
    found.map(({ process, url }) => [found.length > 1 ? `${name}/${process}` : name, url] as const),
  );
}
