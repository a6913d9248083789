import { appSpecs } from "../../apps";
import type { RouteSpec } from "../../apps/shared/spec";
import { keepaliveSeconds } from "../../ingress/nginxConf";
import { show } from "../../schema/fields";
import type { Check, Layers } from "./check";

/** A path that is nobody's, for advice. */
const freePath = "/live";

/** A route with the app that it leads to. */
interface AppRoute extends RouteSpec {
  readonly app: string;
}

function routesOf(settings: Layers): AppRoute[] {
  return appSpecs(settings).flatMap(({ name, routes = [] }) => routes.map((route) => ({ ...route, app: name })));
}

/** Two routes of one host: NGINX would not start, or one would take from the other what it needs. */
const collisions: Check = (settings, { errors }) => {
  const all = routesOf(settings);
  for (const [index, route] of all.entries())
    for (const other of all.slice(0, index).filter(({ host }) => host === route.host))
      errors.push(...(collision(other, route) ?? []));
};

function collision(first: AppRoute, second: AppRoute): string[] | undefined {
  const { key, host, path } = second;
  if (first.path === path) {
    const both = `${first.key}.host and ${key}.host are both ${show(host)}`;
    if (path !== "/")
      return [
        `${key}.path: ${show(path)} is ${first.key}.path too, at the same host (${show(host)}); use another path, or two hosts`,
      ];
    return [`${key}.host: ${both}; use two hosts, or set ${key}.path to e.g. ${show(freePath)}`];
  }
  const hidden = hiddenPart(first, second);
  if (hidden !== undefined) {
    const owned = first.parts!.map((part) => `/${part}`).join(", ");
    return [
      `${key}.path: ${show(path)} would hide ${first.app}'s /${hidden} at the same host (${show(host)}); use a path that is not below one of ${owned}, e.g. ${show(freePath)}, or two hosts`,
    ];
  }
  for (const [route, taken] of [
    [first, second],
    [second, first],
  ] as const) {
    const base = route.path === "/" ? "" : route.path;
    const exact = route.exact.find((own) => `${base}${own}` === taken.path);
    if (exact !== undefined)
      return [
        `${taken.key}.path: ${show(taken.path)} would take ${show(exact)} from ${route.key} at the same host (${show(host)}); use another path, or two hosts`,
      ];
  }
  return undefined;
}

/** The part of an app's paths that another route would have. */
function hiddenPart({ parts, path }: AppRoute, other: AppRoute): string | undefined {
  const [, first = ""] = other.path.split("/");
  return path === "/" && parts?.includes(first) ? first : undefined;
}

/** Where the client's address is hidden from NGINX, a list of networks lets in everybody or nobody. */
const hiddenAddresses: Check = (settings, { errors }) => {
  const { edge } = settings;
  if (edge?.service.externalTrafficPolicy !== "Cluster" || edge.clientAddress.from !== "connection") return;
  for (const { key } of routesOf(settings).filter(({ allow }) => allow))
    errors.push(
      `${key}.allow: NGINX sees nodes' addresses instead of the clients', because edge.service.externalTrafficPolicy is Cluster; use Local, or a load balancer that sends the client's address (edge.clientAddress.from)`,
    );
};

/** A load balancer closes what is silent for longer than NGINX itself would wait. */
const timeouts: Check = (settings, { errors }) => {
  const { edge } = settings;
  if (!edge) return;
  const most = Math.max(edge.websocketIdleSeconds, keepaliveSeconds.server);
  for (const { key, timeoutSeconds } of routesOf(settings))
    if (timeoutSeconds !== undefined && timeoutSeconds > most)
      errors.push(
        `${key}.timeoutSeconds: ${timeoutSeconds} is above ${most}, after which the load balancer closes a silent connection; lower it, or raise edge.websocketIdleSeconds to ${timeoutSeconds}`,
      );
};

/** What only a process with a port can have. */
const ports: Check = ({ apps = {} }, { errors }) => {
  for (const [name, { processes }] of Object.entries(apps))
    for (const [process, settings] of Object.entries(processes)) {
      const { route, tls } = settings;
      // A sidecar's port may be in its place, and one that is none of a sidecar's is told elsewhere.
      if (settings.port !== undefined || settings.servicePort !== undefined) continue;
      const key = `apps.${name}.processes.${process}`;
      if (route) errors.push(`${key}.route: leads to no port; set ${key}.port, or remove route`);
      if (tls !== "none")
        errors.push(`${key}.tls: ${show(tls)} has no use without a port; set ${key}.port, or remove tls`);
    }
};

/** The public addresses of all apps. */
export const routeChecks: readonly Check[] = [collisions, hiddenAddresses, timeouts, ports];
