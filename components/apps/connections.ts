import type {
  EnvironmentVariable,
  MountedFiles,
  PostgresEndpoint,
  RedisEndpoint,
  TransportSecurity,
} from "../contracts";

/** Where the certificate authority of a server is seen in a pod. */
const authorityFolder = (server: string) => `/run/tls/${server}`;

/** The variables by which libpq and every client made after it find the database. */
export function postgresEnvironment(endpoint: PostgresEndpoint): EnvironmentVariable[] {
  return [
    { name: "PGHOST", value: endpoint.host },
    { name: "PGPORT", value: String(endpoint.port) },
    { name: "PGDATABASE", value: endpoint.database },
    { name: "PGUSER", value: endpoint.user },
    { name: "PGPASSWORD", secret: endpoint.password },
    { name: "PGSSLMODE", value: endpoint.tls.mode },
    ...authorityVariable("PGSSLROOTCERT", "postgres", endpoint.tls),
  ];
}

/** The variables by which the panel and its workers find Redis. */
export function redisEnvironment(endpoint: RedisEndpoint): EnvironmentVariable[] {
  return [
    { name: "REDIS_HOST", value: endpoint.host },
    { name: "REDIS_PORT", value: String(endpoint.port) },
    { name: "REDIS_USERNAME", value: endpoint.user },
    { name: "REDIS_PASSWORD", secret: endpoint.password },
    { name: "REDIS_TLS", value: endpoint.tls.mode === "disable" ? "0" : "1" },
    ...authorityVariable("REDIS_CA", "redis", endpoint.tls),
  ];
}

/** The files that these variables name. */
export function authorityFiles(servers: Readonly<Record<string, TransportSecurity>>): MountedFiles[] {
  return Object.entries(servers).flatMap(([server, tls]) =>
    tls.mode === "disable"
      ? []
      : [{ name: `${server}-ca`, path: authorityFolder(server), source: { secret: tls.authority.secretName } }],
  );
}

function authorityVariable(name: string, server: string, tls: TransportSecurity): EnvironmentVariable[] {
  return tls.mode === "disable" ? [] : [{ name, value: `${authorityFolder(server)}/${tls.authority.key}` }];
}
