import * as logs from "@pulumi/aws/cloudwatch/logGroup";
import * as role from "@pulumi/aws/iam/role";
import * as attachment from "@pulumi/aws/iam/rolePolicyAttachment";
import * as rds from "@pulumi/aws/rds/instance";
import * as parameterGroup from "@pulumi/aws/rds/parameterGroup";
import * as subnetGroup from "@pulumi/aws/rds/subnetGroup";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
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
import { standardLabels } from "../../naming";
import { guardedUpdate } from "../shared/guards";
import { amazonCloud, privateAccess } from "./dataNetwork";
import { rdsAuthorities } from "./postgresAuthorities";
import { rdsParameters } from "./postgresParameters";
import type { RdsPostgresSettings } from "./settings/postgres";

const port = 5432;

/**
 * Postgres of Amazon RDS: in the data subnets, reachable from the cluster's pods alone, encrypted with the stack's key,
 * TLS for everyone, a standby in another zone where the settings say so, point-in-time recovery and a last snapshot
 * when it is deleted. A second one may stand beside it, made from a snapshot or a second of the past of the first
 * (`postgres.beside`); what it is filled with counts only when it is made. It is made while the cluster is. Read replicas and RDS Proxy are not part of it (blue/green updates allow neither). Costs the
 * instance (twice with the standby), its disk and backups beyond the disk's size.
 */
export class RdsPostgres extends ServerOfRoles {
  protected readonly roles: PostgresRoles;

