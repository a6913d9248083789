import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { Job } from "../apps/job";
import { releaseOf } from "../apps/podTemplate";
import type { EnvironmentVariable, NetworkEdge, Place, Postgres, PostgresEndpoint, PostgresRole } from "../contracts";
import { standardLabels } from "../naming";
import { bytesOf, type InClusterPostgresSettings } from "../settings";
import { generatedPassword } from "./passwords";
import * as conf from "./postgresConf";
import { StatefulServer } from "./statefulServer";
import { StoredSecret } from "./storedSecret";

const identity = { name: "postgres", component: "server" };
const roles: readonly PostgresRole[] = ["panel", "chat"];

/**
 * Postgres as one pod on its own volume, with a role and a schema for each part of the product: for development and
 * for teams that accept a restart of some seconds. It does not replicate. Costs the volume and the pod's share of a
 * node.
 */
export class InClusterPostgres extends pulumi.ComponentResource implements Postgres {
  readonly #edges: NetworkEdge[] = [];
  readonly #endpoints: Readonly<Record<PostgresRole, PostgresEndpoint>>;
  readonly #runSql: (name: string, script: string, environment: EnvironmentVariable[], after: pulumi.Resource[]) => Job;
  readonly #generation: number;

  constructor(name: string, settings: InClusterPostgresSettings, place: Place, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:data:InClusterPostgres", name, {}, opts);
    const { namespace, stage } = place;
    const image = settings.image.reference;
    const labels = standardLabels(identity, releaseOf({ stage, image }));
    const parent: pulumi.Resource = this;
    this.#generation = settings.passwordGeneration;

    // The administrator's password is set when the data folder is made and is not used by any app.
    const administrator = createSecret("administrator", 1);
    const config = createConfig();
    const server = createServer();
    this.#runSql = (job, script, environment, after) =>
      new Job(
        `${name}-${job}`,
        {
          namespace,
          stage,
          identity: { name: "postgres", component: job },
          image,
          command: ["sh", "-c", script],
          environment: [
            { name: "PGHOST", value: server.host },
            { name: "PGUSER", value: "postgres" },
            { name: "PGPASSWORD", secret: administrator.ref("password") },
            ...environment,
          ],
          resources: smallJob,
          user: 999,
          connectsTo: [server.destination],
          after: [...server.ready, ...administrator.ready, ...after],
          imagePullSecret: place.imagePullSecret,
        },
        { parent: this },
      );
    const secrets = Object.fromEntries(
      roles.map((role) => [role, createSecret(role, settings.passwordGeneration)]),
    ) as Record<PostgresRole, StoredSecret>;
    const rolesJob = this.#runSql(
      "roles",
      conf.rolesScript(roles, settings.passwordGeneration),
      roles.map((role) => ({ name: conf.passwordVariable(role), secret: secrets[role].ref("password") })),
      roles.flatMap((role) => secrets[role].ready),
    );
    this.#edges.push(...rolesJob.edges);
    this.#endpoints = Object.fromEntries(roles.map((role) => [role, endpointOf(role)])) as Record<
      PostgresRole,
      PostgresEndpoint
    >;
    this.registerOutputs({ host: server.host });

    function endpointOf(role: PostgresRole): PostgresEndpoint {
      return {
        host: server.host,
        port: 5432,
        database: conf.database,
        user: conf.loginRole(role, settings.passwordGeneration),
        password: secrets[role].ref("password"),
        tls: { mode: "disable" },
        destination: server.destination,
        ready: [...server.ready, ...secrets[role].ready, rolesJob.job],
      };
    }

    function createSecret(owner: string, generation: number): StoredSecret {
      const password = generatedPassword(`${name}-${owner}`, generation, { parent }).result;
      return new StoredSecret(`${name}-${owner}`, { namespace, labels, values: { password } }, { parent });
    }

    function createConfig(): core.ConfigMap {
      const postgresqlConf = conf.postgresqlConf({
        maxConnections: settings.maxConnections,
        memoryBytes: bytesOf(settings.resources.limits.memory),
        parameters: settings.parameters,
      });
      const data = { "postgresql.conf": postgresqlConf, "pg_hba.conf": conf.pgHbaConf };
      return new core.ConfigMap(
        `${name}-config`,
        { metadata: { namespace, labels }, immutable: true, data },
        { parent },
      );
    }

    function createServer(): StatefulServer {
      const ready = { exec: { command: ["pg_isready", "--quiet", "--host=127.0.0.1"] }, timeoutSeconds: 5 };
      return new StatefulServer(
        name,
        {
          ...place,
          identity,
          image,
          command: ["postgres", "--config-file=/etc/postgresql/postgresql.conf"],
          prepare: ["sh", "-c", conf.prepareDataScript],
          environment: [{ name: "PGDATA", value: "/var/lib/postgresql/data/pgdata" }],
          files: [
            { name: "config", path: "/etc/postgresql", source: { configMap: config.metadata.name } },
            { name: "administrator", path: "/run/secrets/postgres", source: { secret: administrator.secretName } },
          ],
          ports: { postgres: 5432 },
          port: 5432,
          probes: {
            // Five minutes: after a crash the log is replayed before anyone may connect.
            startup: { ...ready, periodSeconds: 2, failureThreshold: 150 },
            readiness: { ...ready, periodSeconds: 10, failureThreshold: 3 },
            liveness: { tcpSocket: { port: "postgres" }, periodSeconds: 10, failureThreshold: 6, timeoutSeconds: 5 },
          },
          resources: settings.resources,
          storage: settings.storage,
          storageClass: settings.storageClass ?? place.traits.storageClass,
          dataPath: "/var/lib/postgresql/data",
          user: 999,
          // Fast shutdown (the image's stop signal) writes a checkpoint: seconds here, more on a slow disk.
          shutdownSeconds: 110,
        },
        { parent },
      );
    }
  }

  endpoint(role: PostgresRole): PostgresEndpoint {
    return this.#endpoints[role];
  }

  retirePreviousPasswords(after: readonly pulumi.Resource[]): void {
    this.#edges.push(...this.#runSql("retire", conf.retireScript(roles, this.#generation), [], [...after]).edges);
  }

  get edges(): readonly NetworkEdge[] {
    return this.#edges;
  }
}

const smallJob = { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "1", memory: "64Mi" } };
