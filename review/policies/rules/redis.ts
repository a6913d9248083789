import { all, atLeast, byType, demand, exactly, given, oneOf, textOfFile } from "../demand";
import type { Rule } from "../model";
import { at, stated } from "../value";

const elastiCache = "aws:elasticache/replicationGroup:ReplicationGroup";
const memorystore = "gcp:redis/instance:Instance";
const elastiCacheFile = "components/clouds/aws/redis.ts";
const memorystoreFile = "components/clouds/gcp/redis.ts";

const redisSnapshots: Rule = {
  name: "redis-persistent",
  level: "mandatory",
  description: "A managed Redis keeps what it holds on disk.",
  why: "It holds sessions and jobs: without a copy a failure logs everybody out and loses the jobs that wait.",
  source: "AWS Security Hub ElastiCache.1; Memorystore for Redis: RDB snapshots",
  resource: byType({
    [elastiCache]: demand("snapshotRetentionLimit", atLeast(1), "set `redis.snapshots.days`"),
    [memorystore]: demand(
      "persistenceConfig.persistenceMode",
      oneOf("RDB", "AOF"),
      `set \`redis.snapshots\`; ${memorystoreFile} makes it persistenceConfig`,
    ),
  }),
};

const redisAuthenticated: Rule = {
  name: "redis-authenticated",
  level: "mandatory",
  description: "Redis asks who is there: with users of its own (ACL) or a password.",
  why: "Whoever reaches an open Redis reads every session, and can run what they like (CONFIG, MODULE).",
  source: "Redis: security, authentication; AWS Security Hub ElastiCache.6; Memorystore: AUTH",
  resource: byType({
    [elastiCache]: (inputs) => {
      const [groups, token] = [at(inputs, "userGroupIds"), at(inputs, "authToken")];
      if (given.holds(groups) || given.holds(token)) return [];
      return [
        {
          message: `${stated("userGroupIds", groups)} and authToken is not set`,
          todo: `give users in ${elastiCacheFile}`,
        },
      ];
    },
    [memorystore]: demand("authEnabled", exactly(true), `set authEnabled in ${memorystoreFile}`),
    "kubernetes:core/v1:ConfigMap": textOfFile("redis.conf", (text, path) =>
      /^\s*(aclfile|requirepass|user)\s+\S/m.test(text)
        ? []
        : [{ message: `${path}: aclfile is not set`, todo: "keep aclfile in components/data/redisConf.ts" }],
    ),
  }),
};

const redisTls: Rule = {
  name: "redis-tls",
  level: "mandatory",
  description: "Redis is spoken to by TLS only.",
  why: "Its password and every session would otherwise cross the network in clear.",
  source: "AWS Security Hub ElastiCache.5; Memorystore: in-transit encryption",
  resource: byType({
    [elastiCache]: all(
      demand("transitEncryptionEnabled", exactly(true), `set transitEncryptionEnabled in ${elastiCacheFile}`),
      demand("transitEncryptionMode", exactly("required"), `set transitEncryptionMode in ${elastiCacheFile}`),
    ),
    [memorystore]: demand(
      "transitEncryptionMode",
      exactly("SERVER_AUTHENTICATION"),
      `set transitEncryptionMode in ${memorystoreFile}`,
    ),
    "kubernetes:core/v1:ConfigMap": textOfFile("redis.conf", (text, path) => {
      const port = /^\s*port\s+(\S+)/m.exec(text)?.[1] ?? "not set (6379)";
      if (port === "0" && /^\s*tls-port\s+[1-9]/m.test(text)) return [];
      const message = `${path}: port is ${port}, and must be 0 beside a tls-port`;
      return [{ message, todo: "give redisConf the folder of certificates in components/data/redis.ts" }];
    }),
  }),
};

/** Redis: kept, encrypted and asking who is there. */
export const redis: readonly Rule[] = [redisSnapshots, redisAuthenticated, redisTls];
