import type { PostgresRole } from "../contracts";

/** The one database; each part of the product has a schema of its own name in it. */
export const database = "switchboard";

/** Who makes the roles on a managed server. Not `postgres`, which everyone would try first (Security Hub RDS.25). */
export const managedAdministrator = "platform_admin";

/** Values of `postgresql.conf` that depend on the settings. */
export interface PostgresConfArgs {
  readonly maxConnections: number;
  /** Memory limit of the container in bytes. */
  readonly memoryBytes: number;
  /** Further parameters; they win over the ones chosen here. */
  readonly parameters: Parameters;
  /** Folder with the server's `tls.crt` and `tls.key`; without one it speaks in clear, as on a machine of its own. */
  readonly certificates?: string;
  /** Whether every segment of the write-ahead log is handed to pgBackRest. @default false */
  readonly archives?: boolean;
  /** Folder of a further socket, for another container of the same pod. @default none */
  readonly sidecarSocket?: string;
}

type Parameters = Readonly<Record<string, string | number | boolean>>;

/** What every server in the cluster has, whoever starts it: it keeps what it acknowledged, and nobody's words in its log. */
export const usualParameters: Parameters = {
  password_encryption: "scram-sha-256",
  synchronous_commit: "on",
  fsync: "on",
  log_line_prefix: "%m [%p] %u@%d ",
  log_connections: "off",
  log_min_duration_statement: "1000ms",
  // What people wrote is in the parameters of statements, and in the details of errors: "Failing row contains (…)".
  log_parameter_max_length: 0,
  log_parameter_max_length_on_error: 0,
  log_error_verbosity: "terse",
  log_lock_waits: "on",
  idle_in_transaction_session_timeout: "5min",
  tcp_keepalives_idle: 60,
  ssl_min_protocol_version: "TLSv1.2",
};

/**
 * Hands the log on, at least once a minute while something is written. A segment that cannot be handed on stays until it
 * can. What pgBackRest needs to know it has from its variables.
 */
export const archiveParameters: Parameters = {
  archive_mode: "on",
  archive_command: "pgbackrest archive-push %p",
  archive_timeout: "60s",
  wal_level: "replica",
};

/** A quarter of the memory is the documentation's advice for a dedicated server. */
export function memoryParameters(bytes: number): Parameters {
  const mebibytes = Math.floor(bytes / 2 ** 20);
  return {
    shared_buffers: `${Math.max(Math.floor(mebibytes / 4), 16)}MB`,
    effective_cache_size: `${Math.max(Math.floor(mebibytes / 2), 32)}MB`,
  };
}

/**
 * `postgresql.conf`: connections from the whole pod network with scram only, logs to the container's output, memory in
 * proportion to the limit, and settings that keep every acknowledged commit.
 */
