import type * as pulumi from "@pulumi/pulumi";
import type { Connection } from "../contracts";
import type { PostgresArgs } from "../contracts/stores";
import { generatedPassword } from "../kubernetes/passwords";
import { releaseOf } from "../kubernetes/podTemplate";
import { VersionedSecret } from "../kubernetes/versionedSecret";
import { standardLabels } from "../naming";
import { Backups } from "./backup/backups";
import { serverPort } from "./backup/configuration";
import { restoredFolder } from "./backup/drillScript";
import { BackupRepository } from "./backup/repository";
import { restoreScript } from "./backup/restoreScript";
import { backupPorts, serverPod } from "./backup/serverPod";
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

  constructor(name: string, args: PostgresArgs<InClusterPostgresSettings>, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:data:InClusterPostgres", name, {}, opts);
    const { settings, place, roles } = args;
    const { namespace, stage } = place;
    const { backup, beside, server: number } = settings;
    const image = settings.image.reference;
    const labels = standardLabels({ name: "postgres", component: "server" }, releaseOf({ stage, image }));
    const child = { parent: this };

    // The administrator's password is set when the data folder is made and is not used by any app.
    const administrator = createSecret("administrator", 1);
    const repository = backup && createRepository(backup);
    const common = { settings, place, labels, administrator };
    const live = new PostgresServer(
      {
        ...{ ...common, number, image, archives: backup !== undefined },
        fill: backup?.restore ? restoreScript(backup.restore) : refuseEmpty(settings),
        ofBackups: (account) =>
          backup && repository
            ? {
                ...serverPod({ repository, backup, image, dataPath, administrator: account }),
                furtherPorts: backupPorts,
              }
            : {},
      },
      child,
    );
    this.#beside = beside && new BesideServer(name, { ...common, beside, live, repository }, child);
    const logIn = { ...live.logIn, ready: [...live.logIn.ready, ...(this.#beside?.ready ?? [])] };
    this.roles = new PostgresRoles(
      name,
      {
        ...{ place, roles, labels, image, generation: settings.passwordGeneration, administrator: logIn },
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

    function createSecret(owner: string, generation: number): VersionedSecret {
      const password = generatedPassword(`${name}-${owner}`, generation, child).result;
      return new VersionedSecret(`${name}-${owner}`, { namespace, labels, values: { password } }, child);
    }
  }

  override get connections(): readonly Connection[] {
    return [...super.connections, ...(this.#backups?.connections ?? []), ...(this.#beside?.connections ?? [])];
  }
}
