import { demanded } from "../demand";
import type { Rule } from "../model";

const redisSnapshots: Rule = {
  name: "redis-persistent",
  level: "mandatory",
  description: "A managed Redis keeps what it holds on disk.",
  why: "It holds sessions and jobs: without a copy a failure logs everybody out and loses the jobs that wait.",
  source: "AWS Security Hub ElastiCache.1; Memorystore for Redis: RDB snapshots",
  resource: demanded("redis-persistent"),
};

const redisAuthenticated: Rule = {
  name: "redis-authenticated",
  level: "mandatory",
  description: "Redis asks who is there: with users of its own (ACL) or a password.",
  why: "Whoever reaches an open Redis reads every session, and can run what they like (CONFIG, MODULE).",
  source: "Redis: security, authentication; AWS Security Hub ElastiCache.6; Memorystore: AUTH",
  resource: demanded("redis-authenticated"),
};

const redisTls: Rule = {
  name: "redis-tls",
  level: "mandatory",
  description: "Redis is spoken to by TLS only.",
  why: "Its password and every session would otherwise cross the network in clear.",
  source: "AWS Security Hub ElastiCache.5; Memorystore: in-transit encryption",
  resource: demanded("redis-tls"),
};

/** Redis: kept, encrypted and asking who is there. */
export const redis: readonly Rule[] = [redisSnapshots, redisAuthenticated, redisTls];
