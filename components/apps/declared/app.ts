import * as pulumi from "@pulumi/pulumi";
import type { AppAccess, Connection, Postgres, PostgresEndpoint, Redis, Route } from "../../contracts";
import type { Rollout } from "../../contracts/rollout";
import type { IngressSettings } from "../../ingress/settings";
import { oncePerDatabase } from "../../kubernetes/connections";
import { CronWorkload } from "../../kubernetes/cronWorkload";
import { Job } from "../../kubernetes/job";
import { releaseOf } from "../../kubernetes/podTemplate";
import type { ServerTls } from "../../kubernetes/serverTls";
import { clusterService } from "../../kubernetes/service";
import { variablesOf } from "../../kubernetes/variables";
import { VersionedSecret } from "../../kubernetes/versionedSecret";
import { Workload } from "../../kubernetes/workload";
import { consoleComponent, standardLabels } from "../../naming";
import type { OperationsSettings } from "../../stack/settings";
import type { AppArgs } from "../shared/app";
import { egressConnections } from "../shared/egress";
import type { KeyPairs } from "../shared/keyPairs";
import type { AppSpec } from "../shared/spec";
import { podAccess } from "./accessResources";
import { beamNode } from "./beam";
import { createFiles } from "./fileResources";
import { knownOf } from "./known";
import { createMadeSecrets, type MadeSecrets } from "./madeSecrets";
import { openingsOf } from "./openings";
import { destinationsOf, type PodConfigurationArgs, podConfiguration } from "./podConfiguration";
import { probesOf } from "./probe";
import { routesOf, routeTo } from "./route";
import { createKeptSecrets } from "./secretResources";
import type { DeclaredApp, DeclaredApps } from "./settings";
import { createSidecars } from "./sidecarResources";
import { reachedPort } from "./sidecars";
import { preStopOf, processIdentity, processName } from "./spec";
import { certificateFolder, tlsVariables } from "./tls";
import { usedApps } from "./uses";
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
  /** The pairs of keys of every app, by app and name. */
  readonly keys: Readonly<Record<string, Readonly<Record<string, KeyPairs>>>>;
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
  /** The account that the app makes by itself, a secret. */
  readonly firstLogin: MadeSecrets["firstLogin"];

  constructor(
    name: string,
    { app, access, settings, place, specs, certificates, keys, ...stores }: DeclaredArgs,
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
    const labels = standardLabels({ name, component: "app" }, release);
    const made = createMadeSecrets(name, { namespace, labels, app, pairs: keys[name] ?? {} }, { parent });
    const values = { ...app.secretEnv, ...made.shared };
    const given = new VersionedSecret(`${name}-given`, { namespace, labels, values }, { parent });
    const known = knownOf(app.uses, { ...settings, pairs: keys, postgres: stores.postgres });
    const kept = createKeptSecrets(name, { place, labels, app }, { parent });
    const files = createFiles(name, { namespace, labels, files: app.files }, { parent });
    const claims = createClaims(name, { place, volumes: app.volumes }, { parent });
    const pods = podAccess(name, { access, namespace, labels, settings: app }, { parent });
    const ofPods: PodConfigurationArgs = {
      ...{ app, place, version, release, redis, called, certificates, kept, made, known, files, given },
      ...{ access: pods, secretEnv: values },
    };
    const before = [...given.ready, ...kept.ready, ...files.ready, ...pods.ready];

    const releaseJob = app.release ? [createJob("release", owner, app.release, before)] : [];
    const afterRelease = [...before, ...claims, ...releaseJob.map(({ job }) => job)];
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
      ...destinationsOf(ofPods, database).map((to) => ({ from: byHand, to })),
      // A console is a node that connects to a live one.
      ...processes.flatMap(({ node }) => node?.connectsTo ?? []).map((to) => ({ from: byHand, to })),
      // What any of them does can be done by hand too.
      ...openingsOf(app).flatMap(({ component, egress }) => [
        ...egressConnections(processIdentity(name, component), egress),
        ...egressConnections(byHand, egress),
      ]),
    ];
    this.firstLogin = made.firstLogin;
    this.registerOutputs();

    /** A command that is run once for an image, whatever else changes. */
    function createJob(
      kind: "release" | "after",
      endpoint: PostgresEndpoint | undefined,
      { command, deadlineSeconds, resources }: NonNullable<DeclaredApp["release"]>,
      after: readonly pulumi.Resource[],
    ): Job {
      // Which files and Secrets it has is part of its pod, which cannot change; what is in them is not.
      const configuration = podConfiguration(name, ofPods, { component: kind, database: endpoint, after });
      const seen = [...files.of(kind), ...known.files, ...made.of(kind).files].map(({ path }) => path);
      const parts = [...seen, ...kept.environment, ...oncePerDatabase(endpoint)];
      return new Job(
        `${name}-${kind}`,
        {
          ...configuration,
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
      const workloadName = processName(name, process, own);
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
      const ownVariables = [...(ownCertificate ? variablesOf(tlsVariables, {}) : []), ...(node?.environment ?? [])];
      const configuration = podConfiguration(name, ofPods, {
        ...{ component: process, database, port, own: ownVariables, after: afterRelease },
      });
      const workload = new Workload(
        workloadName,
        {
          ...configuration,
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
          ...podConfiguration(name, ofPods, { component: identity.component, database, after: afterRelease }),
          ...{ identity, cron, timeZone, command, deadlineSeconds, resources, user: app.user },
        },
        { parent },
      );
      return { connections: workload.connections };
    }
  }
}
