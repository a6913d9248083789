import * as pulumi from "@pulumi/pulumi";
import type {
  AppAccess,
  Connection,
  EnvironmentVariable,
  Postgres,
  PostgresEndpoint,
  Redis,
  Route,
} from "../../contracts";
import type { Rollout } from "../../contracts/rollout";
import type { IngressSettings } from "../../ingress/settings";
import { type AppConfiguration, givenEnvironment } from "../../kubernetes/configuration";
import { authorityFiles, oncePerDatabase, postgresVariables, redisVariables } from "../../kubernetes/connections";
import { CronWorkload } from "../../kubernetes/cronWorkload";
import { Job } from "../../kubernetes/job";
import { releaseOf } from "../../kubernetes/podTemplate";
import type { ServerTls } from "../../kubernetes/serverTls";
import { clusterService } from "../../kubernetes/service";
import { variablesOf } from "../../kubernetes/variables";
import { VersionedSecret } from "../../kubernetes/versionedSecret";
import { Workload } from "../../kubernetes/workload";
import { consoleComponent, ownLabels, standardLabels } from "../../naming";
import type { OperationsSettings } from "../../stack/settings";
import type { AppArgs } from "../shared/app";
import { egressConnections } from "../shared/egress";
import type { AppSpec } from "../shared/spec";
import { podAccess } from "./accessResources";
import { beamNode } from "./beam";
import { createFiles } from "./fileResources";
import { openingsOf } from "./openings";
import { probesOf } from "./probe";
import { routesOf, routeTo } from "./route";
import { createGenerated, createKeptSecrets } from "./secretResources";
import type { DeclaredApp, DeclaredApps } from "./settings";
import { createSidecars } from "./sidecarResources";
import { reachedPort } from "./sidecars";
import { preStopOf, processIdentity, processName, redisPrefixOf } from "./spec";
import { certificateFolder, tlsVariables } from "./tls";
import { usedAppFiles, usedApps, usedAppVariables } from "./uses";
import { databaseUrl, platformVariables, redisUrl } from "./variables";
import { createClaims, podVolumes, volumeMounts } from "./volumeResources";
import { scratchBytes } from "./volumes";

/** Of a stack's settings, what its declared apps are made of. */
export interface DeclaredStackSettings {
  readonly apps: DeclaredApps;
  readonly edge: IngressSettings;
  readonly operations: OperationsSettings;
}

/** What a declared app is given. */
export type DeclaredArgs = Pick<AppArgs<DeclaredStackSettings>, "settings" | "place"> & {
  /** Undefined where no app uses it. */
  readonly postgres: Postgres | undefined;
  /** Undefined where no app uses it. */
  readonly redis: Redis | undefined;
  readonly app: DeclaredApp;
  /** Every app of the stack, for those that call another. */
  readonly specs: readonly AppSpec[];
  /** What it is and has in the cloud. */
  readonly access: AppAccess | undefined;
  /** The certificates that the platform makes for processes, by the names of their Services. */
  readonly certificates: ReadonlyMap<string, ServerTls>;
};

/**
 * An app that the stack's file declares: its secrets, the release command that every rollout waits for, a Deployment for
 * each process, a Service for each with a port, and its schedules, all of one image and one set of variables.
 */
export class DeclaredAppResources extends pulumi.ComponentResource {
  readonly connections: readonly Connection[];
  readonly rollouts: readonly Rollout[];
  readonly routes: readonly Route[];

  constructor(
    name: string,
    { app, access, settings, place, specs, certificates, ...stores }: DeclaredArgs,
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
    const trusted = called.flatMap(({ service }) => certificates.get(service.name)?.ready ?? []);
    const labels = standardLabels({ name, component: "app" }, release);
    const values = { ...app.secretEnv, ...createGenerated(name, app.generated, { parent }) };
    const given = new VersionedSecret(`${name}-given`, { namespace, labels, values }, { parent });
    const kept = createKeptSecrets(name, { place, labels, app }, { parent });
    const files = createFiles(name, { namespace, labels, files: app.files }, { parent });
    const claims = createClaims(name, { place, labels: ownLabels, volumes: app.volumes }, { parent });
    const pods = podAccess(name, { access, namespace, labels, settings: app }, { parent });
    const before = [...given.ready, ...kept.ready, ...files.ready, ...pods.ready];

    const releaseJob = app.release ? [createJob("release", owner, app.release, before)] : [];
    const configuration = configurationOf(database, [...before, ...claims, ...releaseJob.map(({ job }) => job)]);
    const processes = Object.entries(app.processes).map(([process, own]) => createProcess(process, own));
    const schedules = Object.entries(app.schedules).map(([schedule, own]) => createSchedule(schedule, own));

    const rollouts = processes.map(({ workload }) => workload.rollout);
    const rolledOut = rollouts.map(({ resource }) => resource);
    const afterJob = app.after ? [createJob("after", database, app.after, [...before, ...rolledOut])] : [];

    this.rollouts = rollouts;
    this.routes = processes.flatMap(({ routes }) => routes);
    const byHand = processIdentity(name, consoleComponent);
    this.connections = [
      ...[...releaseJob, ...afterJob].flatMap(({ connections }) => connections),
      ...processes.flatMap(({ connections }) => connections),
      ...schedules.flatMap(({ connections }) => connections),
      ...configuration.connectsTo.map((to) => ({ from: byHand, to })),
      // A console is a node that connects to a live one.
      ...processes.flatMap(({ node }) => node?.connectsTo ?? []).map((to) => ({ from: byHand, to })),
      // What any of them does can be done by hand too.
      ...openingsOf(app).flatMap(({ component, egress }) => [
        ...egressConnections(processIdentity(name, component), egress),
        ...egressConnections(byHand, egress),
      ]),
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
        serviceAccount: pods.serviceAccount,
        environment: [],
        files: [
          ...authorityFiles({
            ...(endpoint && { postgres: endpoint.tls }),
            ...(redis && { redis: redis.tls }),
          }),
          ...usedAppFiles(called, (service) => certificates.get(service)!.authority),
          ...files.mounted,
        ],
        connectsTo: [
          ...(endpoint?.destinations ?? []),
          ...(redis?.destinations ?? []),
          ...pods.destinations,
          ...called.map(({ process, service }) => ({ pods: process.identity, port: service.port })),
        ],
        sidecars: endpoint?.sidecars ?? [],
        after: [...(endpoint?.ready ?? []), ...(redis?.ready ?? []), ...trusted, ...after],
      };
    }

