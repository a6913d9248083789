import type { Output } from "@pulumi/pulumi";
import type { PodIdentity } from "../../contracts";
import type { IngressSettings } from "../../ingress/settings";
import { type AppSpec, type JobSpec, type ProcessSpec, releasesAtOnce, type ServiceSpec } from "../shared/spec";
import { routeSpec, routesOf } from "./route";
import type { DeclaredApp } from "./settings";
import { reachedPort } from "./sidecars";
import { isHeld, scratchBytes, volumesOf } from "./volumes";

/** The layers that say what declared apps are made of. */
export interface DeclaredLayers {
  readonly apps?: Readonly<Record<string, Plain<DeclaredApp>>>;
  readonly edge?: Pick<IngressSettings, "upstreamPreStopSeconds">;
}

/** Settings whose secrets are of any form. */
type Plain<T> = T extends Output<string> ? unknown : T extends object ? { readonly [K in keyof T]: Plain<T[K]> } : T;

/** The pods of a process. */
export function processIdentity(app: string, process: string): PodIdentity {
  return { name: app, component: process };
}

/** The name of a process' Deployment and of its Service. */
export function processName(app: string, process: string, { name }: { readonly name?: unknown } = {}): string {
  return typeof name === "string" ? name : `${app}-${process}`;
}

const serviceTls = { none: undefined, own: "unverified", platform: "verified" } as const;

/** How others call a process; undefined for one without a port. */
function serviceOf(
  app: string,
  process: string,
  settings: Parameters<typeof reachedPort>[0] & Pick<DeclaredApp["processes"][string], "tls" | "name">,
): ServiceSpec | undefined {
  const port = reachedPort(settings);
  if (port === undefined) return undefined;
  return { name: processName(app, process, settings), port, tls: serviceTls[settings.tls] };
}

/** Seconds that a pod with a Service goes on taking requests; nobody sends any to one without. */
export function preStopOf(
  process: Parameters<typeof reachedPort>[0],
  edge: Pick<IngressSettings, "upstreamPreStopSeconds">,
): number {
  return reachedPort(process) === undefined ? 0 : edge.upstreamPreStopSeconds;
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
      const sidecars = Object.entries(settings.sidecars);
      const held = volumesOf(settings).find((name) => app.volumes[name] && isHeld(app.volumes[name]));
      return {
        key: path,
        workload: processName(name, process, settings),
        identity: processIdentity(name, process),
        replicas: settings.replicas,
        service: serviceOf(name, process, settings),
        resources: settings.resources,
        sidecars: sidecars.map(([sidecar, { resources }]) => ({ key: `${path}.sidecars.${sidecar}`, resources })),
        scratchBytes: scratchBytes(settings, app.volumes),
        heldVolume: held && `${key}.volumes.${held}`,
        stop: {
          key: `${path}.stopSeconds`,
          waits: [
            ...(preStop > 0 ? [preStop] : []),
            settings.stopSeconds,
            ...sidecars.map(([, { stopSeconds }]) => stopSeconds),
          ],
        },
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
    const onRelease = (["release", "after"] as const).flatMap((kind): JobSpec[] => {
      const own = app[kind];
      if (!own) return [];
      const opened = { key: `${key}.${kind}.egress`, list: own.egress };
      const who = `${name}'s ${kind}`;
      const size = { most: releasesAtOnce, resources: own.resources, connections: postgres ? 1 : 0 };
      return [{ who, kind, ...size, egress: opened }];
    });
    return {
      name,
      usesPostgres: postgres,
      needsSession: app.uses.session,
      redisPrefix: redisPrefixOf(name, app),
      processes,
      routes: Object.entries(app.processes).flatMap(([process, { route }]) =>
        routesOf(`${key}.processes.${process}`, route).map(({ key, route }) => routeSpec(key, route)),
      ),
      jobs: [...onRelease, ...jobs],
      variables: [
        { path: ["apps", name], env: app.env, secretEnv: app.secretEnv },
        ...Object.entries(app.processes).flatMap(([process, { sidecars }]) =>
          Object.entries(sidecars).map(([sidecar, { env, secretEnv }]) => ({
            path: ["apps", name, "processes", process, "sidecars", sidecar],
            env,
            secretEnv,
          })),
        ),
      ],
      persistentVolumes: Object.entries(app.volumes).flatMap(([volume, { persistent }]) =>
        persistent ? [`${key}.volumes.${volume}`] : [],
      ),
    };
  });
}
