import * as pulumi from "@pulumi/pulumi";
import type { Connection, EnvironmentVariable, Postgres, PostgresEndpoint, Redis, Route } from "../../contracts";
import type { Rollout } from "../../contracts/rollout";
import type { IngressSettings } from "../../ingress/settings";
import { type AppConfiguration, givenEnvironment } from "../../kubernetes/configuration";
import { authorityFiles, postgresVariables, redisVariables } from "../../kubernetes/connections";
import { CronWorkload } from "../../kubernetes/cronWorkload";
import { Job } from "../../kubernetes/job";
import { releaseOf } from "../../kubernetes/podTemplate";
import { clusterService } from "../../kubernetes/service";
import { variablesOf } from "../../kubernetes/variables";
import { VersionedSecret } from "../../kubernetes/versionedSecret";
import { Workload } from "../../kubernetes/workload";
import { consoleComponent, standardLabels } from "../../naming";
import type { OperationsSettings } from "../../stack/settings";
import type { App, AppArgs } from "../shared/app";
import { egressConnections } from "../shared/egress";
import type { AppSpec } from "../shared/spec";
import { probesOf } from "./probe";
import type { DeclaredApp, DeclaredApps } from "./settings";
import { preStopOf, processIdentity, processName, redisPrefixOf } from "./spec";
import { usedApps, usedAppVariables } from "./uses";
import { databaseUrl, platformVariables, redisUrl } from "./variables";

/** Of a stack's settings, what its declared apps are made of. */
export interface DeclaredStackSettings {
  readonly apps: DeclaredApps;
  readonly edge: IngressSettings;
  readonly operations: OperationsSettings;
}

/** What a declared app is given. */
type DeclaredArgs = Pick<AppArgs<DeclaredStackSettings>, "settings" | "place"> & {
  /** Undefined where no app uses it. */
  readonly postgres: Postgres | undefined;
  /** Undefined where no app uses it. */
  readonly redis: Redis | undefined;
  readonly app: DeclaredApp;
  /** Every app of the stack, for those that call another. */
  readonly specs: readonly AppSpec[];
};

/**
 * An app that the stack's file declares: its secrets, the release command that every rollout waits for, a Deployment for
 * each process, a Service for each with a port, and its schedules, all of one image and one set of variables.
 */
class DeclaredAppResources extends pulumi.ComponentResource {
  readonly connections: readonly Connection[];
  readonly rollouts: readonly Rollout[];
  readonly routes: readonly Route[];

