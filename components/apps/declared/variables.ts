import type { Place, PostgresEndpoint } from "../../contracts";
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
  VERSION: ({ version }) => ({ value: version }),
  LOG_LEVEL: ({ place }) => ({ value: place.logLevel }),
  PORT: ({ port }) => (port === undefined ? undefined : { value: String(port) }),
  POD_NAME: () => ({ podField: "metadata.name" }),
};

/**
 * The address of the database as one value, put together by Kubernetes from the variables before it, so that the password
 * stays in its Secret. Passwords are made of letters and digits: nothing in them needs to be escaped.
 */
export const databaseUrl: VariableTable<Pick<PostgresEndpoint, "tls">> = {
  DATABASE_URL: ({ tls }) => {
    const trust =
      tls.mode === "disable" ? "" : `?sslmode=$(PGSSLMODE)${withAuthority(tls) ? "&sslrootcert=$(PGSSLROOTCERT)" : ""}`;
    return { value: `postgres://$(PGUSER):$(PGPASSWORD)@$(PGHOST):$(PGPORT)/$(PGDATABASE)${trust}` };
  },
};

const withAuthority = (tls: PostgresEndpoint["tls"]) => tls.mode !== "disable" && tls.authority !== "system";

/** The address of Redis as one value, and how the app's keys must begin. */
export const redisUrl: VariableTable<{ readonly prefix: string | undefined }> = {
  REDIS_URL: () => ({ value: "rediss://$(REDIS_USERNAME):$(REDIS_PASSWORD)@$(REDIS_HOST):$(REDIS_PORT)/0" }),
  REDIS_PREFIX: ({ prefix }) => (prefix ? { value: prefix } : undefined),
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
