import * as databaseInstance from "@pulumi/gcp/sql/databaseInstance";
import * as user from "@pulumi/gcp/sql/user";
import type * as pulumi from "@pulumi/pulumi";
import type { GoogleCloud, PostgresEndpoint } from "../../contracts";
import type { PostgresArgs } from "../../contracts/stores";
import { managedAdministrator } from "../../data/postgresConf";
import { PostgresRoles } from "../../data/postgresRoles";
import { ServerOfRoles } from "../../data/serverOfRoles";
import { type NumberedServer, numberedServers } from "../../data/servers/managed";
import { databaseIdOf, serverName } from "../../data/servers/names";
import { besideCluster, generatedIn } from "../../kubernetes/besideCluster";
import { generatedPassword } from "../../kubernetes/passwords";
import { releaseOf } from "../../kubernetes/podTemplate";
import { VersionedSecret } from "../../kubernetes/versionedSecret";
import { labelValue, product, standardLabels } from "../../naming";
import { guardedUpdate } from "../shared/guards";
import { authorities } from "./authorities";
import { googleCloud } from "./dataNetwork";
import { databaseFlags } from "./postgresFlags";
import { CloudSqlProxy } from "./postgresProxy";
import { weekDays } from "./settings/dataValues";
import type { CloudSqlPostgresSettings } from "./settings/postgres";

const port = 5432;

/**
 * Postgres of Google Cloud SQL: one private address in the network of the cluster, TLS for everyone, a standby in another
 * zone where the settings say so, point-in-time recovery, and backups that outlive a deleted server. Apps come directly,
 * or through Google's proxy (`connection`). A second server may stand beside it, made from a backup or a second of the
 * past of the first (`postgres.beside`); what it is filled with counts only when it is made. Read replicas and connection pooling are not part of it.
 *
 * The instance is named by the provider, because a name stays taken for about a week after its instance is deleted.
 *
 * Directly, the server is proved by its own authority (`verify-ca`), which no other server has; its certificate is for a
 * name, not for the address. That authority ends after ten years: make the next one with `gcloud sql ssl server-ca-certs
 * create`, run `pulumi refresh` and `up` so that the apps know it, and only then `… rotate`. With the proxy there is
 * nothing to renew.
 *
 * Costs the machine (twice with the standby), its disk and the backups.
 */
export class CloudSqlPostgres extends ServerOfRoles {
  protected readonly roles: PostgresRoles;

