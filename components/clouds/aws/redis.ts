import * as logs from "@pulumi/aws/cloudwatch/logGroup";
import * as parameterGroup from "@pulumi/aws/elasticache/parameterGroup";
import * as replicationGroup from "@pulumi/aws/elasticache/replicationGroup";
import * as subnetGroup from "@pulumi/aws/elasticache/subnetGroup";
import * as elastiCacheUser from "@pulumi/aws/elasticache/user";
import * as userGroup from "@pulumi/aws/elasticache/userGroup";
import * as membership from "@pulumi/aws/elasticache/userGroupAssociation";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Redis, RedisEndpoint } from "../../contracts";
import type { RedisArgs } from "../../contracts/stores";
import { userRights } from "../../data/redisAcl";
import { redisLogins } from "../../data/redisLogins";
import { besideCluster, generatedIn } from "../../kubernetes/besideCluster";
import { generatedPassword } from "../../kubernetes/passwords";
import { standardLabels } from "../../naming";
import { amazonCloud, privateAccess } from "./dataNetwork";
import type { ElastiCacheRedisSettings } from "./settings/redis";

const port = 6379;

/**
 * Valkey of Amazon ElastiCache as one primary with replicas in other zones: in the data subnets, reachable from the
 * cluster's pods alone, TLS and a password for everyone, encrypted with the stack's key, a daily snapshot and a last one
 * when it is deleted. One shard: sessions and jobs of one product fit into a node. Writes of the last second can be lost
 * when a replica takes over; what must not be lost is in Postgres. Costs each node, and snapshots beyond the first.
 */
export class ElastiCacheRedis extends pulumi.ComponentResource implements Redis {
  readonly #endpoints: ReadonlyMap<string, RedisEndpoint>;

  constructor(name: string, args: RedisArgs<ElastiCacheRedisSettings>, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:data:ElastiCacheRedis", name, {}, besideCluster(opts));
    const { settings, place } = args;
    const cloud = amazonCloud(place, "redis.kind", settings.kind);
    const { namespace, stage } = place;
    const generation = settings.passwordGeneration;
    const labels = standardLabels({ name: "redis", component: "server" }, { stage, version: settings.version });
    const inCloud = { parent: this, provider: cloud.provider };
    const inCluster = { ...opts, parent: this, deletedWith: place.lifetime };

    const logins = redisLogins(
      name,
      { users: args.users, generation, namespace, labels },
      inCluster,
      generatedIn(inCluster),
    );
    // Another key is the one thing that makes other servers; they then have other names, so the new ones are there before
    // the old ones go.
    const suffix = new random.RandomId(
      `${name}-suffix`,
      { byteLength: 4, keepers: { encryptionKey: cloud.encryptionKeyArn } },
      generatedIn(inCluster),
    ).hex;
    const access = privateAccess(name, { cloud, port, server: "Redis server" }, inCloud);
    const users = createUsers();
    const servers = createServers();
    this.#endpoints = new Map(
      users.members.map(({ login, userName, member }) => [
        login.user.name,
        {
          host: servers.primaryEndpointAddress,
          port,
          database: 0,
          user: userName,
          password: login.credentials.ref("password"),
          // Certificates of ElastiCache are of Amazon Trust Services, which every image knows, and for the endpoint's name.
          tls: { mode: "verify-full", authority: "system" },
          destinations: access.destinations,
          ready: [servers, member, ...access.ready, ...login.credentials.ready],
        },
      ]),
    );
    this.registerOutputs({ host: servers.primaryEndpointAddress });

