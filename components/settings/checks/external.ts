import { apps, postgresRoles, redisUsers } from "../../apps";
import { show } from "../../schema/fields";
import { certificatesOf } from "../../schema/values/pem";
import type { Check, Layers } from "./check";

type External<Layer extends "postgres" | "redis"> = Extract<NonNullable<Layers[Layer]>, { readonly kind: "external" }>;

function externalOf<Layer extends "postgres" | "redis">(settings: Layers, layer: Layer): External<Layer> | undefined {
  const given = settings[layer];
  return given?.kind === "external" ? (given as External<Layer>) : undefined;
}

/** Log-ins are there for every app that uses the server, and for no other. */
const logins: Check = (settings, { errors }) => {
  const postgres = externalOf(settings, "postgres");
  const redis = externalOf(settings, "redis");
  if (postgres?.roles) {
    for (const app of postgresRoles(settings).filter((name) => !Object.hasOwn(postgres.roles!, name)))
      errors.push(`postgres.roles.${app}: is not set, and ${app} uses Postgres; give its user and password`);
  }
  if (redis && redis.password === undefined) {
    for (const { name } of redisUsers(settings).filter(({ name }) => !Object.hasOwn(redis.users, name)))
      errors.push(
        `redis.users.${name}: is not set, and ${name} uses Redis; give its user and password, or redis.password for all`,
      );
  }
  const known = [...Object.keys(apps), ...Object.keys(settings.apps ?? {})];
  for (const [key, given] of Object.entries({ "postgres.roles": postgres?.roles, "redis.users": redis?.users })) {
    for (const name of Object.keys(given ?? {}).filter((one) => !known.includes(one)))
      errors.push(`${key}.${name}: no app of this stack is called ${show(name)}; use ${known.join(", ")}`);
  }
};

/** Apps with one user are kept apart by nothing but what they call their keys. */
const sharedUser: Check = (settings, { warnings }) => {
  const redis = externalOf(settings, "redis");
  if (!redis) return;
  const sharing = redisUsers(settings).filter(({ name }) => !Object.hasOwn(redis.users, name));
  if (sharing.length < 2) return;
  const names = sharing.map(({ name }) => name).join(" and ");
  warnings.push(
    `redis.user: ${show(redis.user)} is the user of ${names}, so each can read every key of the others; give each its own in redis.users`,
  );
};

/** What crosses the network, and what it is trusted by. */
const trust: Check = (settings, found, now) => {
  for (const layer of ["postgres", "redis"] as const) {
    const tls = externalOf(settings, layer)?.tls;
    if (tls?.mode === "disable")
      found.refuseInProduction(
        `${layer}.tls.mode: "disable" sends passwords and data in clear; use verify-full with the server's authority`,
      );
    const expired = certificatesOf(tls?.authority ?? "").filter(({ validTo }) => new Date(validTo) < now);
    for (const { subject, validTo } of expired)
      found.errors.push(
        `${layer}.tls.authority: ${subject.replaceAll("\n", ", ")} expired ${new Date(validTo).toISOString().slice(0, 10)}; take it out, or give its successor`,
      );
  }
};

/** What nobody knows before an `up`, said in every preview. */
const unchecked: Check = (settings, { warnings }) => {
  const postgres = externalOf(settings, "postgres");
  const redis = externalOf(settings, "redis");
  const cannot = "a preview cannot see whether it is there, lets this cluster in and takes the log-ins";
  if (postgres)
    warnings.push(
      `postgres.host: ${postgres.host} is not this stack's: ${cannot}. The Job postgres-roles tries it before anything is rolled out; its backups and its maxConnections are up to its owner`,
    );
  if (postgres?.replica)
    warnings.push(
      `postgres.replica.host: ${postgres.replica.host} is not this stack's: nothing tries it before the apps do`,
    );
  if (redis)
    warnings.push(
      `redis.host: ${redis.host} is not this stack's: ${cannot}. The first pods that use it try it; what it keeps when it restarts is up to its owner`,
    );
};

/** What concerns a Postgres or a Redis that somebody else runs. */
export const externalChecks: readonly Check[] = [logins, sharedUser, trust, unchecked];
