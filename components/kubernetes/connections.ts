import type { MountedFiles, PostgresLogIn, RedisEndpoint, SecretRef, TransportSecurity } from "../contracts";
import type { VariableSource, VariableTable } from "./variables";

/** Where the certificate authority of a server is seen in a pod. */
const authorityFolder = (server: string) => `/run/tls/${server}`;

/** The variables by which libpq and every client made after it find the database. */
export const postgresVariables: VariableTable<PostgresLogIn> = {
  PGHOST: ({ host }) => ({ value: host }),
  PGPORT: ({ port }) => ({ value: String(port) }),
  PGDATABASE: ({ database }) => ({ value: database }),
  PGUSER: ({ user }) => ({ value: user }),
  PGPASSWORD: ({ password }) => ({ secret: password }),
  PGSSLMODE: ({ tls }) => ({ value: tls.mode }),
  PGSSLROOTCERT: ({ tls }) => authorityVariable("postgres", tls),
  PGHOST_READ: ({ replica }) => replica && { value: replica.host },
  PGPORT_READ: ({ replica }) => replica && { value: String(replica.port) },
};

/** What makes a run in a database another run, for `runsOncePer`: nothing where there is only one. */
export function oncePerDatabase(login: (Pick<PostgresLogIn, "databaseId"> & { readonly schema?: string }) | undefined) {
  return login?.databaseId === undefined ? [] : [login.databaseId, login.schema ?? ""];
}

/** The variables by which the panel and its workers find Redis. */
export const redisVariables: VariableTable<RedisEndpoint> = {
  REDIS_HOST: ({ host }) => ({ value: host }),
  REDIS_PORT: ({ port }) => ({ value: String(port) }),
  REDIS_DATABASE: ({ database }) => (database === 0 ? undefined : { value: String(database) }),
  REDIS_USERNAME: ({ user }) => ({ value: user }),
  REDIS_PASSWORD: ({ password }) => ({ secret: password }),
  REDIS_TLS: ({ tls }) => ({ value: tls.mode === "disable" ? "0" : "1" }),
  REDIS_TLS_MODE: ({ tls }) => (tls.mode === "verify-ca" ? { value: tls.mode } : undefined),
  REDIS_CA: ({ tls }) => authorityVariable("redis", tls),
};

/** The files that these variables name. */
export function authorityFiles(servers: Readonly<Record<string, TransportSecurity>>): MountedFiles[] {
  return Object.entries(servers).flatMap(([server, tls]) => {
    const authority = authorityOf(tls);
    if (!authority) return [];
    return [authorityMount(server, authority, `${server}-ca`)];
  });
}

/**
 * The files of the authority that a server is verified with, as a pod is given them.
 *
 * @param volume its name in the pod. @default after the server
 */
export function authorityMount(server: string, authority: SecretRef, volume = `ca-${server}`): MountedFiles {
  const { secretName: secret, currentName } = authority;
  return { name: volume, path: authorityFolder(server), source: { secret, currentName } };
}

/** The path of the authority in a pod that has these files. */
export function authorityPath(server: string, key: string): string {
  return `${authorityFolder(server)}/${key}`;
}

/** The path of the authority's file in a pod that has these files. */
export function authorityFile(server: string, tls: TransportSecurity): string | undefined {
  const authority = authorityOf(tls);
  return authority && authorityPath(server, authority.key);
}

function authorityVariable(server: string, tls: TransportSecurity): VariableSource | undefined {
  const value = authorityFile(server, tls);
  return value === undefined ? undefined : { value };
}

/** The authority that a pod must be given; none where the image has it, or where nothing is verified. */
function authorityOf(tls: TransportSecurity): SecretRef | undefined {
  return tls.mode === "disable" || tls.authority === "system" ? undefined : tls.authority;
}
