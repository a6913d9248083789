import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Connection, Redis, RedisEndpoint } from "../contracts";
import type { Rollout } from "../contracts/rollout";
import type { RedisArgs } from "../contracts/stores";
import { releaseOf } from "../kubernetes/podTemplate";
import { ServerTls } from "../kubernetes/serverTls";
import { StatefulServer } from "../kubernetes/statefulServer";
import { standardLabels } from "../naming";
import { administratorPassword } from "./administratorPassword";
import { administrator, firstUsers, firstUsersFolder, loginName, prepareUsersScript, probe } from "./redisAcl";
import { redisConf, redisMemory } from "./redisConf";
import { redisLogins } from "./redisLogins";
import { RedisUsers } from "./redisUsers";
import type { InClusterRedisSettings } from "./settings";

const identity = { name: "redis", component: "server" };
const tlsFolder = "/run/tls/server";
/** The probes ask as clients do. */
const trustedFolder = "/run/tls/redis";

/**
 * Redis as one pod with an append-only file on its own volume: for development and for teams whose sessions and jobs
 * may wait a few seconds while it restarts. It does not replicate. Costs the volume and the pod's share of a node.
 */
export class InClusterRedis extends pulumi.ComponentResource implements Redis {
  readonly #users: RedisUsers;

  constructor(name: string, args: RedisArgs<InClusterRedisSettings>, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:data:InClusterRedis", name, {}, opts);
    const { settings, place } = args;
    const { namespace, stage } = place;
    const generation = settings.passwordGeneration;
    const image = settings.image.reference;
    const labels = standardLabels(identity, releaseOf({ stage, image }));
    const parent: pulumi.Resource = this;

    const logins = redisLogins(name, { users: args.users, generation, namespace, labels }, { parent });
    const {
      password,
      present: credentials,
      former,
    } = administratorPassword(name, { namespace, labels, generation: settings.administratorGeneration }, { parent });
    const usersName = `${name}-users`;
    createFirstUsers();
    const tls = new ServerTls(`${name}-tls`, { namespace, labels, service: name }, { parent });
    const server = createServer();
    this.#users = new RedisUsers(
      name,
      {
        ...{ place, logins, image, generation },
        ...{ administratorGeneration: settings.administratorGeneration, formerPassword: former },
        administrator: {
          host: server.host,
          port: 6379,
          database: 0,
          user: administrator,
          password: credentials.ref("password"),
          tls: tls.security,
          destinations: [server.destination],
          ready: [...server.ready, ...credentials.ready, ...tls.ready],
        },
      },
      { parent },
    );
    this.registerOutputs({ host: server.host });

    /** Its name stays, so that other users or passwords do not restart the server, which has read it by then. */
    function createFirstUsers(): void {
      const users = pulumi.all(
        logins.map(({ user, password }) =>
          password.apply((text) => ({
            login: loginName(user.name, generation),
            prefix: user.prefix,
            password: text,
          })),
        ),
      );
      const content = pulumi.all([password, users]).apply(([own, all]) => firstUsers(own, all));
      new core.Secret(
        usersName,
        { metadata: { name: usersName, namespace, labels }, stringData: { "users.acl": content } },
        { parent },
      );
    }

    function createServer(): StatefulServer {
      const config = new core.ConfigMap(
        `${name}-config`,
        {
          metadata: { namespace, labels },
          immutable: true,
          data: { "redis.conf": redisConf(redisMemory(settings.maxMemory), tlsFolder) },
        },
        { parent },
      );
      return new StatefulServer(
        name,
        {
          ...place,
          identity,
          image,
          command: ["redis-server", "/etc/redis/redis.conf"],
          prepare: ["sh", "-c", prepareUsersScript],
          files: [
            { name: "config", path: "/etc/redis", source: { configMap: config.metadata.name } },
            { name: "tls", path: tlsFolder, source: tls.files },
            { name: "trusted", path: trustedFolder, source: tls.trusted },
            // By its name: what a provider makes anew would take all that depends on it along.
            { name: "users", path: firstUsersFolder, source: { secret: usersName } },
          ],
          ports: { redis: 6379 },
          port: 6379,
          probes: {
            // Answers LOADING, not PONG, while the append-only file is read.
            startup: { exec: { command: ping }, periodSeconds: 2, failureThreshold: 150, timeoutSeconds: 5 },
            readiness: { exec: { command: ping }, periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 5 },
            // Any answer will do. A connection that says nothing would be an error of TLS in the log, each time.
            liveness: { exec: { command: answers }, periodSeconds: 10, failureThreshold: 6, timeoutSeconds: 5 },
          },
          resources: settings.resources,
          storage: settings.storage,
          storageClass: settings.storageClass ?? place.traits.storageClass,
          dataPath: "/data",
          user: 999,
          shutdownSeconds: 50,
        },
        { parent },
      );
    }
  }

  endpoint(user: string): RedisEndpoint {
    return this.#users.endpoint(user);
  }

  get connections(): readonly Connection[] {
    return this.#users.connections;
  }

  retirePreviousPasswords(after: readonly Rollout[]): void {
    this.#users.retirePreviousPasswords(after);
  }
}

const client = `redis-cli --tls --cacert ${trustedFolder}/ca.crt --user ${probe} --pass probe --no-auth-warning ping`;
const answers = ["sh", "-c", client];
const ping = ["sh", "-c", `${client} | grep -q PONG`];