    /**
     * A user for each generation of the password, as Postgres has. In the `up` that raises the generation the new user
     * joins the group before any pod knows of it; the old user and its membership are not in the program any more, and the
     * engine deletes what is gone after everything else is done, which is after the last rollout. Both log-ins work in
     * between, and for as long as an `up` that failed half-way is not repeated. (Two passwords of one user would need the
     * previous password in the program, which it does not have, and could not be write-only.)
     */
    function createUsers() {
      // Without a user of this name a group would get Amazon's own `default`, who needs no password.
      const nobody = new elastiCacheUser.User(
        `${name}-default-user`,
        {
          userId: pulumi.interpolate`${name}-default-${suffix}`,
          userName: "default",
          engine: "valkey",
          accessString: "off ~* -@all",
          passwordsWo: generatedPassword(`${name}-default-user`, generation, generatedIn(inCluster)).result,
          passwordsWoVersion: generation,
        },
        inCloud,
      );
      const group = new userGroup.UserGroup(
        `${name}-users`,
        { userGroupId: pulumi.interpolate`${name}-users-${suffix}`, engine: "valkey", userIds: [nobody.userId] },
        // Memberships are resources of their own; the group would end the ones it does not know of.
        { ...inCloud, ignoreChanges: ["userIds"] },
      );
      const members = logins.map((login) => {
        const userName = `${login.user.name}-g${generation}`;
        const user = new elastiCacheUser.User(
          `${name}-${userName}`,
          {
            userId: pulumi.interpolate`${name}-${userName}-${suffix}`,
            userName,
            engine: "valkey",
            accessString: `on ${userRights(login.user.prefix)}`,
            passwordsWo: login.password,
            passwordsWoVersion: generation,
          },
          inCloud,
        );
        const member = new membership.UserGroupAssociation(
          `${name}-${userName}-membership`,
          { userGroupId: group.userGroupId, userId: user.userId },
          inCloud,
        );
        return { login, userName, member };
      });
      return { group, members };
    }

    function createServers(): replicationGroup.ReplicationGroup {
      const subnets = new subnetGroup.SubnetGroup(
        `${name}-subnets`,
        { description: "Data subnets of Switchboard", subnetIds: [...cloud.dataSubnetIds] },
        inCloud,
      );
      const parameters = new parameterGroup.ParameterGroup(
        `${name}-parameters`,
        {
          description: "Valkey of Switchboard",
          family: `valkey${settings.version.split(".")[0]}`,
          // A full memory refuses writes visibly instead of dropping sessions and jobs.
          parameters: [{ name: "maxmemory-policy", value: "noeviction" }],
        },
        inCloud,
      );
      // At most 40 characters, lower case (https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html).
      const replicationGroupId = pulumi.interpolate`${name}-${suffix}`;
      const deliveries = createLogs(replicationGroupId);
      const replicated = settings.replicas > 0;
      return new replicationGroup.ReplicationGroup(
        `${name}-group`,
        {
          replicationGroupId,
          description: `Sessions and jobs of Switchboard, stage ${stage}`,
          engine: "valkey",
          engineVersion: settings.version,
          autoMinorVersionUpgrade: true,
          nodeType: settings.nodeType,
          numCacheClusters: 1 + settings.replicas,
          automaticFailoverEnabled: replicated,
          multiAzEnabled: replicated,

          subnetGroupName: subnets.name,
          securityGroupIds: [access.securityGroupId],
          port,
          userGroupIds: [users.group.userGroupId],
          transitEncryptionEnabled: true,
          transitEncryptionMode: "required",
          atRestEncryptionEnabled: true,
          kmsKeyId: cloud.encryptionKeyArn,

          parameterGroupName: parameters.name,
          snapshotRetentionLimit: settings.snapshots.days,
          snapshotWindow: settings.snapshots.window,
          finalSnapshotIdentifier: pulumi.interpolate`${replicationGroupId}-final`,
          maintenanceWindow: settings.maintenanceWindow,
          // What a preview shows is what `up` does; left to the window it would come days later, unwatched.
          applyImmediately: true,
          logDeliveryConfigurations: deliveries,
        },
        // ElastiCache has no deletion protection of its own: this and the last snapshot are all there is.
        {
          ...inCloud,
          protect: place.protection.covers(`${name}-group`),
          dependsOn: users.members.map(({ member }) => member),
        },
      );
    }

    function createLogs(group: pulumi.Output<string>) {
      return (["slow-log", "engine-log"] as const).map((log) => ({
        destination: new logs.LogGroup(
          `${name}-${log}`,
          {
            // Amazon may write to names of this start without an entry for each in the account's one, limited policy
            // (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html).
            name: pulumi.interpolate`/aws/vendedlogs/elasticache/${group}/${log}`,
            retentionInDays: settings.logRetentionDays,
            kmsKeyId: cloud.encryptionKeyArn,
          },
          inCloud,
        ).name,
        destinationType: "cloudwatch-logs",
        logFormat: "json",
        logType: log,
      }));
    }
  }

  endpoint(user: string): RedisEndpoint {
    return this.#endpoints.get(user)!;
  }
}