export function postgresqlConf(args: PostgresConfArgs): string {
  const { ssl_min_protocol_version, ...usual } = usualParameters;
  const chosen: Parameters = {
    ...usual,
    ...memoryParameters(args.memoryBytes),
    listen_addresses: "*",
    max_connections: args.maxConnections,
    hba_file: "/etc/postgresql/pg_hba.conf",
    unix_socket_directories: ["/tmp", ...(args.sidecarSocket ? [args.sidecarSocket] : [])].join(", "),
    ...(args.sidecarSocket ? { ident_file: "/etc/postgresql/pg_ident.conf" } : {}),
    // Small pods have a small /dev/shm; memory from mmap needs none of it.
    dynamic_shared_memory_type: "mmap",
    wal_level: "replica",
    log_destination: "stderr",
    logging_collector: "off",
    ...(args.certificates
      ? {
          ssl: "on",
          ssl_cert_file: `${args.certificates}/tls.crt`,
          ssl_key_file: `${args.certificates}/tls.key`,
          ssl_min_protocol_version,
        }
      : {}),
    ...(args.archives ? archiveParameters : {}),
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

/**
 * Makes the data folder on the first start, and refuses a folder of another major version instead of starting on it. Runs
 * before the server, in its image.
 *
 * @param fill makes the folder. @default a new database, with checksums
 * @param restoredFrom what a folder with data must have been restored from. @default nothing
 */
export function prepareDataScript(fill = newDatabase, restoredFrom?: string): string {
  // What another script has begun, it marks until it is whole.
  const isWhole = fill === newDatabase ? "" : ' && [ ! -e "$PGDATA.restoring" ]';
  return `set -eu
if [ -s "$PGDATA/PG_VERSION" ]${isWhole}; then
  have="$(cat "$PGDATA/PG_VERSION")"
  want="$(postgres --version | sed -E 's/^[^0-9]*([0-9]+).*/\\1/')"
  if [ "$have" != "$want" ]; then
    echo "The data is of Postgres $have and the image is Postgres $want: a major upgrade needs pg_dump and pg_restore, or pg_upgrade. Set postgres.image back to Postgres $have." >&2
    exit 1
  fi
${restoredFrom === undefined ? "" : onlyRestored(restoredFrom)}  exit 0
fi
${fill}`;
}

const onlyRestored = (from: string) => `  have="$(cat "$PGDATA.restored" 2>/dev/null || true)"
  if [ "$have" != '${from}' ]; then
    echo "The volume has data already (\${have:-not restored}), which was left as it is. Give postgres.beside.server another number." >&2
    exit 1
  fi
`;

const newDatabase = `# A first start that was interrupted leaves a folder without PG_VERSION; nobody has written to it yet.
rm -rf "$PGDATA.new"
initdb --pgdata="$PGDATA.new" --username=postgres --pwfile=/run/secrets/postgres/password --auth=scram-sha-256 \\
  --data-checksums --encoding=UTF8 --locale=C.UTF-8 --no-instructions
rmdir "$PGDATA" 2>/dev/null || true
mv "$PGDATA.new" "$PGDATA"
`;

/** The role that an app acts as: it may use what the owner of the schema made, and make nothing itself. */
export function appRole(role: PostgresRole): string {
  return `${role}_app`;
}

/** The log-in role of one generation of passwords that everything which serves uses; it acts as the app's role. */
export function loginRole(role: PostgresRole, generation: number): string {
  return `${role}_g${generation}`;
}

/** The log-in role of one generation that the migration alone uses; it acts as the role that owns the schema. */
export function ownerLoginRole(role: PostgresRole, generation: number): string {
  return `${role}_owner_g${generation}`;
}

/** Variable that holds the password of an app's log-in while it is made. */
export function passwordVariable(role: PostgresRole): string {
  return `${role.toUpperCase()}_PASSWORD`;
}

/** Variable that holds the password of an owner's log-in while it is made. */
export function ownerPasswordVariable(role: PostgresRole): string {
  return `${role.toUpperCase()}_OWNER_PASSWORD`;
}

/** Waits until the server answers, at most four minutes: psql then tells what keeps it from answering. */
export const waitForServer = `end=$(($(date +%s) + 240))
until pg_isready --quiet || [ "$(date +%s)" -ge "$end" ]; do sleep 1; done`;

/** How every script calls psql: it stops at the first error. */
export const psql = "psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1";

/**
 * Makes, for each role: the owner of a schema of the same name; the app's role, which may read and write what is in it
 * and can change nothing of its form; and for each of the two a log-in of this generation. Neither of the first two can
 * log in. Two generations can be live at once, so a rotation has no moment in which one of them is refused. Run again it
 * changes nothing.
 *
 * In databases of earlier releases the log-ins of apps were members of the owner. They become the app's; their open
 * sessions go on as they are, and get what the app may with their next connection.
 *
 * The administrator needs CREATEDB and CREATEROLE and no more, which is what managed servers give: nothing here names an
 * attribute that only a superuser may name. Up to Postgres 15 such an administrator becomes a member of the roles it
 * makes, so that an upgraded server lets it hand them on; from 16 on it has that right by itself and is a member only
 * while it makes the schema (https://www.postgresql.org/docs/16/role-attributes.html).
 *
 * Passwords come from variables and go to psql's input, never into an argument. Its `\password` sends only their hash,
 * so the text is in no log of a server that logs statements (`log_statement = ddl`, which benchmarks ask for).
 *
 * @param inDatabase the database of the stack, which is made if it is not there
 */
export function rolesScript(roles: readonly PostgresRole[], generation: number, inDatabase = database): string {
  // template1 cannot be copied while anyone is connected to it, as the watchers of managed servers are.
  return `set -eu
${waitForServer}
${psql} <<'SQL'
SET client_min_messages = warning;
SELECT 'CREATE DATABASE ${inDatabase} TEMPLATE template0 ENCODING ''UTF8'''
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${inDatabase}') \\gexec
REVOKE ALL ON DATABASE ${inDatabase} FROM PUBLIC;
\\connect ${inDatabase}
SET client_min_messages = warning;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
${roles.map((role) => roleSql(role, generation, inDatabase)).join("\n")}
SQL
${roles.flatMap((role) => passwordCommands(role, generation)).join("\n")}
`;
}

function roleSql(role: PostgresRole, generation: number, inDatabase: string): string {
  const app = appRole(role);
  // The log-ins last: a connection of an earlier release that is made meanwhile finds every right that it needs.
  return `${createRole(role)}
${createRole(app)}
GRANT CONNECT ON DATABASE ${inDatabase} TO ${role}, ${app};
${schemaSql(role, app)}
${loginSql(loginRole(role, generation), app, role)}
${loginSql(ownerLoginRole(role, generation), role, role)}
${earlierReleases(role, app)}`;
}

/** A log-in that acts as another role, whose tables are then its own. */
function loginSql(login: string, actsAs: string, schema: string): string {
  return `${createRole(login)}
GRANT ${actsAs} TO ${login};
ALTER ROLE ${login} LOGIN;
ALTER ROLE ${login} SET role = '${actsAs}';
ALTER ROLE ${login} SET search_path = '${schema}';`;
}

/** The schema, and what the app may in it: with what is there, and with what the owner will make. */
function schemaSql(owner: string, app: string): string {
  const inSchema = `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA ${owner}`;
  return `SELECT NOT pg_has_role('${owner}', 'USAGE') AS outside \\gset
BEGIN;
\\if :outside
GRANT ${owner} TO CURRENT_USER;
\\endif
SELECT 'CREATE SCHEMA ${owner} AUTHORIZATION ${owner}'
  WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = '${owner}') \\gexec
GRANT USAGE ON SCHEMA ${owner} TO ${app};
${inSchema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${app};
${inSchema} GRANT USAGE, SELECT ON SEQUENCES TO ${app};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${owner} TO ${app};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${owner} TO ${app};
\\if :outside
REVOKE ${owner} FROM CURRENT_USER;
\\endif
COMMIT;`;
}

/**
 * Takes the owner from the log-ins of apps. From Postgres 16 on only who gave a membership, or who has its rights, can
 * take it: a server that was upgraded from 15 in between may know another giver. The next generation has no such log-in.
 */
function earlierReleases(owner: string, app: string): string {
  const members = `FROM pg_auth_members JOIN pg_roles login ON login.oid = member
  WHERE roleid = '${owner}'::regrole AND login.rolname ~ '^${owner}_g[0-9]+$'`;
  return `SELECT DISTINCT format('GRANT ${app} TO %I', login.rolname),
  format('ALTER ROLE %I SET role = ''${app}''', login.rolname),
  format('REVOKE ${owner} FROM %I', login.rolname) ${members} \\gexec
SELECT EXISTS (SELECT ${members}) AS remains \\gset
\\if :remains
\\warn 'A log-in of ${owner} can still act as the owner of its tables: raise postgres.passwordGeneration, which makes another.'
\\endif`;
}

function createRole(name: string): string {
  return `SELECT 'CREATE ROLE ${name} NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}') \\gexec
SELECT 'GRANT ${name} TO CURRENT_USER WITH ADMIN OPTION'
  WHERE NOT pg_has_role('${name}', 'MEMBER WITH ADMIN OPTION') \\gexec`;
}

/** Without a terminal `\password` reads the password, twice, from its input. */
function passwordCommands(role: PostgresRole, generation: number): string[] {
  const logins = {
    [loginRole(role, generation)]: passwordVariable(role),
    [ownerLoginRole(role, generation)]: ownerPasswordVariable(role),
  };
  return Object.entries(logins).map(
    ([login, variable]) =>
      `printf '%s\\n%s\\n' "$${variable}" "$${variable}" | ${psql} --command='\\password ${login}'`,
  );
}