  constructor(name: string, args: PostgresArgs<CloudSqlPostgresSettings>, opts: pulumi.ComponentResourceOptions) {
    // The database outlives the namespace it is used from; only what is in the namespace dies with it.
    super("switchboard:data:CloudSqlPostgres", name, {}, besideCluster(opts));
    const { settings, place, roles } = args;
    const cloud = googleCloud(place, "postgres.kind", settings.kind);
    const { namespace, stage } = place;
    const image = settings.image.reference;
    const labels = standardLabels({ name: "postgres", component: "server" }, releaseOf({ stage, image }));
    const viaProxy = settings.connection === "authProxy";
    const inCloud = { parent: this, provider: cloud.provider };
    const inCluster = { ...opts, parent: this, deletedWith: place.lifetime };

    const rootPassword = newPassword("root");
    const password = newPassword("administrator");
    const { instance, administrator } = numberedServers<Server>(settings, (server, source) => {
      const made = createInstance(server, source?.instance);
      return { instance: made, administrator: createAdministrator(server, made) };
    });
    const credentials = new VersionedSecret(
      `${name}-administrator`,
      { namespace, labels, values: { password } },
      inCluster,
    );
    const way = viaProxy ? throughProxy() : directly();

    this.roles = new PostgresRoles(
      name,
      {
        place,
        roles,
        labels,
        image,
        generation: settings.passwordGeneration,
        administrator: {
          ...way,
          port,
          database: "postgres",
          ...databaseIdOf(settings.server),
          user: managedAdministrator,
          password: credentials.ref("password"),
          ready: [instance, administrator, ...credentials.ready, ...way.ready],
        },
      },
      inCluster,
    );
    this.registerOutputs({ connectionName: instance.connectionName, host: instance.privateIpAddress });

    function newPassword(whose: string): pulumi.Output<string> {
      return generatedPassword(`${name}-${whose}`, settings.passwordGeneration, generatedIn(inCluster)).result;
    }

    function createInstance({ number, restore }: NumberedServer, source?: Instance): Instance {
      const { backups, maintenance } = settings;
      const resource = serverName(number);
      const protect = place.protection.covers(`${resource}-instance`);
      return new databaseInstance.DatabaseInstance(
        `${resource}-instance`,
        {
          ...filledWith(restore, source, cloud),
          project: cloud.project,
          region: cloud.region,
          databaseVersion: `POSTGRES_${settings.version}`,
          // Of the user `postgres`, as which nobody logs in. Google refuses an instance with a password policy and without
          // it (https://github.com/terraform-google-modules/terraform-google-sql-db/pull/521).
          rootPassword,
          // The provider's own guard; `settings.deletionProtectionEnabled` is the one that every other tool meets.
          deletionProtection: protect,
          settings: {
            edition: settings.edition,
            tier: settings.tier,
            availabilityType: settings.highAvailability ? "REGIONAL" : "ZONAL",
            deletionProtectionEnabled: protect,
            diskType: "PD_SSD",
            diskSize: settings.diskGiB,
            diskAutoresize: true,
            diskAutoresizeLimit: settings.maxDiskGiB,
            ipConfiguration: {
              ipv4Enabled: false,
              privateNetwork: cloud.network,
              allocatedIpRange: cloud.managedServicesRange,
              serverCaMode: "GOOGLE_MANAGED_INTERNAL_CA",
              // Proxies have a client certificate, made for an hour; nobody else has one.
              sslMode: viaProxy && settings.proxyOnly ? "TRUSTED_CLIENT_CERTIFICATE_REQUIRED" : "ENCRYPTED_ONLY",
            },
            connectorEnforcement: viaProxy && settings.proxyOnly ? "REQUIRED" : "NOT_REQUIRED",
            backupConfiguration: {
              enabled: true,
              startTime: backups.start,
              pointInTimeRecoveryEnabled: true,
              transactionLogRetentionDays: backups.transactionLogDays,
              backupRetentionSettings: { retainedBackups: backups.retained, retentionUnit: "COUNT" },
            },
            retainBackupsOnDelete: backups.finalDays > 0,
            // Also of a server whose protection was lifted: that is when one goes.
            finalBackupConfig: {
              enabled: backups.finalDays > 0,
              ...(backups.finalDays > 0 ? { retentionDays: backups.finalDays } : {}),
            },
            maintenanceWindow: {
              day: weekDays.indexOf(maintenance.day) + 1,
              hour: maintenance.hour,
              updateTrack: maintenance.track,
            },
            databaseFlags: databaseFlags(settings),
            insightsConfig: {
              queryInsightsEnabled: true,
              queryPlansPerMinute: 5,
              queryStringLength: 1024,
              recordApplicationTags: false,
              recordClientAddress: false,
            },
            // For what people type in. Ours are hashed before they are sent, which a policy lets pass
            // (https://cloud.google.com/sql/docs/postgres/built-in-authentication); neither reuse nor complexity is
            // limited, because root's and the administrator's, which Google is told, are letters and digits.
            passwordValidationPolicy: { enablePasswordPolicy: true, minLength: 20, disallowUsernameSubstring: true },
            // The provider's default labels do not reach this field.
            userLabels: { "part-of": product, "managed-by": "pulumi", stage: labelValue(stage) },
          },
        },
        {
          ...inCloud,
          protect,
          dependsOn: [cloud.privateAccess],
          // The disk grows by itself, and a smaller size in the settings would replace the server.
          // What it is filled with counts when it is made: later a backup would be restored over what is there.
          ignoreChanges: ["settings.diskSize", "clone", "restoreBackupContext"],
          // The first instance of a network takes longer than the provider's 20 minutes now and then.
          customTimeouts: { create: "40m", update: "40m", delete: "40m" },
          ...guardedUpdate(`${resource}-instance`, (before, after) =>
            versionProblem(before.databaseVersion, after.databaseVersion),
          ),
        },
      );
    }

    /** Makes roles and databases; no app logs in as it. Written only: the password is not read back into what the provider stores. */
    function createAdministrator({ number }: NumberedServer, instance: Instance): user.User {
      return new user.User(
        `${serverName(number)}-administrator-user`,
        {
          project: cloud.project,
          instance: instance.name,
          name: managedAdministrator,
          passwordWo: password,
          passwordWoVersion: settings.passwordGeneration,
          // Google refuses to delete a user that owns a database. It goes with the instance.
          deletionPolicy: "ABANDON",
        },
        inCloud,
      );
    }

    function directly(): Way {
      const authority = new VersionedSecret(
        `${name}-authority`,
        { namespace, labels, values: { "ca.crt": instance.serverCaCerts.apply(authorities) } },
        inCluster,
      );
      return {
        host: instance.privateIpAddress,
        tls: { mode: "verify-ca", authority: authority.ref("ca.crt") },
        destinations: [{ cidr: cloud.managedServicesCidr, port }],
        sidecars: [],
        ready: authority.ready,
      };
    }

    function throughProxy(): Way {
      const { reference } = settings.proxyImage;
      const proxy = new CloudSqlProxy(`${name}-proxy`, { cloud, namespace, instance, port, image: reference }, inCloud);
      return {
        host: "127.0.0.1",
        tls: { mode: "disable" },
        destinations: proxy.destinations,
        sidecars: [proxy.sidecar],
        ready: proxy.ready,
      };
    }
  }
}

