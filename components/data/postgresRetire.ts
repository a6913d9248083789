import type { PostgresRole } from "../contracts";
import { retiredAdministrators } from "./postgresAdministrator";
import { loginRole, ownerLoginRole, psql, waitForServer } from "./postgresConf";
import { untilUnused } from "./untilUnused";

/**
 * Waits until no log-in role but those of this generation is used, then refuses them and ends what is left. It reads only
 * what every role may read. Where there is no earlier log-in, as at a first `up`, it waits for nothing. Only a member of a
 * role may end its sessions, so the administrator is one within a transaction that is rolled back.
 *
 * @param administrator generation of the administrator's own password, on a server where it is a superuser whose log-ins
 *   are retired too. @default they are not
 */
export function retireScript(roles: readonly PostgresRole[], generation: number, administrator?: number): string {
  const keep = roles
    .flatMap((role) => [loginRole(role, generation), ownerLoginRole(role, generation)])
    .map((login) => `'${login}'`)
    .join(", ");
  const administrators = administrator === undefined ? undefined : retiredAdministrators(administrator);
  const old = (column: string) => {
    const ofApps = `${column} ~ '^(${roles.join("|")})_(owner_)?g[0-9]+$' AND ${column} NOT IN (${keep})`;
    return administrators ? `(${ofApps} OR ${administrators.old(column)})` : ofApps;
  };
  const session = administrators ? `(${old("usename")} OR ${administrators.session})` : old("usename");
  const further = administrators ? ` + ${administrators.open}` : "";
  return `set -eu
${waitForServer}
ask() { ${psql} --tuples-only --no-align; }
open="$(ask <<'SQL'
SELECT count(*)${further} FROM pg_roles WHERE ${old("rolname")} AND rolcanlogin
SQL
)"
${untilUnused(`  # A server that restarts meanwhile has told nothing.
  used="$(ask <<'SQL'
SELECT string_agg(format('%s (%s)', usename, sessions), ', ' ORDER BY usename) FROM
  (SELECT usename, count(*) AS sessions FROM pg_stat_activity WHERE ${session} GROUP BY usename) AS used
SQL
)" || used="unknown, the server does not answer"`)}
${psql} <<'SQL'
SET client_min_messages = warning;
SELECT format('ALTER ROLE %I NOLOGIN', rolname) FROM pg_roles WHERE ${old("rolname")} AND rolcanlogin \\gexec
${administrators?.close ?? ""}BEGIN;
SELECT format('GRANT %I TO CURRENT_USER', rolname) FROM pg_roles
  WHERE ${old("rolname")} AND NOT pg_has_role(oid, 'USAGE') \\gexec
SELECT count(pg_terminate_backend(pid)) AS ended FROM pg_stat_activity WHERE ${session};
ROLLBACK;
SQL
`;
}
