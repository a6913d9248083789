import * as core from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import type { Connection, PostgresLogIn } from "../contracts";
import type { PostgresArgs } from "../contracts/stores";
import { generatedPassword } from "../kubernetes/passwords";
import { releaseOf } from "../kubernetes/podTemplate";
import { ServerTls } from "../kubernetes/serverTls";
import { StatefulServer } from "../kubernetes/statefulServer";
import { VersionedSecret } from "../kubernetes/versionedSecret";
import { standardLabels } from "../naming";
import { parseBytes as bytesOf } from "../schema/values/resources";
import { Backups } from "./backup/backups";
import { serverPort } from "./backup/configuration";
import { restoredFolder } from "./backup/drillScript";
import { BackupRepository } from "./backup/repository";
import { restoreScript } from "./backup/restoreScript";
import { backupPorts, serverPod } from "./backup/serverPod";
import * as conf from "./postgresConf";
import { PostgresRoles } from "./postgresRoles";
import { ServerOfRoles } from "./serverOfRoles";
import type { InClusterPostgresSettings } from "./settings";

const tlsFolder = "/run/tls/server";
const dataPath = "/var/lib/postgresql/data";
const dataFolder = `${dataPath}/pgdata`;
const identity = { name: "postgres", component: "server" };

/**
 * Postgres as one pod on its own volume, with a role and a schema for each part of the product: for development and
 * for teams that accept a restart of some seconds. It does not replicate. Costs the volume and the pod's share of a
 * node. With `backup` pgBackRest archives its log and makes backups, and another container of the pod serves them.
 */
export class InClusterPostgres extends ServerOfRoles {
  protected readonly roles: PostgresRoles;
  readonly #backups: Backups | undefined;

  constructor(name: string, args: PostgresArgs<InClusterPostgresSettings>, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:data:InClusterPostgres", name, {}, opts);
    const { settings, place, roles } = args;
    const { namespace, stage } = place;
    const image = settings.image.reference;
    const labels = standardLabels(identity, releaseOf({ stage, image }));
    const parent: pulumi.Resource = this;

    // The administrator's password is set when the data folder is made and is not used by any app.
    const administrator = createSecret("administrator", 1);
    const tls = new ServerTls(`${name}-tls`, { namespace, labels, service: name }, { parent });
    const config = createConfig();
    const account = {
      database: "postgres",
      user: "postgres",
      password: administrator.ref("password"),
      tls: tls.security,
    };
    const { backup } = settings;
    const storageClass = settings.storageClass ?? place.traits.storageClass;
    const repository = backup && createRepository(backup);
    const server = createServer();
    const logIn: PostgresLogIn = {
      ...{ ...account, host: server.host, port: 5432, destinations: [server.destination], sidecars: [] },
      ready: [...server.ready, ...administrator.ready, ...tls.ready],
    };
    this.roles = new PostgresRoles(
      name,
      { place, roles, labels, image, generation: settings.passwordGeneration, administrator: logIn },
      { parent },
    );
    this.#backups =
      backup &&
      repository &&
      new Backups(
        name,
        {
          ...{ settings, backup, place, repository, administrator: logIn, configuration: config.metadata.name },
          server: { pods: identity, files: { pods: identity, port: serverPort } },
        },
        { parent },
      );
    this.registerOutputs({ host: server.host });

    function createRepository(settings: NonNullable<typeof backup>): BackupRepository {
      return new BackupRepository(
        `${name}-backup`,
        {
          ...{ settings, place, labels, storageClass },
          server: { host: name, dataFolder },
          restored: `${restoredFolder}/data`,
        },
        { parent },
      );
    }

    function createSecret(owner: string, generation: number): VersionedSecret {
      const password = generatedPassword(`${name}-${owner}`, generation, { parent }).result;
      return new VersionedSecret(`${name}-${owner}`, { namespace, labels, values: { password } }, { parent });
    }

    function createConfig(): core.ConfigMap {
      const postgresqlConf = conf.postgresqlConf({
        maxConnections: settings.maxConnections,
        memoryBytes: bytesOf(settings.resources.limits.memory),
        parameters: settings.parameters,
        certificates: tlsFolder,
        archives: settings.backup !== undefined,
      });
      const data = { "postgresql.conf": postgresqlConf, "pg_hba.conf": conf.pgHba };
      return new core.ConfigMap(
        `${name}-config`,
        { metadata: { namespace, labels }, immutable: true, data },
        { parent },
      );
    }

    function createServer(): StatefulServer {
      const ready = { exec: { command: ["pg_isready", "--quiet", "--host=127.0.0.1"] }, timeoutSeconds: 5 };
      const {
        environment = [],
        files = [],
        ...ofBackups
      } = backup && repository
        ? { ...serverPod({ repository, backup, image, dataPath, administrator: account }), furtherPorts: backupPorts }
        : {};
      return new StatefulServer(
        name,
        {
          ...place,
          identity,
          image,
          command: ["postgres", "--config-file=/etc/postgresql/postgresql.conf"],
          prepare: ["sh", "-c", conf.prepareDataScript(backup?.restore && restoreScript(backup.restore))],
          ...ofBackups,
          environment: [{ name: "PGDATA", value: dataFolder }, ...environment],
          files: [
            { name: "config", path: "/etc/postgresql", source: { configMap: config.metadata.name } },
            { name: "tls", path: tlsFolder, source: tls.files },
            { name: "administrator", path: "/run/secrets/postgres", source: { secret: administrator.secretName } },
            ...files,
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
          storageClass,
          dataPath,
          user: 999,
          // Fast shutdown (the image's stop signal) writes a checkpoint: seconds here, more on a slow disk.
          shutdownSeconds: 110,
        },
        { parent },
      );
    }
  }

  override get connections(): readonly Connection[] {
    return [...super.connections, ...(this.#backups?.connections ?? [])];
  }
}
