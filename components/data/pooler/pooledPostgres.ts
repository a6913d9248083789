import * as core from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import type {
  Connection,
  Destination,
  EnvironmentVariable,
  Place,
  PodIdentity,
  Postgres,
  PostgresEndpoint,
  PostgresRole,
  TransportSecurity,
} from "../../contracts";
import { authorityFile, authorityFiles } from "../../kubernetes/connections";
import { releaseOf } from "../../kubernetes/podTemplate";
import { ServerTls } from "../../kubernetes/serverTls";
import { clusterService } from "../../kubernetes/service";
import { Workload } from "../../kubernetes/workload";
import { standardLabels } from "../../naming";
import { ServerOfRoles } from "../serverOfRoles";
import { logInVariables, poolerConf, startScript, stopScript, stopTimes } from "./conf";
import type { PoolerSettings } from "./settings";

const identity: PodIdentity = { name: "postgres", component: "pooler" };
const port = 5432;
const tlsFolder = "/run/tls/pooler";
const confFolder = "/etc/pgbouncer";
const writable = "/tmp";

/** What a pooler is given. */
export interface PooledPostgresArgs {
  readonly settings: PoolerSettings;
  readonly place: Place;
  readonly roles: readonly PostgresRole[];
  /** What it stands in front of. */
  readonly server: Postgres;
  /** Of the server's passwords. */
  readonly generation: number;
}

/**
 * PgBouncer in front of a Postgres of any kind: what serves connects to it, migrations and the apps of `direct` past it.
 * Each app logs in with its own role, and it logs in to the server as the same. It proves itself by a certificate of its
 * own, and the server proves itself to it as it does to everyone.
 *
 * A new generation of passwords has a Deployment and a Service of its own. Pods of before go on with the earlier ones, which
 * the engine deletes when everything else is done, and so after the last rollout. Costs its pods' share of nodes.
 */
export class PooledPostgres extends ServerOfRoles {
  protected readonly roles: Postgres;
  readonly #endpoints: ReadonlyMap<PostgresRole, PostgresEndpoint>;
  readonly #connections: readonly Connection[];

  constructor(name: string, args: PooledPostgresArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:data:PooledPostgres", name, {}, opts);
    const { settings, place, server, generation } = args;
    const { namespace, stage } = place;
    const image = settings.image.reference;
    const instance = `g${generation}`;
    const called = `${name}-pooler-${instance}`;
    const labels = standardLabels(identity, releaseOf({ stage, image }));
    this.roles = server;

    const pooled = args.roles
      .filter((role) => !settings.direct.includes(role))
      .map((role) => ({ role, endpoint: server.endpoint(role) }));
    const [first] = pooled;
    if (!first) {
      this.#endpoints = new Map();
      this.#connections = [];
      this.registerOutputs();
      return;
    }
    const behind = first.endpoint;

    const tls = new ServerTls(`${called}-tls`, { namespace, labels, service: called }, { parent: this });
    const conf = new core.ConfigMap(
      `${called}-config`,
      {
        metadata: { namespace, labels },
        immutable: true,
        data: {
          "pgbouncer.ini": poolerConf({
            server: { host: behind.host, port: behind.port, database: behind.database, tls: trusted(behind.tls) },
            ...{ port, certificates: tlsFolder, writable },
            mode: settings.mode,
            poolSize: settings.poolSize,
            maxClients: settings.maxClients,
          }),
        },
      },
      { parent: this },
    );
    const service = clusterService(
      { name: called, namespace, identity, instance, release: releaseOf({ stage, image }), ports: { postgres: port } },
      { parent: this },
    );
    const answers = { tcpSocket: { port: "postgres" } };
    const workload = new Workload(
      called,
      {
        ...place,
        identity,
        instance,
        image,
        command: ["sh", "-c", startScript(pooled.length, writable, `${confFolder}/pgbouncer.ini`)],
        environment: pooled.flatMap(({ endpoint }, index) => variablesOf(endpoint, index)),
        files: [
          { name: "config", path: confFolder, source: { configMap: conf.metadata.name } },
          { name: "tls", path: tlsFolder, source: tls.files },
          ...authorityFiles({ postgres: behind.tls }),
        ],
        sidecars: behind.sidecars,
        ports: { postgres: port },
        probes: {
          startup: { ...answers, periodSeconds: 1, failureThreshold: 60 },
          readiness: { ...answers, periodSeconds: 5, failureThreshold: 2 },
          liveness: { ...answers, periodSeconds: 10, failureThreshold: 6 },
        },
        replicas: settings.replicas,
        resources: settings.resources,
        user: 999,
        preStop: ["sh", "-c", stopScript(writable)],
        preStopSeconds: stopTimes.unlisted + stopTimes.moving + stopTimes.ending,
        connectsTo: behind.destinations,
        after: [...pooled.flatMap(({ endpoint }) => endpoint.ready), ...tls.ready],
      },
      { parent: this },
    );
    this.#connections = workload.connections;
    const destination: Destination = { pods: identity, port };
    this.#endpoints = new Map(
      pooled.map(({ role, endpoint }) => [
        role,
        {
          ...endpoint,
          host: service.metadata.name,
          port,
          tls: tls.security,
          destinations: [destination],
          sidecars: [],
          ready: [...endpoint.ready, ...tls.ready, workload.rollout.resource],
        },
      ]),
    );
    this.registerOutputs({ host: service.metadata.name });
  }

  /** Through the pooler, but for the apps that connect past it, as migrations do: these take locks of their session. */
  override endpoint(role: PostgresRole): PostgresEndpoint {
    return this.#endpoints.get(role) ?? super.endpoint(role);
  }

  override get connections(): readonly Connection[] {
    return [...super.connections, ...this.#connections];
  }
}

function variablesOf({ user, password }: PostgresEndpoint, index: number): EnvironmentVariable[] {
  const names = logInVariables(index);
  return [
    { name: names.user, value: user },
    { name: names.password, secret: password },
  ];
}

/** What the server is trusted by, as files of the pod. */
function trusted(tls: TransportSecurity) {
  const authority = authorityFile("postgres", tls);
  return { mode: tls.mode, ...(authority !== undefined && { authority }) };
}
