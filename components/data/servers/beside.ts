import type * as pulumi from "@pulumi/pulumi";
import type { Connection, EnvironmentVariable, Place, PostgresLogIn } from "../../contracts";
import { authorityFile, authorityFiles, postgresVariables } from "../../kubernetes/connections";
import { variablesOf } from "../../kubernetes/variables";
import type { VersionedSecret } from "../../kubernetes/versionedSecret";
import type { BackupRepository } from "../backup/repository";
import { restoredFrom, restoreScript } from "../backup/restoreScript";
import { ServerJobs } from "../serverJobs";
import type { InClusterPostgresSettings } from "../settings";
import { compareScript, copyScript, otherVariables, rehearsalScript } from "./copyScript";
import { refuseKept } from "./fill";
import { serverIdentity, serverName } from "./names";
import { PostgresServer } from "./postgresServer";
import type { BesideSettings } from "./settings";

/** Seconds after which a copy or a comparison is given up: half a day. */
const longest = 12 * 3600;

/** What a second server is made beside. */
export interface BesideServerArgs {
  readonly settings: InClusterPostgresSettings;
  readonly beside: BesideSettings;
  readonly place: Place;
  readonly labels: Record<string, string>;
  readonly administrator: VersionedSecret;
  /** The server that the apps use. */
  readonly live: PostgresServer;
  /** How the administrator logs in to it, once it knows the password of now. */
  readonly liveLogIn: PostgresLogIn;
  readonly repository: BackupRepository | undefined;
}

/**
 * The server beside the one that the apps use. A new one is filled from backups and compared, or filled by a copy as a
 * rehearsal. One that was used before is stopped when the live one has what it needs of it, and its claim is kept.
 */
export class BesideServer {
  /** What the apps' log-ins wait for: the copy, and that nobody can write to the server of before. */
  readonly ready: readonly pulumi.Resource[];
  readonly connections: readonly Connection[];

  /** @param opts where the resources belong; `parent` is the component of the servers */
  constructor(name: string, args: BesideServerArgs, opts: pulumi.ComponentResourceOptions) {
    const { settings, beside, live, liveLogIn, repository, place } = args;
    const liveImage = settings.image.reference;
    const image = beside.image?.reference ?? liveImage;
    const number = beside.server;
    const { restore } = beside;
    const common = { settings, image, place, labels: args.labels, administrator: args.administrator, number };
    const connections: Connection[] = [];

    if (restore || beside.copy) {
      const { firstLogIn } = new PostgresServer(
        {
          ...{ ...common, archives: false },
          fill: restore && restoreScript(restore),
          restoredFrom: restore && restoredFrom(restore),
          ofBackups: { ...(restore && repository ? filledFrom(repository) : {}), ...onNodeOf(repository) },
        },
        opts,
      );
      const sides = { image, here: firstLogIn, there: liveLogIn };
      if (restore) run("compare", compareScript, sides);
      else run("copy", rehearsalScript, sides);
      this.ready = [];
    } else {
      const stopped = new PostgresServer(
        {
          ...{ ...common, archives: false, stopped: true },
          fill: refuseKept(number),
          ofBackups: {},
          after: (logIn) =>
            settings.copy
              ? [run("copy", copyScript, { image: liveImage, here: live.firstLogIn, there: logIn })]
              : live.logIn.ready,
        },
        opts,
      );
      this.ready = stopped.logIn.ready;
    }
    this.connections = connections;

    function run(purpose: string, script: string, { image, here, there }: Sides): pulumi.Resource {
      const jobs = new ServerJobs(
        name,
        {
          ...{ place, tier: "postgres", image },
          runsOncePer: [serverName(number), restore ?? {}],
          environment: [...variablesOf(postgresVariables, here), ...otherEnvironment(there)],
          files: authorityFiles({ postgres: here.tls, other: there.tls }),
          sidecars: [],
          resources: settings.resources,
          connectsTo: [...here.destinations, ...there.destinations],
          ready: [...here.ready, ...there.ready],
        },
        opts,
      );
      const { job } = jobs.run(purpose, { script, variables: [], after: [], deadlineSeconds: longest });
      connections.push(...jobs.connections);
      return job;
    }

    /** A repository that is a volume is on one node, and the second server archives into it when the apps use it. */
    function onNodeOf(repository: BackupRepository | undefined) {
      return repository?.isVolume ? { beside: serverIdentity(settings.server) } : {};
    }

    function filledFrom({ beside: access, destinations }: BackupRepository) {
      connections.push(...destinations.map((to) => ({ from: serverIdentity(number), to })));
      return {
        environment: [...access.environment],
        files: [...access.files],
        volumes: [...access.volumes],
        mounts: [...access.mounts],
      };
    }
  }
}

/** The two servers of a script: the variables of libpq lead to `here`. */
interface Sides {
  readonly image: string;
  readonly here: PostgresServer["logIn"];
  readonly there: PostgresServer["logIn"];
}

function otherEnvironment({ host, port, user, tls }: PostgresServer["logIn"]): EnvironmentVariable[] {
  const authority = authorityFile("other", tls);
  return [
    { name: otherVariables.host, value: host },
    { name: otherVariables.port, value: String(port) },
    { name: otherVariables.user, value: user },
    ...(authority === undefined ? [] : [{ name: otherVariables.authority, value: authority }]),
  ];
}
