import type { Place, PostgresEndpoint, RedisEndpoint } from "../../contracts";
import { postgresVariables, redisVariables } from "../../kubernetes/connections";
import type { VariableTable } from "../../kubernetes/variables";
import { tlsVariables } from "./tls";

/** What the variables of every process are made from. */
export interface PlatformVariableArgs {
  readonly place: Pick<Place, "stage" | "logLevel">;
  readonly version: string;
  readonly port: number | undefined;
}

/** Of every process of a declared app. */
export const platformVariables: VariableTable<PlatformVariableArgs> = {
  STAGE: ({ place }) => ({ value: place.stage }),
  // Not VERSION: to Rails that is the migration to go to.
  APP_VERSION: ({ version }) => ({ value: version }),
  LOG_LEVEL: ({ place }) => ({ value: place.logLevel }),
  PORT: ({ port }) => (port === undefined ? undefined : { value: String(port) }),
  POD_NAME: () => ({ podField: "metadata.name" }),
};

/**
 * The address of the database as one value, put together by Kubernetes from the variables before it, so that the password
 * stays in its Secret. Passwords that the platform makes are letters and digits, and those of others are refused if an
 * address cannot hold them: nothing in them needs to be escaped.
 */
export const databaseUrl: VariableTable<Pick<PostgresEndpoint, "tls" | "replica">> = {
  DATABASE_URL: ({ tls }) => ({ value: postgresUrl("$(PGHOST):$(PGPORT)", tls) }),
  DATABASE_READ_URL: ({ tls, replica }) => replica && { value: postgresUrl("$(PGHOST_READ):$(PGPORT_READ)", tls) },
};

function postgresUrl(server: string, tls: PostgresEndpoint["tls"]): string {
  const trust =
    tls.mode === "disable" ? "" : `?sslmode=$(PGSSLMODE)${withAuthority(tls) ? "&sslrootcert=$(PGSSLROOTCERT)" : ""}`;
  return `postgres://$(PGUSER):$(PGPASSWORD)@${server}/$(PGDATABASE)${trust}`;
}

const withAuthority = (tls: PostgresEndpoint["tls"]) => tls.mode !== "disable" && tls.authority !== "system";

/** What the address of Redis is made from, and how the app's keys must begin. */
export interface RedisUrlArgs extends Pick<RedisEndpoint, "tls" | "database"> {
  readonly prefix: string | undefined;
}

/** The address of Redis as one value, and how the app's keys must begin. */
export const redisUrl: VariableTable<RedisUrlArgs> = {
  REDIS_URL: ({ tls, database }) => {
    const scheme = tls.mode === "disable" ? "redis" : "rediss";
    return { value: `${scheme}://$(REDIS_USERNAME):$(REDIS_PASSWORD)@$(REDIS_HOST):$(REDIS_PORT)/${database}` };
  },
  REDIS_PREFIX: ({ prefix }) => (prefix ? { value: prefix } : undefined),
};

/** Of every sidecar of a declared app: what tells the pod in logs and metrics. */
export const sidecarVariables: VariableTable<Pick<PlatformVariableArgs, "place">> = {
  STAGE: ({ place }) => ({ value: place.stage }),
  POD_NAME: () => ({ podField: "metadata.name" }),
};

/** Every table that a process of a declared app may have variables of. */
export const allVariables = [
  platformVariables,
  postgresVariables,
  redisVariables,
  databaseUrl,
  redisUrl,
  tlsVariables,
] as readonly VariableTable<never>[];
