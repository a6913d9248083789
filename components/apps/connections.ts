import type {
  EnvironmentVariable,
  MountedFiles,
  PostgresEndpoint,
  RedisEndpoint,
  SecretRef,
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
    ...(endpoint.tls.mode === "verify-ca" ? [{ name: "REDIS_TLS_MODE", value: "verify-ca" }] : []),
    ...authorityVariable("REDIS_CA", "redis", endpoint.tls),
  ];
}

/** The files that these variables name. */
export function authorityFiles(servers: Readonly<Record<string, TransportSecurity>>): MountedFiles[] {
  return Object.entries(servers).flatMap(([server, tls]) => {
    const authority = authorityOf(tls);
    if (!authority) return [];
    const { secretName: secret, currentName } = authority;
    return [{ name: `${server}-ca`, path: authorityFolder(server), source: { secret, currentName } }];
  });
}

function authorityVariable(name: string, server: string, tls: TransportSecurity): EnvironmentVariable[] {
  const authority = authorityOf(tls);
  return authority ? [{ name, value: `${authorityFolder(server)}/${authority.key}` }] : [];
}

/** The authority that a pod must be given; none where the image has it, or where nothing is verified. */
function authorityOf(tls: TransportSecurity): SecretRef | undefined {
  return tls.mode === "disable" || tls.authority === "system" ? undefined : tls.authority;
}