  constructor(name: string, args: PostgresArgs<RdsPostgresSettings>, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:data:RdsPostgres", name, {}, besideCluster(opts));
    const { settings, place, roles } = args;
    const cloud = amazonCloud(place, "postgres.kind", settings.kind);
    const { namespace, stage } = place;
    const image = settings.image.reference;
    const labels = standardLabels({ name: "postgres", component: "server" }, releaseOf({ stage, image }));
    const inCloud = { parent: this, provider: cloud.provider };
    const inCluster = { ...opts, parent: this, deletedWith: place.lifetime };

    const suffix = createSuffix();
    // Not AWS' own secret (`manageMasterUserPassword`): it is refused together with blue/green updates, and it rotates
    // by itself while the roles are made. Write-only: the password is not read back into what the provider stores.
    const generation = settings.passwordGeneration;
    const password = generatedPassword(`${name}-administrator`, generation, generatedIn(inCluster)).result;
    const administrator = new VersionedSecret(
      `${name}-administrator`,
      { namespace, labels, values: { password } },
      inCluster,
    );
    const authority = new VersionedSecret(
      `${name}-authority`,
      { namespace, labels, values: { "ca.crt": rdsAuthorities(cloud.region) } },
      inCluster,
    );
    const access = privateAccess(name, { cloud, port, server: "Postgres server" }, inCloud);
    const createServer = serverFactory();
    const server = numberedServers(settings, createServer);

    this.roles = new PostgresRoles(
      name,
      {
        place,
        roles,
        labels,
        image,
        generation,
        administrator: {
          host: server.address,
          port,
          database: "postgres",
          ...databaseIdOf(settings.server),
          user: managedAdministrator,
          password: administrator.ref("password"),
          tls: { mode: "verify-full", authority: authority.ref("ca.crt") },
          destinations: access.destinations,
          sidecars: [],
          ready: [server, ...access.ready, ...administrator.ready, ...authority.ready],
        },
      },
      inCluster,
    );
    this.registerOutputs({ host: server.address });

    /**
     * The end of the instances' names. They are not left to the provider because the log groups and the last snapshot have
     * them in their own names and must be known before. Another key is the one thing that makes other instances in the
     * place of these; they then have other names, so the new one is there before the old one goes, and both leave a
     * snapshot of their own. The stage is not in it: a changed stage would rename the server, and with it its address; the
     * tags tell it.
     * At most 63 letters, digits and single hyphens (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html).
     */
    function createSuffix(): pulumi.Output<string> {
      return new random.RandomId(
        `${name}-suffix`,
        { byteLength: 4, keepers: { encryptionKey: cloud.encryptionKeyArn } },
        generatedIn(inCluster),
      ).hex;
    }

    /** Makes what the servers share, and gives what makes one of them. */
    function serverFactory(): (server: NumberedServer, source?: rds.Instance) => rds.Instance {
      const subnets = new subnetGroup.SubnetGroup(
        `${name}-subnets`,
        { description: "Data subnets of Switchboard", subnetIds: [...cloud.dataSubnetIds] },
        inCloud,
      );
      const parameters = new parameterGroup.ParameterGroup(
        `${name}-parameters`,
        {
          description: "Postgres of Switchboard",
          family: `postgres${settings.version}`,
          parameters: rdsParameters(settings),
        },
        inCloud,
      );
      const monitoring = createMonitoringRole();
      return (server, source) => createInstance(server, { subnets, parameters, monitoring, source });
    }

    function createInstance({ number, restore }: NumberedServer, shared: SharedByServers): rds.Instance {
      const { subnets, parameters, monitoring, source } = shared;
      const resource = serverName(number);
      const identifier = pulumi.interpolate`${resource}-${suffix}`;
      const protect = place.protection.covers(`${resource}-instance`);
      const logGroups = createLogGroups(resource, identifier);
      return new rds.Instance(
        `${resource}-instance`,
        {
          identifier,
          ...filledWith(restore, source),
          engine: "postgres",
          engineVersion: settings.version,
          // Minor versions come by themselves; after the end of standard support the server is upgraded, not billed more.
          autoMinorVersionUpgrade: true,
          engineLifecycleSupport: "open-source-rds-extended-support-disabled",
          instanceClass: settings.instanceClass,
          multiAz: settings.highAvailability,

          dbSubnetGroupName: subnets.name,
          vpcSecurityGroupIds: [access.securityGroupId],
          publiclyAccessible: false,
          port,
          caCertIdentifier: "rds-ca-rsa2048-g1",

          storageType: "gp3",
          allocatedStorage: settings.diskGiB,
          maxAllocatedStorage: settings.maxDiskGiB,
          storageEncrypted: true,
          kmsKeyId: cloud.encryptionKeyArn,

          backupRetentionPeriod: settings.backups.days,
          backupWindow: settings.backups.window,
          deleteAutomatedBackups: false,
          copyTagsToSnapshot: true,
          skipFinalSnapshot: false,
          finalSnapshotIdentifier: pulumi.interpolate`${identifier}-final`,
          deletionProtection: protect,

          username: managedAdministrator,
          passwordWo: password,
          passwordWoVersion: generation,
          // For people: a log-in for 15 minutes by their own AWS identity, for roles that are granted `rds_iam`.
          iamDatabaseAuthenticationEnabled: true,

          parameterGroupName: parameters.name,
          maintenanceWindow: settings.maintenanceWindow,
          // What a preview shows is what `up` does. Left to the window, a change would come days later, unwatched, and
          // together with every other one that waited.
          applyImmediately: true,
          blueGreenUpdate: { enabled: settings.blueGreenUpdates },
          allowMajorVersionUpgrade: settings.blueGreenUpdates,

          enabledCloudwatchLogsExports: [...exportedLogs],
          performanceInsightsEnabled: true,
          performanceInsightsKmsKeyId: cloud.encryptionKeyArn,
          // A week and the standard mode cost nothing.
          performanceInsightsRetentionPeriod: 7,
          databaseInsightsMode: "standard",
          monitoringInterval: 60,
          monitoringRoleArn: monitoring.arn,
        },
        {
          ...inCloud,
          protect,
          dependsOn: [...logGroups, monitoring.policy],
          // They count when a server is made; later they would replace it.
          ignoreChanges: ["snapshotIdentifier", "restoreToPointInTime"],
          ...guardedUpdate(`${resource}-instance`, (before, after) =>
            versionProblem(before.engineVersion, after.engineVersion, settings.blueGreenUpdates),
          ),
        },
      );
    }

    /** Made before the instance: RDS would make them itself, to be kept for ever and without the stack's key. */
    function createLogGroups(resource: string, identifier: pulumi.Output<string>): logs.LogGroup[] {
      return exportedLogs.map(
        (log) =>
          new logs.LogGroup(
            `${resource}-log-${log}`,
            {
              name: pulumi.interpolate`/aws/rds/instance/${identifier}/${log}`,
              retentionInDays: settings.logRetentionDays,
              kmsKeyId: cloud.encryptionKeyArn,
            },
            inCloud,
          ),
      );
    }

    /** What RDS writes the operating system's numbers with, every minute; they go to the account's `RDSOSMetrics` log. */
    function createMonitoringRole(): { arn: pulumi.Output<string>; policy: pulumi.Resource } {
      const monitoring = new role.Role(
        `${name}-monitoring`,
        {
          description: "Lets RDS write enhanced monitoring of Switchboard",
          ...cloud.roles,
          assumeRolePolicy: monitoringTrust(cloud.accountId),
        },
        inCloud,
      );
      const policy = new attachment.RolePolicyAttachment(
        `${name}-monitoring-policy`,
        {
          role: monitoring.name,
          policyArn: `arn:${cloud.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole`,
        },
        inCloud,
      );
      return { arn: monitoring.arn, policy };
    }
  }
}

