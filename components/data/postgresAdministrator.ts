import { psql, waitForServer } from "./postgresConf";

/** The superuser that `initdb` makes, in whose name all administrators act. */
export const superuser = "postgres";

/** Variable with the administrator's password of the generation before, for the script that makes the next. */
export const formerPasswordVariable = "FORMER_PASSWORD";

/**
 * The log-in of one generation of the administrator's password. The first is the superuser itself, because it was once the
 * only one. No app's role has a dash in its name.
 */
export function administratorLogin(generation: number): string {
  return generation === 1 ? superuser : `${superuser}-g${generation}`;
}

/**
 * Makes the administrator's log-in of this generation, from the second on. It is a superuser with a name of its own that
 * acts as `postgres`, so both log-ins are valid until nobody uses the former. Run again it changes nothing.
 *
 * It logs in as whoever the server knows: this generation after a run before; `postgres` with the password of now on a new
 * or a restored volume; else the generation before. The passwords come in `PGPASSWORD` and `FORMER_PASSWORD`.
 */
export function administratorScript(generation: number): string {
  const [login, former] = [administratorLogin(generation), administratorLogin(generation - 1)];
  return `set -eu
${waitForServer}
password="$PGPASSWORD"
knows() { said="$(PGUSER="$1" PGPASSWORD="$2" ${psql} --command='SELECT 1' 2>&1 >/dev/null)"; }
if knows '${login}' "$password"; then as='${login}'
elif knows ${superuser} "$password"; then as=${superuser}
elif knows '${former}' "$${formerPasswordVariable}"; then as='${former}'; PGPASSWORD="$${formerPasswordVariable}"
else
  echo "$said" >&2
  echo "The server takes neither the administrator's password of generation ${generation} nor that of ${generation - 1}. Set postgres.administratorGeneration to the number that an up last succeeded with, or to one more." >&2
  exit 1
fi
export PGUSER="$as" PGPASSWORD
${psql} <<'SQL'
SET client_min_messages = warning;
SELECT 'CREATE ROLE "${login}" NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${login}') \\gexec
ALTER ROLE "${login}" SUPERUSER;
ALTER ROLE "${login}" SET role = '${superuser}';
SQL
printf '%s\\n%s\\n' "$password" "$password" | ${psql} --command='\\password "${login}"'
${psql} --command='ALTER ROLE "${login}" LOGIN'
`;
}

/** What of a server's administrators is retired with the log-ins of apps, as SQL. */
export interface RetiredAdministrators {
  /** Whether a name is a log-in of another generation that has a name of its own. */
  readonly old: (column: string) => string;
  /** Whether a session is of the superuser's password. Containers of the server's pod need none: they come by the socket. */
  readonly session: string;
  /** How many passwords of the superuser are still taken, 0 or 1. */
  readonly open: string;
  /** Takes the superuser's password away. */
  readonly close: string;
}

/** @param generation that of the present password, whose log-in stays */
export function retiredAdministrators(generation: number): RetiredAdministrators {
  const old = (column: string) =>
    `${column} ~ '^${superuser}-g[0-9]+$' AND ${column} <> '${administratorLogin(generation)}'`;
  if (generation === 1) return { old, session: "false", open: "0", close: "" };
  return {
    old,
    session: `usename = '${superuser}' AND backend_type = 'client backend' AND client_addr IS NOT NULL`,
    open: `(SELECT count(*) FROM pg_authid WHERE rolname = '${superuser}' AND rolpassword IS NOT NULL)`,
    close: `ALTER ROLE ${superuser} PASSWORD NULL;\n`,
  };
}
