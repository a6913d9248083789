import * as core from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import type { Place, PostgresLogIn } from "../../contracts";
import type { OwnSidecar, PodArgs } from "../../kubernetes/podTemplate";
import { ServerTls } from "../../kubernetes/serverTls";
import { StatefulServer } from "../../kubernetes/statefulServer";
import type { VersionedSecret } from "../../kubernetes/versionedSecret";
import { parseBytes as bytesOf } from "../../schema/values/resources";
import { socketFolder } from "../backup/serverPod";
import { accessFiles } from "../postgresAccess";
import { administratorLogin, superuser } from "../postgresAdministrator";
import * as conf from "../postgresConf";
import type { InClusterPostgresSettings } from "../settings";
import { databaseIdOf, serverIdentity, serverName } from "./names";

const tlsFolder = "/run/tls/server";

/** Where the volume of a server is seen, and the database in it. */
export const dataPath = "/var/lib/postgresql/data";
export const dataFolder = `${dataPath}/pgdata`;

/** What one server is made of. */
export interface PostgresServerArgs {
  readonly number: number;
  readonly settings: InClusterPostgresSettings;
  readonly image: string;
  readonly place: Place;
  readonly labels: Record<string, string>;
  readonly administrator: VersionedSecret;
  /** Whether it hands its log to pgBackRest. */
  readonly archives: boolean;
  /** Makes the data folder where there is none: a script of the shell. */
  readonly fill: string | undefined;
  /** What data that is there must have been restored from. @default anything */
  readonly restoredFrom?: string | undefined;
  /** What its pod has for its backups, or for being filled from those of another one. */
  readonly ofBackups: Partial<PodArgs> & {
    readonly furtherPorts?: Readonly<Record<string, number>>;
    readonly ownSidecars?: readonly OwnSidecar[];
  };
  /** It has no pod. @default false */
  readonly stopped?: boolean;
  /** What must be done while it is as it was. @param before how the administrator logs in until then @default nothing */
  readonly after?: (before: PostgresLogIn) => readonly pulumi.Resource[];
}

/** One Postgres server of the cluster, with a volume, a Service, a configuration and a certificate of its own. */
export class PostgresServer {
  /** How the administrator logs in, with the log-in of the password's generation. */
  readonly logIn: PostgresLogIn;
  /** How the superuser logs in where the data folder was just made or restored: `logIn` is then not known yet. */
  readonly firstLogIn: PostgresLogIn;
  /** Its configuration, which a restored one starts with. */
  readonly configuration: pulumi.Output<string>;
  readonly server: StatefulServer;

  /** @param opts where the resources belong; `parent` is the component of the servers */
  constructor(args: PostgresServerArgs, opts: pulumi.ComponentResourceOptions) {
    const { number, settings, image, place, labels, administrator } = args;
    const { namespace } = place;
    const name = serverName(number);
    const identity = serverIdentity(number);
    const tls = new ServerTls(`${name}-tls`, { namespace, labels, service: name }, opts);
    const account = {
      database: "postgres",
      user: administratorLogin(settings.administratorGeneration),
      password: administrator.ref("password"),
      tls: tls.security,
    };
    const config = createConfig();
    const ready = { exec: { command: ["pg_isready", "--quiet", "--host=127.0.0.1"] }, timeoutSeconds: 5 };
    const { environment = [], files = [], ...ofBackups } = args.ofBackups;
    const known = { ...account, host: name, port: 5432, sidecars: [], ready: [...administrator.ready, ...tls.ready] };
    const after = args.after?.({ ...known, destinations: [{ pods: identity, port: 5432 }] });
    this.server = new StatefulServer(
      name,
      {
        ...place,
        identity,
        image,
        command: ["postgres", "--config-file=/etc/postgresql/postgresql.conf"],
        prepare: ["sh", "-c", conf.prepareDataScript(args.fill, args.restoredFrom)],
        ...ofBackups,
        environment: [{ name: "PGDATA", value: dataFolder }, ...environment],
        files: [
          { name: "config", path: "/etc/postgresql", source: { configMap: config.metadata.name } },
          { name: "tls", path: tlsFolder, source: tls.files },
          // By the name that stays: it is read where a data folder is made, and another password restarts nothing.
          { name: "administrator", path: "/run/secrets/postgres", source: { secret: administrator.currentName } },
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
        storageClass: settings.storageClass ?? place.traits.storageClass,
        dataPath,
        user: 999,
        // Fast shutdown (the image's stop signal) writes a checkpoint: seconds here, more on a slow disk.
        shutdownSeconds: 110,
        ...(args.stopped ? { stopped: true } : {}),
        ...(after ? { after } : {}),
      },
      opts,
    );
    this.configuration = config.metadata.name;
    this.logIn = {
      ...known,
      host: this.server.host,
      // What ran once in one server is not done in another.
      ...databaseIdOf(number),
      destinations: [this.server.destination],
      ready: [...this.server.ready, ...known.ready],
    };
    this.firstLogIn = { ...this.logIn, user: superuser };

    function createConfig(): core.ConfigMap {
      const postgresqlConf = conf.postgresqlConf({
        maxConnections: settings.maxConnections,
        memoryBytes: bytesOf(settings.resources.limits.memory),
        parameters: settings.parameters,
        certificates: tlsFolder,
        ...(args.archives && { archives: true, sidecarSocket: socketFolder }),
      });
      const data = { "postgresql.conf": postgresqlConf, ...accessFiles(args.archives ? socketFolder : undefined) };
      return new core.ConfigMap(`${name}-config`, { metadata: { namespace, labels }, immutable: true, data }, opts);
    }
  }
}