const exportedLogs = ["postgresql", "upgrade"] as const;

/** What a stack's servers have in common, and the one that another is restored from. */
interface SharedByServers {
  readonly subnets: subnetGroup.SubnetGroup;
  readonly parameters: parameterGroup.ParameterGroup;
  readonly monitoring: { readonly arn: pulumi.Output<string>; readonly policy: pulumi.Resource };
  readonly source: rds.Instance | undefined;
}

/** The inputs of an instance that say what it is filled with; they count only when it is made. */
function filledWith(
  restore: NumberedServer["restore"],
  source: rds.Instance | undefined,
): Pick<rds.InstanceArgs, "snapshotIdentifier" | "restoreToPointInTime"> {
  if (restore?.backup !== undefined) return { snapshotIdentifier: restore.backup };
  if (!restore || !source) return {};
  const { time } = restore;
  return {
    restoreToPointInTime: {
      sourceDbInstanceIdentifier: source.identifier,
      ...(time === undefined ? { useLatestRestorableTime: true } : { restoreTime: time }),
    },
  };
}

/**
 * What is wrong with a change of the major version. In place it takes the server down for as long as it lasts and cannot
 * be undone, so it is refused. A blue/green update makes it on a copy and changes over within a minute; the provider then
 * deletes the old server, of which only the automated backups stay
 * (https://github.com/hashicorp/terraform-provider-aws/issues/42354), and leaves deletion protection off until the next
 * `up` (https://github.com/hashicorp/terraform-provider-aws/issues/29887).
 */
export function versionProblem(before: unknown, after: unknown, blueGreenUpdates: boolean): string | undefined {
  const [from, to] = [before, after].map((version) => Number.parseInt(String(version), 10)) as [number, number];
  if (!(from > 0) || !(to > 0) || from === to) return undefined;
  if (to < from) {
    return `postgres.version: ${to} is older than the ${from} that runs, and Postgres cannot go back; set it to "${from}", or restore a backup into a new server`;
  }
  if (blueGreenUpdates) return undefined;
  return `postgres.version: ${to} in the place of ${from} would stop the server for the upgrade and could not be undone; set it back to "${from}", or take a snapshot and set postgres.blueGreenUpdates to true, which upgrades a copy`;
}

/** RDS may use the role for this account's servers alone. */
function monitoringTrust(accountId: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "monitoring.rds.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": accountId } },
      },
    ],
  });
}
