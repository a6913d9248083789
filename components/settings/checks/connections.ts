import { appSpecs, apps, postgresRoles } from "../../apps";
import type { AppSpec, JobSpec } from "../../apps/shared/spec";
import { rolloutSurge } from "../../kubernetes/fixedSizes";
import { show } from "../../schema/fields";
import type { Check, Layers } from "./check";

/** Connections that Postgres keeps for administrators (`superuser_reserved_connections`). */
const reservedConnections = 3;

/** Pods that open connections in the busiest moment of a rollout. */
interface Part {
  readonly who: string;
  readonly pods: number;
  readonly each: number;
}

const isPooled =
  ({ postgres }: Layers) =>
  ({ name, usesPostgres }: AppSpec) =>
    postgres?.pooler !== undefined && usesPostgres && !postgres.pooler.direct.includes(name);

/** What serves, of some apps. */
function serving(specs: readonly AppSpec[]): Part[] {
  return specs
    .flatMap(({ processes }) => processes)
    .map(({ key, replicas, connections }) => ({
      who: key,
      pods: replicas > 0 ? replicas + rolloutSurge : 0,
      each: connections.each,
    }));
}

/** What runs and ends, and connects as what serves. */
function ending(specs: readonly AppSpec[]): Part[] {
  const part = (who: string, kind: JobSpec["kind"]) => {
    const jobs = jobsOf(specs, kind);
    return { who, pods: jobs.length, each: jobs[0]?.connections ?? 0 };
  };
  return [part("commands after a rollout", "after"), part("scheduled jobs", "schedule")];
}

const jobsOf = (specs: readonly AppSpec[], wanted: JobSpec["kind"]) =>
  specs.flatMap(({ jobs }) => jobs).filter(({ kind }) => kind === wanted);

const sumOf = (parts: readonly Part[]) => parts.reduce((sum, { pods, each }) => sum + pods * each, 0);

const written = (parts: readonly Part[]) =>
  parts
    .filter(({ pods }) => pods > 0)
    .map(({ who, pods, each }) => `${who} ${pods} × ${each}`)
    .join(" + ");

/** The server takes every connection of a rollout: of the apps, or of the pooler in front of it. */
const ofServer: Check = (settings, { errors }) => {
  const { postgres } = settings;
  const specs = appSpecs(settings);
  if (!postgres || specs.length < Object.keys(apps).length) return;
  const pooled = specs.filter(isPooled(settings));
  const direct = specs.filter((spec) => !pooled.includes(spec));
  const { pooler } = postgres;
  const parts: Part[] = [
    ...serving(direct),
    // While passwords change, the pooler of the earlier ones is there too.
    ...(pooler && pooled.length > 0
      ? [{ who: "postgres.pooler", pods: 2 * pooler.replicas, each: pooler.poolSize * pooled.length }]
      : []),
    { who: "migrations", pods: jobsOf(specs, "release").length, each: 1 },
    ...ending(direct),
  ];
  const needed = sumOf(parts);
  const usable = postgres.maxConnections - reservedConnections;
  if (needed <= usable) return;
  const keys = [
    ...direct.flatMap(({ processes }) => processes.map(({ connections }) => connections.key)),
    ...(pooled.length > 0 ? ["postgres.pooler.poolSize"] : []),
  ];
  errors.push(
    `postgres.maxConnections: ${postgres.maxConnections} minus ${reservedConnections} reserved connections are fewer than the ${needed} connections of a rollout (${written(parts)}); ` +
      `use ${needed + reservedConnections} or more, or lower ${[...new Set(keys)].join(" or ")}`,
  );
};

/** Each pod of the pooler takes every client: it may be the only one for a while. */
const ofPooler: Check = (settings, { errors }) => {
  const pooler = settings.postgres?.pooler;
  const specs = appSpecs(settings);
  if (!pooler || specs.length < Object.keys(apps).length) return;
  const pooled = specs.filter(isPooled(settings));
  const parts = [...serving(pooled), ...ending(pooled)];
  const needed = sumOf(parts);
  if (needed > pooler.maxClients)
    errors.push(
      `postgres.pooler.maxClients: ${pooler.maxClients} is fewer than the ${needed} clients of a rollout (${written(parts)}), which one pod must take while the other restarts; use ${needed} or more`,
    );
};

/** Who may connect through a pooler, and what it cannot stand in front of. */
const poolerUse: Check = (settings, found) => {
  const { postgres } = settings;
  if (!postgres?.pooler) return;
  const { pooler } = postgres;
  const specs = appSpecs(settings);
  const users = postgresRoles(settings);
  const key = "postgres.pooler";
  for (const name of pooler.direct.filter((one) => !users.includes(one)))
    found.errors.push(
      `${key}.direct: ${show(name)} is no app of this stack that uses Postgres; use ${users.join(", ")}`,
    );
  if (users.length > 0 && users.every((name) => pooler.direct.includes(name)))
    found.errors.push(`${key}.direct: names every app, so that the pooler has no clients; remove ${key}`);
  for (const { name } of specs.filter((spec) => spec.needsSession && isPooled(settings)(spec)))
    if (pooler.mode === "transaction")
      found.errors.push(
        `${key}.mode: "transaction" takes from ${name} the sessions that it needs; name it in ${key}.direct, or use session`,
      );
  if ("replica" in postgres && postgres.replica)
    found.errors.push(
      `${key}: is there together with postgres.replica, which it does not stand in front of; remove one of the two`,
    );
  if (pooler.replicas < 2)
    found.refuseInProduction(
      `${key}.replicas: 1 means an outage of the database whenever its pod is moved; use 2 or more`,
    );
};

/** What concerns connections to the database. */
export const connectionChecks: readonly Check[] = [ofServer, ofPooler, poolerUse];
