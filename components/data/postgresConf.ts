import type { PostgresRole } from "../contracts";

/** The one database; each part of the product has a schema of its own name in it. */
export const database = "switchboard";

/** Values of `postgresql.conf` that depend on the settings. */
export interface PostgresConfArgs {
  readonly maxConnections: number;
  /** Memory limit of the container in bytes. */
  readonly memoryBytes: number;
  /** Further parameters; they win over the ones chosen here. */
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
}

/**
 * `postgresql.conf`: connections from the whole pod network with scram only, logs to the container's output, memory in
 * proportion to the limit, and settings that keep every acknowledged commit.
 */
export function postgresqlConf(args: PostgresConfArgs): string {
  const mebibytes = Math.floor(args.memoryBytes / 2 ** 20);
  const chosen: Record<string, string | number | boolean> = {
    listen_addresses: "*",
    max_connections: args.maxConnections,
    password_encryption: "scram-sha-256",
    hba_file: "/etc/postgresql/pg_hba.conf",
    unix_socket_directories: "/tmp",
    // A quarter of the memory is the documentation's advice for a dedicated server.
    shared_buffers: `${Math.max(Math.floor(mebibytes / 4), 16)}MB`,
    effective_cache_size: `${Math.max(Math.floor(mebibytes / 2), 32)}MB`,
    // Small pods have a small /dev/shm; memory from mmap needs none of it.
    dynamic_shared_memory_type: "mmap",
    synchronous_commit: "on",
    fsync: "on",
    wal_level: "replica",
    log_destination: "stderr",
    logging_collector: "off",
    log_line_prefix: "%m [%p] %u@%d ",
    log_connections: "off",
    log_min_duration_statement: "1000ms",
    log_lock_waits: "on",
    idle_in_transaction_session_timeout: "5min",
    tcp_keepalives_idle: 60,
    ...args.parameters,
  };
  return `${Object.keys(chosen)
    .sort()
    .map((key) => `${key} = ${confValue(chosen[key]!)}`)
    .join("\n")}\n`;
}

function confValue(value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "on" : "off";
  return typeof value === "number" ? String(value) : `'${value.replace(/'/g, "''")}'`;
}

/** `pg_hba.conf`: everyone proves a password, also over the socket; the network policies say who may come at all. */
export const pgHbaConf = [
  "# type database user address method",
  "local all all scram-sha-256",
  "host all all all scram-sha-256",
  "",
].join("\n");

/**
 * Makes the data folder on the first start, with checksums, and refuses a folder of another major version instead of
 * starting on it. Runs before the server, in its image.
 */
export const prepareDataScript = `set -eu
if [ -s "$PGDATA/PG_VERSION" ]; then
  have="$(cat "$PGDATA/PG_VERSION")"
  want="$(postgres --version | sed -E 's/^[^0-9]*([0-9]+).*/\\1/')"
  if [ "$have" != "$want" ]; then
    echo "The data is of Postgres $have and the image is Postgres $want: a major upgrade needs pg_dump and pg_restore, or pg_upgrade. Set postgres.image back to Postgres $have." >&2
    exit 1
  fi
  exit 0
fi
# A first start that was interrupted leaves a folder without PG_VERSION; nobody has written to it yet.
rm -rf "$PGDATA.new"
initdb --pgdata="$PGDATA.new" --username=postgres --pwfile=/run/secrets/postgres/password --auth=scram-sha-256 \\
  --data-checksums --encoding=UTF8 --locale=C.UTF-8 --no-instructions
rmdir "$PGDATA" 2>/dev/null || true
mv "$PGDATA.new" "$PGDATA"
`;

/** The log-in role of one generation of passwords; it acts as the role that owns the schema. */
export function loginRole(role: PostgresRole, generation: number): string {
  return `${role}_g${generation}`;
}

/** Variable that holds the password of a role while its log-in is made. */
export function passwordVariable(role: PostgresRole): string {
  return `${role.toUpperCase()}_PASSWORD`;
}

/**
 * Makes, for each role: a role that owns a schema of the same name and cannot log in, and a log-in role of this
 * generation that acts as the owner. Two generations can be live at once, so a rotation has no moment in which one of
 * them is refused. Run again it changes nothing. Passwords come from variables and are never in an argument.
 */
export function rolesScript(roles: readonly PostgresRole[], generation: number): string {
  const create = roles.map((role) => roleSql(role, loginRole(role, generation)));
  const variables = roles.map((role) => `\\getenv ${role}_password ${passwordVariable(role)}`);
  // \\getenv is younger than some servers' psql (14+); every image this runs in is 15 or newer.
  return `set -eu
until pg_isready --quiet; do sleep 1; done
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname=postgres <<'SQL'
SELECT 'CREATE DATABASE ${database}' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${database}') \\gexec
REVOKE ALL ON DATABASE ${database} FROM PUBLIC;
\\connect ${database}
REVOKE ALL ON SCHEMA public FROM PUBLIC;
${variables.join("\n")}
${create.join("\n")}
SQL
`;
}

function roleSql(role: PostgresRole, login: string): string {
  return `SELECT 'CREATE ROLE ${role} NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') \\gexec
SELECT 'CREATE ROLE ${login}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${login}') \\gexec
ALTER ROLE ${login} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE INHERIT PASSWORD :'${role}_password';
GRANT ${role} TO ${login};
ALTER ROLE ${login} SET role = '${role}';
ALTER ROLE ${login} SET search_path = '${role}';
GRANT CONNECT ON DATABASE ${database} TO ${role};
CREATE SCHEMA IF NOT EXISTS ${role} AUTHORIZATION ${role};`;
}

/** Refuses every log-in role but those of this generation and ends its sessions. */
export function retireScript(roles: readonly PostgresRole[], generation: number): string {
  const keep = roles.map((role) => `'${loginRole(role, generation)}'`).join(", ");
  const pattern = `^(${roles.join("|")})_g[0-9]+$`;
  return `set -eu
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname=postgres <<'SQL'
SELECT format('ALTER ROLE %I NOLOGIN', rolname) FROM pg_roles
  WHERE rolname ~ '${pattern}' AND rolname NOT IN (${keep}) AND rolcanlogin \\gexec
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE usename ~ '${pattern}' AND usename NOT IN (${keep});
SQL
`;
}
