import type { PodIdentity } from "../../contracts";
import type { IngressSettings } from "../../ingress/settings";
import { type AppSpec, type JobSpec, type ProcessSpec, releasesAtOnce, type ServiceSpec } from "../shared/spec";
import { type RouteSettings, routeSpec, routesOf } from "./route";
import type { DeclaredApp } from "./settings";

/** The layers that say what declared apps are made of. */
export interface DeclaredLayers {
  readonly apps?: Readonly<Record<string, Plain<DeclaredApp>>>;
  readonly edge?: Pick<IngressSettings, "upstreamPreStopSeconds">;
}

/** An app whose secrets are of any form. */
type Plain<App extends DeclaredApp> = Omit<App, "secretEnv" | "processes"> & {
  readonly secretEnv: Readonly<Record<string, unknown>>;
  readonly processes: Readonly<Record<string, PlainProcess>>;
};
type PlainProcess = Omit<DeclaredApp["processes"][string], "route"> & {
  readonly route?: PlainRoute | readonly PlainRoute[] | undefined;
};
type PlainRoute = Omit<RouteSettings, "basicAuth">;

/** The pods of a process. */
export function processIdentity(app: string, process: string): PodIdentity {
  return { name: app, component: process };
}

/** The name of a process' Deployment and of its Service. */
export function processName(app: string, process: string): string {
  return `${app}-${process}`;
}

const serviceTls = { none: undefined, own: "unverified", platform: "verified" } as const;

/** How others call a process; undefined for one without a port. */
function serviceOf(
  app: string,
  process: string,
  { port, tls }: Pick<DeclaredApp["processes"][string], "port" | "tls">,
): ServiceSpec | undefined {
  if (port === undefined) return undefined;
  return { name: processName(app, process), port, tls: serviceTls[tls] };
}

/** Seconds that a pod with a Service goes on taking requests; nobody sends any to one without. */
export function preStopOf(
  { port }: Pick<DeclaredApp["processes"][string], "port">,
  edge: Pick<IngressSettings, "upstreamPreStopSeconds">,
): number {
  return port === undefined ? 0 : edge.upstreamPreStopSeconds;
}

/** How the keys of an app begin; undefined where it does not use Redis. */
export function redisPrefixOf(name: string, { uses }: Pick<DeclaredApp, "uses">): string | undefined {
  if (!uses.redis) return undefined;
  return uses.redisPrefix ?? `${name}:`;
}

/** What the declared apps are made of. */
export function declaredSpecs({ apps = {}, edge }: DeclaredLayers): AppSpec[] {
  if (!edge) return [];
  return Object.entries(apps).map(([name, app]): AppSpec => {
    const key = `apps.${name}`;
    const postgres = app.uses.postgres;
    const processes = Object.entries(app.processes).map(([process, settings]): ProcessSpec => {
      const path = `${key}.processes.${process}`;
      const preStop = preStopOf(settings, edge);
      return {
        key: path,
        workload: processName(name, process),
        identity: processIdentity(name, process),
        replicas: settings.replicas,
        serves: settings.port !== undefined,
        service: serviceOf(name, process, settings),
        resources: settings.resources,
        stop: { key: `${path}.stopSeconds`, waits: [...(preStop > 0 ? [preStop] : []), settings.stopSeconds] },
        connections: { key: `${path}.connections`, each: postgres ? settings.connections : 0 },
        egress: { key: `${path}.egress`, list: settings.egress },
      };
    });
    const jobs = Object.entries(app.schedules).map(
      ([schedule, { resources, egress }]): JobSpec => ({
        who: `${name}'s ${schedule}`,
        kind: "schedule",
        most: 1,
        resources,
        connections: postgres ? 1 : 0,
        egress: { key: `${key}.schedules.${schedule}.egress`, list: egress },
      }),
    );
    const release: JobSpec[] = app.release
      ? [
          {
            who: `${name}'s release`,
            kind: "release",
            most: releasesAtOnce,
            resources: app.release.resources,
            connections: postgres ? 1 : 0,
          },
        ]
      : [];
    return {
      name,
      usesPostgres: postgres,
      redisPrefix: redisPrefixOf(name, app),
      processes,
      routes: Object.entries(app.processes).flatMap(([process, { route }]) =>
        routesOf(`${key}.processes.${process}`, route).map(({ key, route }) => routeSpec(key, route)),
      ),
      jobs: [...release, ...jobs],
      variables: [{ path: ["apps", name], env: app.env, secretEnv: app.secretEnv }],
    };
  });
}
