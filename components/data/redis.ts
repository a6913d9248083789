import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Redis, RedisEndpoint } from "../contracts";
import type { RedisArgs } from "../contracts/stores";
import { releaseOf } from "../kubernetes/podTemplate";
import { ServerTls } from "../kubernetes/serverTls";
import { StatefulServer } from "../kubernetes/statefulServer";
import { standardLabels } from "../naming";
import { aclFile, redisConf, redisMemory } from "./redisConf";
import { redisLogins } from "./redisLogins";
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
  readonly #endpoints: ReadonlyMap<string, RedisEndpoint>;

  constructor(name: string, args: RedisArgs<InClusterRedisSettings>, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:data:InClusterRedis", name, {}, opts);
    const { settings, place } = args;
    const { namespace, stage } = place;
    const labels = standardLabels(identity, releaseOf({ stage, image: settings.image.reference }));

    const { users: given } = args;
    const logins = redisLogins(
      name,
      { users: given, generation: settings.passwordGeneration, namespace, labels },
      { parent: this },
    );
    const passwords = pulumi.all(
      logins.map(({ user, password }) => password.apply((text) => ({ ...user, password: text }))),
    );
    const users = new core.Secret(
      `${name}-users`,
      {
        metadata: { namespace, labels },
        immutable: true,
        stringData: { "users.acl": passwords.apply(aclFile) },
      },
      { parent: this },
    );
    const tls = new ServerTls(`${name}-tls`, { namespace, labels, service: name }, { parent: this });
    const config = new core.ConfigMap(
      `${name}-config`,
      {
        metadata: { namespace, labels },
        immutable: true,
        data: { "redis.conf": redisConf(redisMemory(settings.maxMemory), tlsFolder) },
      },
      { parent: this },
    );
    const server = new StatefulServer(
      name,
      {
        ...place,
        identity,
        image: settings.image.reference,
        command: ["redis-server", "/etc/redis/redis.conf"],
        files: [
          { name: "config", path: "/etc/redis", source: { configMap: config.metadata.name } },
          { name: "tls", path: tlsFolder, source: tls.files },
          { name: "trusted", path: trustedFolder, source: tls.trusted },
          { name: "users", path: "/run/secrets/redis", source: { secret: users.metadata.name } },
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
      { parent: this },
    );
    this.#endpoints = new Map(
      logins.map(({ user, credentials }) => [
        user.name,
        {
          host: server.host,
          port: 6379,
          database: 0,
          user: user.name,
          password: credentials.ref("password"),
          tls: tls.security,
          destinations: [server.destination],
          ready: [...server.ready, ...credentials.ready, ...tls.ready],
        },
      ]),
    );
    this.registerOutputs({ host: server.host });
  }

  endpoint(user: string): RedisEndpoint {
    return this.#endpoints.get(user)!;
  }
}

const client = `redis-cli --tls --cacert ${trustedFolder}/ca.crt --user probe --pass probe --no-auth-warning ping`;
const answers = ["sh", "-c", client];
const ping = ["sh", "-c", `${client} | grep -q PONG`];
