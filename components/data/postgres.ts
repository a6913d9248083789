import type * as pulumi from "@pulumi/pulumi";
import type { Connection, PostgresLogIn } from "../contracts";
import type { PostgresArgs } from "../contracts/stores";
import { releaseOf } from "../kubernetes/podTemplate";
import { standardLabels } from "../naming";
import { administratorPassword } from "./administratorPassword";
import { Backups } from "./backup/backups";
import { serverPort } from "./backup/configuration";
import { restoredFolder } from "./backup/drillScript";
import { BackupRepository } from "./backup/repository";
import { restoreScript } from "./backup/restoreScript";
import { backupPorts, serverPod } from "./backup/serverPod";
import { administratorScript, formerPasswordVariable } from "./postgresAdministrator";
import { postgresJobs } from "./postgresJobs";
import { PostgresRoles } from "./postgresRoles";
import { ServerOfRoles } from "./serverOfRoles";
import { BesideServer } from "./servers/beside";
import { refuseEmpty } from "./servers/fill";
import { serverIdentity, serverName } from "./servers/names";
import { dataFolder, dataPath, PostgresServer } from "./servers/postgresServer";
import type { InClusterPostgresSettings } from "./settings";

/**
 * Postgres as one pod on its own volume, with a role and a schema for each part of the product: for development and
 * for teams that accept a restart of some seconds. It does not replicate. Costs the volume and the pod's share of a
 * node. With `backup` pgBackRest archives its log and makes backups, and another container of the pod serves them.
 * With `beside` there is a second server, which the apps use next or have used before.
 */
export class InClusterPostgres extends ServerOfRoles {
  protected readonly roles: PostgresRoles;
  readonly #backups: Backups | undefined;
  readonly #beside: BesideServer | undefined;
  readonly #renewal: readonly Connection[];

  constructor(name: string, args: PostgresArgs<InClusterPostgresSettings>, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:data:InClusterPostgres", name, {}, opts);
    const { settings, place, roles } = args;
    const { namespace, stage } = place;
    const { backup, beside, server: number, administratorGeneration: generation } = settings;
    const image = settings.image.reference;
    const labels = standardLabels({ name: "postgres", component: "server" }, releaseOf({ stage, image }));
    const child = { parent: this };

    const { present: administrator, former } = administratorPassword(name, { namespace, labels, generation }, child);
    const repository = backup && createRepository(backup);
    const common = { settings, place, labels, administrator };
    const live = new PostgresServer(
      {
        ...{ ...common, number, image, archives: backup !== undefined },
        fill: backup?.restore ? restoreScript(backup.restore) : refuseEmpty(settings),
        ofBackups:
          backup && repository
            ? { ...serverPod({ repository, backup, image, dataPath }), furtherPorts: backupPorts }
            : {},
      },
      child,
    );
    // A server that takes over knows the log-ins of the one before only when it has its data.
    const takesOver = beside && !beside.restore && !beside.copy;
    const renewal: Connection[] = [];
    this.#renewal = renewal;
    const before = takesOver ? live.logIn : renewed(live.logIn);
    this.#beside = beside && new BesideServer(name, { ...common, beside, live, liveLogIn: before, repository }, child);
    const known = { ...before, ready: [...before.ready, ...(this.#beside?.ready ?? [])] };
    const logIn = restored(takesOver ? renewed(known) : known);
    this.roles = new PostgresRoles(
      name,
      {
        ...{ place, roles, labels, image, generation: settings.passwordGeneration, administrator: logIn },
        administratorGeneration: generation,
        // A switch closes the server that is left.
        opensClosed: number > 1 || beside !== undefined,
      },
      child,
    );
    const pods = serverIdentity(number);
    this.#backups =
      backup &&
      repository &&
      new Backups(
        name,
        {
          ...{ settings, backup, place, repository, administrator: logIn, configuration: live.configuration },
          server: { pods, files: { pods, port: serverPort }, name: serverName(number) },
        },
        child,
      );
    this.registerOutputs({ host: live.logIn.host });

    function createRepository(settings: NonNullable<typeof backup>): BackupRepository {
      const others = [settings.restore?.of, beside?.restore?.of].flatMap((of) =>
        of === undefined || of === number ? [] : [serverName(of)],
      );
      return new BackupRepository(
        `${name}-backup`,
        {
          ...{ settings, place, labels, storageClass: args.settings.storageClass ?? place.traits.storageClass },
          server: { host: serverName(number), dataFolder },
          restored: `${restoredFolder}/data`,
          others,
          fillsSecond: beside?.restore !== undefined,
        },
        child,
      );
    }

    /** Gives the running server the log-in of this generation. The one of before is retired with those of the apps. */
    function renewed(administrator: PostgresLogIn): PostgresLogIn {
      if (!former) return administrator;
      const jobs = postgresJobs(name, { place, image, administrator: restored(administrator) }, child);
      const { job } = jobs.run("administrator", {
        script: administratorScript(generation),
        variables: [{ name: formerPasswordVariable, secret: former.ref("password") }],
        after: former.ready,
      });
      renewal.push(...jobs.connections);
      return { ...administrator, ready: [...administrator.ready, job] };
    }

    /** A restored database is another one: its log-ins and schemas may be of an earlier day. */
    function restored(logIn: PostgresLogIn): PostgresLogIn {
      if (!backup?.restore) return logIn;
      return { ...logIn, databaseId: `${logIn.databaseId ?? name} restored ${JSON.stringify(backup.restore)}` };
    }
  }

  override get connections(): readonly Connection[] {
    const others = [this.#backups, this.#beside].flatMap((one) => one?.connections ?? []);
    return [...super.connections, ...this.#renewal, ...others];
  }
}