  constructor(
    name: string,
    { app, settings, place, specs, ...stores }: DeclaredArgs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("switchboard:apps:App", name, {}, opts);
    const parent: pulumi.Resource = this;
    const { namespace } = place;
    const { version } = settings.operations;
    const image = app.image.reference;
    const release = releaseOf({ ...place, image, version });
    const database = app.uses.postgres ? stores.postgres?.endpoint(name) : undefined;
    const owner = app.uses.postgres ? stores.postgres?.ownerEndpoint(name) : undefined;
    const redis = app.uses.redis ? stores.redis?.endpoint(name) : undefined;
    const called = usedApps(name, app.uses.apps, specs);
    const given = new VersionedSecret(
      `${name}-given`,
      { namespace, labels: standardLabels({ name, component: "app" }, release), values: app.secretEnv },
      { parent },
    );

    const releaseJob = app.release ? [createRelease(app.release)] : [];
    const configuration = configurationOf(database, [...given.ready, ...releaseJob.map(({ job }) => job)]);
    const processes = Object.entries(app.processes).map(([process, own]) => createProcess(process, own));
    const schedules = Object.entries(app.schedules).map(([schedule, own]) => createSchedule(schedule, own));

    this.rollouts = processes.map(({ workload }) => workload.rollout);
    this.routes = processes.flatMap(({ route }) => route ?? []);
    const byHand = processIdentity(name, consoleComponent);
    this.connections = [
      ...releaseJob.flatMap(({ connections }) => connections),
      ...processes.flatMap(({ connections }) => connections),
      ...schedules.flatMap(({ connections }) => connections),
      ...configuration.connectsTo.map((to) => ({ from: byHand, to })),
      // What a process or a schedule does can be done by hand too.
      ...[...Object.values(app.processes), ...Object.values(app.schedules)].flatMap(({ egress }) =>
        egressConnections(byHand, egress),
      ),
    ];
    this.registerOutputs();

    function configurationOf(
      endpoint: PostgresEndpoint | undefined,
      after: readonly pulumi.Resource[],
    ): AppConfiguration {
      return {
        ...place,
        image,
        version,
        environment: [],
        files: authorityFiles({
          ...(endpoint && { postgres: endpoint.tls }),
          ...(redis && { redis: redis.tls }),
        }),
        connectsTo: [
          ...(endpoint?.destinations ?? []),
          ...(redis?.destinations ?? []),
          ...called.map(({ process, service }) => ({ pods: process.identity, port: service.port })),
        ],
        sidecars: endpoint?.sidecars ?? [],
        after: [...(endpoint?.ready ?? []), ...(redis?.ready ?? []), ...after],
      };
    }

    function environment(endpoint: PostgresEndpoint | undefined, port?: number): EnvironmentVariable[] {
      return [
        ...variablesOf(platformVariables, { place, version: release.version, port }),
        ...(endpoint ? [...variablesOf(postgresVariables, endpoint), ...variablesOf(databaseUrl, endpoint)] : []),
        ...(redis
          ? [...variablesOf(redisVariables, redis), ...variablesOf(redisUrl, { prefix: redisPrefixOf(name, app) })]
          : []),
        ...called.flatMap(usedAppVariables),
        ...givenEnvironment(app, given),
      ];
    }

    function createRelease({ command, deadlineSeconds, resources }: NonNullable<DeclaredApp["release"]>): Job {
      return new Job(
        `${name}-release`,
        {
          ...configurationOf(owner, given.ready),
          environment: environment(owner),
          identity: processIdentity(name, "release"),
          command,
          wholeSecrets: [given.currentName],
          resources,
          deadlineSeconds,
          user: app.user,
        },
        { parent },
      );
    }

    function createProcess(process: string, own: DeclaredApp["processes"][string]) {
      const identity = processIdentity(name, process);
      const workloadName = processName(name, process);
      const { command, port, replicas, resources, probe, stopSeconds, strategy } = own;
      const service =
        port === undefined
          ? undefined
          : clusterService({ name: workloadName, namespace, identity, release, ports: { http: port } }, { parent });
      const probes = probesOf(probe, port);
      const workload = new Workload(
        workloadName,
        {
          ...configuration,
          environment: environment(database, port),
          identity,
          ...(command && { command }),
          ...(port !== undefined && { ports: { http: port } }),
          ...(probes && { probes }),
          strategy,
          replicas,
          resources,
          user: app.user,
          preStopSeconds: preStopOf(own, settings.edge),
          shutdownSeconds: stopSeconds,
        },
        { parent },
      );
      const route =
        service && port !== undefined && own.route ? routeOf(own.route, service.metadata.name, port) : undefined;
      return { workload, route, connections: [...workload.connections, ...egressConnections(identity, own.egress)] };

      function routeOf(
        { host, path, websocket, bodySize, loginPath }: NonNullable<typeof own.route>,
        backend: pulumi.Input<string>,
        at: number,
      ): Route {
        return {
          hostname: host,
          path,
          to: { host: backend, port: at, websocket, destination: { pods: identity, port: at } },
          ...(bodySize !== undefined && { bodySize }),
          ...(loginPath !== undefined && { limitedPath: loginPath }),
        };
      }
    }

    function createSchedule(schedule: string, own: DeclaredApp["schedules"][string]) {
      const { cron, timeZone, command, deadlineSeconds, resources, egress } = own;
      const identity = processIdentity(name, `schedule-${schedule}`);
      const workload = new CronWorkload(
        `${name}-${schedule}`,
        {
          ...configuration,
          environment: environment(database),
          ...{ identity, cron, timeZone, command, deadlineSeconds, resources, user: app.user },
        },
        { parent },
      );
      return { connections: [...workload.connections, ...egressConnections(identity, egress)] };
    }
  }
}

/** Creates the apps that the stack's file declares, one after the other. */
export function createDeclared(args: Omit<DeclaredArgs, "app">, opts: pulumi.ComponentResourceOptions): App[] {
  return Object.entries(args.settings.apps).map(([name, app]): App => {
    const { connections, rollouts, routes } = new DeclaredAppResources(name, { ...args, app }, opts);
    return { connections, rollouts, routes, outputs: {}, commands: () => ({}) };
  });
}
