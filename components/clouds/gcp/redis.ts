import * as redisInstance from "@pulumi/gcp/redis/instance";
import * as pulumi from "@pulumi/pulumi";
import type { Redis, RedisEndpoint } from "../../contracts";
import type { RedisArgs } from "../../contracts/stores";
import { besideCluster } from "../../kubernetes/besideCluster";
import { VersionedSecret } from "../../kubernetes/versionedSecret";
import { standardLabels } from "../../naming";
import { authorities } from "./authorities";
import { googleCloud } from "./dataNetwork";
import type { MemorystoreRedisSettings } from "./settings/redis";

/** Where Memorystore listens with TLS. */
const port = 6378;
/** Part of the memory that is for data; the rest is for buffers and the copy while a snapshot is written. */
const dataShare = 0.8;

/**
 * Redis of Google Memorystore: one private address in the network of the cluster, TLS and a password for everyone, a
 * second server in another zone where the settings say so, snapshots from which it comes back when all servers were
 * lost. Writes of the last second can be lost when the second server takes over; what must not be lost is in Postgres.
 *
 * It is Memorystore for Redis and not the newer one for Valkey (`gcp.memorystore.Instance`), whose only log-in is an IAM
 * token of an hour's life: neither the panel's client nor its job queue can renew one on an open connection.
 *
 * There is one user, `default`, and Google makes its password. It changes only when the log-in is switched off and on
 * again (`gcloud redis instances update <instance> --no-enable-auth`, then `--enable-auth`, then `pulumi up --refresh`): in
 * between anyone in the network gets in, and afterwards the pods are refused until they have rolled. So it is a measure
 * against a password that was lost, in a quiet hour, and nothing that a generation in the settings could promise.
 *
 * Costs its memory by the hour, twice with the second server.
 */
export class MemorystoreRedis extends pulumi.ComponentResource implements Redis {
  readonly #endpoint: RedisEndpoint;

  constructor(name: string, args: RedisArgs<MemorystoreRedisSettings>, opts: pulumi.ComponentResourceOptions) {
    // The server outlives the namespace it is used from; only what is in the namespace dies with it.
    super("switchboard:data:MemorystoreRedis", name, {}, besideCluster(opts));
    const { settings, place } = args;
    const cloud = googleCloud(place, "redis.kind", settings.kind);
    const { namespace, stage } = place;
    const labels = standardLabels({ name: "redis", component: "server" }, { stage, version: settings.version });
    const inCluster = { ...opts, parent: this, deletedWith: place.lifetime };

    const instance = createInstance({ parent: this, provider: cloud.provider });
    const credentials = new VersionedSecret(
      `${name}-panel`,
      { namespace, labels, values: { password: pulumi.secret(instance.authString) } },
      inCluster,
    );
    const authority = new VersionedSecret(
      `${name}-authority`,
      { namespace, labels, values: { "ca.crt": instance.serverCaCerts.apply(authorities) } },
      inCluster,
    );
    this.#endpoint = {
      host: instance.host,
      port,
      database: 0,
      user: "default",
      password: credentials.ref("password"),
      // The authority is this instance's own; its certificate is for no name that a client could compare.
      tls: { mode: "verify-ca", authority: authority.ref("ca.crt") },
      destinations: [{ cidr: cloud.managedServicesCidr, port }],
      ready: [instance, ...credentials.ready, ...authority.ready],
    };
    this.registerOutputs({ host: instance.host });

    function createInstance(own: pulumi.CustomResourceOptions): redisInstance.Instance {
      const { day, hour } = settings.maintenance;
      const protect = place.protection.covers(`${name}-instance`);
      return new redisInstance.Instance(
        `${name}-instance`,
        {
          project: cloud.project,
          region: cloud.region,
          displayName: `Redis of Switchboard, ${stage}`,
          tier: settings.highAvailability ? "STANDARD_HA" : "BASIC",
          memorySizeGb: settings.memoryGiB,
          redisVersion: `REDIS_${settings.version.replace(".", "_")}`,
          authorizedNetwork: cloud.network,
          connectMode: "PRIVATE_SERVICE_ACCESS",
          // With private service access this is the name of a range, not its addresses.
          reservedIpRange: cloud.managedServicesRange,
          authEnabled: true,
          transitEncryptionMode: "SERVER_AUTHENTICATION",
          redisConfigs: {
            // A full memory refuses writes visibly instead of dropping sessions and jobs.
            "maxmemory-policy": "noeviction",
            "maxmemory-gb": String(Number((settings.memoryGiB * dataShare).toFixed(1))),
          },
          persistenceConfig:
            settings.snapshots === "OFF"
              ? { persistenceMode: "DISABLED" }
              : { persistenceMode: "RDB", rdbSnapshotPeriod: settings.snapshots },
          maintenancePolicy: {
            weeklyMaintenanceWindows: [
              { day: day.toUpperCase(), startTime: { hours: hour, minutes: 0, seconds: 0, nanos: 0 } },
            ],
          },
          deletionProtection: protect,
        },
        {
          ...own,
          protect,
          dependsOn: [cloud.privateAccess],
          additionalSecretOutputs: ["authString"],
        },
      );
    }
  }

  /** The same for every app: Memorystore has one password and no users. */
  endpoint(_user: string): RedisEndpoint {
    return this.#endpoint;
  }
}