type Instance = databaseInstance.DatabaseInstance;

/** A server, and who makes roles on it. */
interface Server {
  readonly instance: Instance;
  readonly administrator: user.User;
}

/** The inputs of an instance that say what it is filled with; they count only when it is made. */
function filledWith(
  restore: NumberedServer["restore"],
  source: Instance | undefined,
  { project, managedServicesRange }: Pick<GoogleCloud, "project" | "managedServicesRange">,
): Pick<databaseInstance.DatabaseInstanceArgs, "clone" | "restoreBackupContext"> {
  if (!restore || !source) return {};
  const { backup, time } = restore;
  if (backup !== undefined)
    return { restoreBackupContext: { backupRunId: Number(backup), instanceId: source.name, project } };
  return {
    clone: {
      sourceInstanceName: source.name,
      allocatedIpRange: managedServicesRange,
      ...(time !== undefined && { pointInTime: time }),
    },
  };
}

/** How the server is reached. */
type Way = Pick<PostgresEndpoint, "host" | "tls" | "destinations" | "sidecars" | "ready">;

/**
 * What is wrong with a change of the major version. In place it stops the server for as long as it lasts and cannot be
 * undone, so it is nothing that an `up` does in passing.
 */
export function versionProblem(before: unknown, after: unknown): string | undefined {
  const [from, to] = [before, after].map((version) => Number(/^POSTGRES_(\d+)/.exec(String(version))?.[1]));
  if (!from || !to || from === to) return undefined;
  if (to < from) {
    return `postgres.version: ${to} is older than the ${from} that runs, and Postgres cannot go back; set it to "${from}", or restore a backup into a new server`;
  }
  return (
    `postgres.version: ${to} in the place of ${from} would stop the server for the upgrade and could not be undone; set it back to "${from}", ` +
    `or try the upgrade on a clone, make it with \`gcloud sql instances patch <instance> --database-version=POSTGRES_${to}\`, run \`pulumi refresh\`, and then set postgres.version`
  );
}
