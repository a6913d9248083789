import { z } from "zod";
import { choice, mapOf, Problem, show, text, whole } from "../../../schema/fields";
import { loggedValuesProblem } from "../../../schema/values/loggedValues";

/** Days of the week in the order in which Google's interfaces number them, Monday first. */
export const weekDays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

/** Day and hour of the maintenance window of a managed server; Google fixes its length at one hour. */
/** @param usual the day where nothing else is said: Postgres and Redis are not restarted in the same night */
export const maintenanceDay = (usual: (typeof weekDays)[number]) =>
  choice(weekDays).prefault(usual).describe("day on which Google may restart it");
export const maintenanceHour = () =>
  whole(0, 23).prefault(4).describe("hour at which it may begin, in UTC; it goes on for an hour");

/** A time of the day as `HH:MM`. */
function parseTimeOfDay(value: string): string {
  if (/^([01]\d|2[0-3]):[0-5]\d$/.test(value)) return value;
  throw new Problem(`${show(value)} is not a time of the day; use 24 hours in quotes, e.g. "02:00"`);
}

export const timeOfDay = () => text(parseTimeOfDay);

export type CloudSqlEdition = "ENTERPRISE" | "ENTERPRISE_PLUS";

/** Machines of `ENTERPRISE_PLUS`, by their vCPUs (https://cloud.google.com/sql/docs/postgres/machine-series-overview). */
const performanceCpus = [2, 4, 8, 16, 32, 48, 64, 80, 96, 128];

/**
 * What is wrong with a machine type of Cloud SQL, if anything: `db-custom-<vCPUs>-<MiB>` within the limits of
 * https://cloud.google.com/sql/docs/postgres/create-instance#machine-types, a shared core, or, for `ENTERPRISE_PLUS`,
 * one of its own machines. Those on Axion processors (`db-c4a-…`) need another kind of disk and are left out.
 */
export function tierProblem(tier: string, edition: CloudSqlEdition): string | undefined {
  if (edition === "ENTERPRISE_PLUS") {
    const cpus = Number(/^db-perf-optimized-N-(\d+)$/.exec(tier)?.[1]);
    if (performanceCpus.includes(cpus)) return undefined;
    return `${show(tier)} is not a machine of edition ENTERPRISE_PLUS; use "db-perf-optimized-N-<vCPUs>" with ${performanceCpus.join(", ")} vCPUs, or edition ENTERPRISE`;
  }
  if (/^db-(f1-micro|g1-small)$/.test(tier)) return undefined;
  if (/^db-perf-optimized-/.test(tier)) {
    return `${show(tier)} is a machine of edition ENTERPRISE_PLUS; set edition to it, or use e.g. "db-custom-2-7680"`;
  }
  const size = /^db-custom-([1-9]\d*)-([1-9]\d*)$/.exec(tier);
  if (!size) {
    return `${show(tier)} is not a machine of Cloud SQL; use "db-custom-<vCPUs>-<MiB>", e.g. "db-custom-2-7680", or "db-g1-small"`;
  }
  const [cpus, mebibytes] = [Number(size[1]), Number(size[2])];
  if (cpus > 96 || (cpus > 1 && cpus % 2 === 1)) {
    return `${show(tier)} has ${cpus} vCPUs; use 1, or an even number up to 96`;
  }
  const least = Math.max(3840, Math.ceil((cpus * 0.9 * 1024) / 256) * 256);
  const most = Math.floor((cpus * 6.5 * 1024) / 256) * 256;
  if (mebibytes % 256 !== 0 || mebibytes < least || mebibytes > most) {
    return `${show(tier)} has ${mebibytes} MiB for ${cpus} ${cpus === 1 ? "vCPU" : "vCPUs"}; use a multiple of 256 from ${least} to ${most}`;
  }
  return undefined;
}

/** Flags that the program sets or that would lose data, with what to do. */
const ownedFlags: Readonly<Record<string, string>> = {
  max_connections: "is set by the platform; set postgres.maxConnections",
  synchronous_commit: "would lose acknowledged messages in a crash; remove it",
  password_encryption: "is set by the platform; remove it",
};

/** Further database flags of Cloud SQL, by name. */
export function databaseFlags() {
  const value = z.union([z.string(), z.number(), z.boolean()], {
    error: (issue) => `${show(issue.input)} is not the value of a flag; give text, a number, true or false`,
  });
  return mapOf(value, (name) => {
    const owned = ownedFlags[name.toLowerCase()] ?? loggedValuesProblem(name);
    if (owned) return owned;
    if (/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$/.test(name)) return undefined;
    return 'is not the name of a flag; use lower-case letters, digits and "_", e.g. work_mem or cloudsql.enable_pg_cron';
  }).prefault({});
}
