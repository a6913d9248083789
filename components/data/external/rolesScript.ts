import { psql, waitForServer } from "../postgresConf";

/** How somebody logs in: the password is in a variable of the Job. */
export interface LogIn {
  readonly user: string;
  readonly variable: string;
}

/** An app's roles on a server on which none may be made. */
export interface GivenRole {
  readonly app: LogIn;
  /** Who makes the tables; the app's own log-in where there is no other. */
  readonly owner: LogIn;
  readonly schema: string;
}

/**
 * Logs in as each role, with nothing that only an administrator may do. The owner makes the schema if it is not there, and
 * gives the app what it needs in it, as far as it may. Each role lets itself find the schema. Then it is asked whether the
 * app may use it, so that what the server's owner has to do is known before anything is rolled out. Run again it changes
 * nothing.
 */
export function givenRolesScript(roles: readonly GivenRole[]): string {
  return `set -eu
${waitForServer}
as() { echo "Logging in as $1" >&2; PGUSER="$1" PGPASSWORD="$2" ${psql}; }
${roles.flatMap(commandsOf).join("\n")}
`;
}

function commandsOf(role: GivenRole): string[] {
  const { app, owner, schema } = role;
  const separate = owner.user !== app.user;
  return [
    command(owner, [schemaSql(schema, owner), ...(separate ? [grantsSql(schema, app.user)] : []), pathSql(schema)]),
    ...(separate ? [command(app, [pathSql(schema)])] : []),
    command(app, [checkSql(schema, app)]),
  ];
}

function command({ user, variable }: LogIn, statements: readonly string[]): string {
  return `as '${user}' "$${variable}" <<'SQL'
SET client_min_messages = warning;
${statements.join("\n")}
SQL`;
}

/** A role that may make no schema is told what its owner has to do. */
function schemaSql(schema: string, { user }: LogIn): string {
  return `SELECT NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = '${schema}') AS lacks,
  has_database_privilege(current_database(), 'CREATE') AS may \\gset
\\if :lacks
\\if :may
CREATE SCHEMA "${schema}";
\\else
\\warn 'There is no schema ${schema}, and ${user} may make none. On the server: CREATE SCHEMA "${schema}" AUTHORIZATION "${user}"'
SELECT 1/0 AS "the schema is missing";
\\endif
\\endif`;
}

/** What is there and is the owner's, and what it will make. */
function grantsSql(schema: string, user: string): string {
  const inSchema = `ALTER DEFAULT PRIVILEGES IN SCHEMA "${schema}"`;
  const owned = (kinds: string, rights: string, what: string) =>
    `SELECT format('GRANT ${rights} ON ${what} %s TO "${user}"', oid::regclass) FROM pg_class
  WHERE relnamespace = '"${schema}"'::regnamespace AND relowner = quote_ident(current_user)::regrole AND relkind IN (${kinds}) \\gexec`;
  return `SELECT nspowner = quote_ident(current_user)::regrole AS owns FROM pg_namespace WHERE nspname = '${schema}' \\gset
\\if :owns
GRANT USAGE ON SCHEMA "${schema}" TO "${user}";
\\endif
${inSchema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "${user}";
${inSchema} GRANT USAGE, SELECT ON SEQUENCES TO "${user}";
${owned("'r', 'p', 'v', 'm', 'f'", "SELECT, INSERT, UPDATE, DELETE", "TABLE")}
${owned("'S'", "USAGE, SELECT", "SEQUENCE")}`;
}

/** A role may always set what holds for its own sessions. */
function pathSql(schema: string): string {
  return `ALTER ROLE CURRENT_USER IN DATABASE :"DBNAME" SET search_path = "${schema}";`;
}

function checkSql(schema: string, { user }: LogIn): string {
  return `SELECT has_schema_privilege('${schema}', 'USAGE') AS may, current_schema() = '${schema}' AS finds \\gset
\\if :may
\\else
\\warn '${user} may not use the schema ${schema}. On the server: GRANT USAGE ON SCHEMA "${schema}" TO "${user}"'
SELECT 1/0 AS "a right is missing";
\\endif
\\if :finds
\\else
\\warn '${user} does not find the schema ${schema} by its search_path'
SELECT 1/0 AS "the search_path is another";
\\endif`;
}