    function environment(
      endpoint: PostgresEndpoint | undefined,
      port?: number,
      own: readonly EnvironmentVariable[] = [],
    ): EnvironmentVariable[] {
      return [
        ...variablesOf(platformVariables, { place, version: release.version, port }),
        ...own,
        ...(endpoint ? [...variablesOf(postgresVariables, endpoint), ...variablesOf(databaseUrl, endpoint)] : []),
        ...(redis
          ? [
              ...variablesOf(redisVariables, redis),
              ...variablesOf(redisUrl, { ...redis, prefix: redisPrefixOf(name, app) }),
            ]
          : []),
        ...called.flatMap(usedAppVariables),
        ...pods.environment,
        ...kept.environment,
        ...givenEnvironment({ env: app.env, secretEnv: values }, given),
      ];
    }

    /** A command that is run once for an image, whatever else changes. */
    function createJob(
      kind: "release" | "after",
      endpoint: PostgresEndpoint | undefined,
      { command, deadlineSeconds, resources }: NonNullable<DeclaredApp["release"]>,
      after: readonly pulumi.Resource[],
    ): Job {
      // Which files and Secrets it has is part of its pod, which cannot change; what is in them is not.
      const parts = [...files.mounted.map(({ path }) => path), ...kept.environment, ...oncePerDatabase(endpoint)];
      return new Job(
        `${name}-${kind}`,
        {
          ...configurationOf(endpoint, after),
          environment: environment(endpoint),
          identity: processIdentity(name, kind),
          command,
          runsOncePer: parts,
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
      const { command, port, servicePort, replicas, resources, probe, stopSeconds, strategy, mounts } = own;
      const reached = reachedPort(own);
      const service =
        reached === undefined
          ? undefined
          : clusterService({ name: workloadName, namespace, identity, release, ports: { http: reached } }, { parent });
      const certificate = certificates.get(workloadName);
      const certificateFiles = certificate && { name: "tls", path: certificateFolder, source: certificate.files };
      // What the Service leads to ends TLS: the process, or a sidecar before it, to which the process speaks plain HTTP.
      const endsTls = servicePort === undefined;
      const ownCertificate = endsTls ? certificateFiles : undefined;
      const probes = probesOf(probe, port === undefined ? undefined : "http", endsTls && own.tls !== "none");
      const sidecars = createSidecars(
        workloadName,
        {
          ...{ place, labels, files: files.mounted, sidecars: own.sidecars },
          ...(servicePort !== undefined && {
            tls: { port: servicePort, speaks: own.tls !== "none", certificateFiles },
          }),
        },
        { parent },
      );
      const ofCluster = { app: name, namespace, identity, release, service: workloadName };
      const node = own.cluster && beamNode(`${workloadName}-beam`, { ...ofCluster, ...own.cluster }, { parent });
      const workload = new Workload(
        workloadName,
        {
          ...configuration,
          environment: environment(database, port, [
            ...(ownCertificate ? variablesOf(tlsVariables, {}) : []),
            ...(node?.environment ?? []),
          ]),
          files: [...configuration.files, ...(ownCertificate ? [ownCertificate] : []), ...(node?.files ?? [])],
          connectsTo: [...configuration.connectsTo, ...(node?.connectsTo ?? [])],
          after: [...configuration.after, ...(node?.after ?? [])],
          identity,
          ...(command && { command }),
          ports: { ...(port !== undefined && { http: port }), ...node?.ports },
          ...(probes && { probes }),
          volumes: podVolumes(name, own, app.volumes),
          mounts: volumeMounts(mounts),
          scratchBytes: scratchBytes(own, app.volumes),
          ownSidecars: sidecars,
          strategy,
          replicas,
          resources,
          user: app.user,
          preStopSeconds: preStopOf(own, settings.edge),
          shutdownSeconds: stopSeconds,
        },
        { parent },
      );
      return {
        workload,
        node,
        routes: routes(),
        connections: workload.connections,
      };

      function routes(): Route[] {
        if (!service || reached === undefined) return [];
        const backend = { host: service.metadata.name, port: reached, destination: { pods: identity, port: reached } };
        const verified = certificate && { name: workloadName, authority: certificate.authority };
        return routesOf(process, own.route).map(({ route }) =>
          routeTo(route, { ...backend, tls: own.tls === "none" ? undefined : (verified ?? {}) }),
        );
      }
    }

    function createSchedule(schedule: string, own: DeclaredApp["schedules"][string]) {
      const { cron, timeZone, command, deadlineSeconds, resources } = own;
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
      return { connections: workload.connections };
    }
  }
}
