import { appSpecs, apps, redisUsers } from "../../apps";
import { cloudOf } from "../../clouds";
import { show } from "../../schema/fields";
import { parseBytes } from "../../schema/values/resources";
import type { Check } from "./check";

/** Part of the memory limit that Redis' data should fill: the rest is for buffers and the copy while it saves. */
const dataShare = 0.7;

const redisMemory: Check = ({ redis }, { errors, warnings }) => {
  if (redis?.kind !== "inCluster") return;
  const limit = parseBytes(redis.resources.limits.memory);
  const data = parseBytes(redis.maxMemory);
  const advised = `${Math.floor((limit * dataShare) / 2 ** 20)}Mi`;
  if (data >= limit) {
    errors.push(
      `redis.maxMemory: ${show(redis.maxMemory)} is not below the memory limit ${show(redis.resources.limits.memory)}; use about 70 % of it (${show(advised)}), or raise redis.resources.memory`,
    );
  } else if (data > limit * 0.8) {
    warnings.push(
      `redis.maxMemory: ${show(redis.maxMemory)} leaves little of the memory limit ${show(redis.resources.limits.memory)} for buffers; use about 70 % (${show(advised)})`,
    );
  }
};

/** Apps that use one Redis must not meet each other's keys. */
const redisKeys: Check = (settings, { errors }) => {
  const { redis } = settings;
  const users = redisUsers(settings);
  if (!redis || users.length < 2) return;
  if (redis.kind === "memorystore") {
    errors.push(
      `redis.kind: "memorystore" has one password and no users, so ${users.map(({ name }) => name).join(" and ")} would share every key; use inCluster, or let one app use it`,
    );
    return;
  }
  // Those with code of their own have names of their own for what they keep.
  for (const { name, prefix } of users.filter(({ name }) => !Object.hasOwn(apps, name))) {
    const key = `apps.${name}.uses.redisPrefix`;
    const other = users.find((user) => user.name !== name && user.prefix !== "" && user.prefix.startsWith(prefix));
    if (prefix === "")
      errors.push(`${key}: "" gives it every key, and ${users.length} apps use Redis; give it a prefix`);
    else if (other)
      errors.push(
        `${key}: ${show(prefix)} is also the beginning of ${other.name}'s (${show(other.prefix)}); use another`,
      );
  }
};

/** The managed kind of a layer that the cluster's cloud has. */
function managedBeside(layer: "postgres" | "redis", cluster: string): string | undefined {
  const cloud = cloudOf("cluster", cluster);
  return cloud?.loadBalancer && Object.keys(cloud[layer])[0];
}

/** The kinds of cluster that stand in the cloud of a managed kind; undefined for what runs in every cluster. */
function clustersOf(layer: "postgres" | "redis", kind: string): readonly string[] | undefined {
  const cloud = cloudOf(layer, kind);
  return cloud?.loadBalancer && Object.keys(cloud.cluster);
}

const sameCloud: Check = ({ cluster, postgres, redis }, { errors }) => {
  if (!cluster) return;
  for (const [layer, settings] of Object.entries({ postgres, redis }) as [
    "postgres" | "redis",
    { kind: string } | undefined,
  ][]) {
    const needs = settings && clustersOf(layer, settings.kind);
    if (!needs || needs.includes(cluster.kind)) continue;
    const instead = [managedBeside(layer, cluster.kind), "inCluster"].filter(Boolean).join(" or ");
    errors.push(
      `${layer}.kind: ${show(settings.kind)} needs cluster.kind ${needs.join(" or ")}; this stack has ${cluster.kind}: use ${instead}`,
    );
  }
};

/** The Pulumi name of the Postgres server in the cluster, by which its loss can be accepted. */
const inClusterServer = "postgres-server";

/**
 * A server in the cluster has one pod and one volume. Without backups its loss is a loss of data: where the cloud has a
 * managed one, production needs that or backups, unless the stack says that this very server may be lost; elsewhere it is
 * said only. Backups on a volume of the same cluster are better than none.
 */
const backedUp: Check = ({ cluster, postgres, redis, operations }, found) => {
  if (!cluster || !operations) return;
  const lack = "has no backup and no second server";
  if (postgres?.kind === "inCluster" && postgres.backup?.repository.kind === "volume")
    found.warnInProduction(
      'postgres.backup.repository.kind: "volume" is lost with the cluster; use a bucket (s3 or gcs), best in another account',
    );
  if (postgres?.kind === "inCluster" && !postgres.backup) {
    const managed = managedBeside("postgres", cluster.kind);
    const accepted = operations.unprotected.includes(inClusterServer);
    const sentence = `postgres.kind: "inCluster" ${lack}`;
    if (!managed) found.warnInProduction(`${sentence}; give it postgres.backup`);
    else if (accepted) found.warnings.push(`${sentence}, which operations.unprotected accepts`);
    else
      found.refuseInProduction(
        `${sentence}; use ${managed}, give it postgres.backup, or accept its loss with ${show(inClusterServer)} in operations.unprotected`,
      );
  }
  if (redis?.kind === "inCluster") {
    const managed = managedBeside("redis", cluster.kind);
    found.warnInProduction(
      `redis.kind: "inCluster" ${lack}: sessions and jobs wait while it is moved; ${managed ? `use ${managed}` : "back up its volume by your own means"}`,
    );
  }
};

/** The official image has everything but pgBackRest. */
const backupImage: Check = ({ postgres }, { errors }) => {
  if (postgres?.kind !== "inCluster" || !postgres.backup) return;
  // A second server is used next, and one that was used before may be again.
  const images = { "postgres.image": postgres.image, "postgres.beside.image": postgres.beside?.image };
  for (const [key, image] of Object.entries(images))
    if (image && /^(docker\.io\/)?(library\/)?postgres$/.test(image.repository))
      errors.push(
        `${key}: ${show(image.reference)} has no pgBackRest, which postgres.backup needs; use {repository: <registry>/postgres, source: apps/postgres}, which adds it, or another image that has it`,
      );
};

/** Volumes of apps in the cluster have no backup either. */
const appVolumes: Check = (settings, found) => {
  for (const key of appSpecs(settings).flatMap(({ persistentVolumes = [] }) => persistentVolumes))
    found.warnInProduction(`${key}: has no backup; back it up by your own means`);
};

/** What concerns the database and Redis, and what they are to the cluster. */
export const dataChecks: readonly Check[] = [sameCloud, redisMemory, redisKeys, backedUp, backupImage, appVolumes];
