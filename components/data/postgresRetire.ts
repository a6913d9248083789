import type { PostgresRole } from "../contracts";
import { loginRole, ownerLoginRole, psql, waitForServer } from "./postgresConf";

/** Variable with the seconds that the last pod of an earlier generation may take to end. */
export const longestWaitVariable = "LONGEST_WAIT_SECONDS";

/**
 * Seconds without any session of an earlier log-in after which nobody has it any more. Pods of the apps ask Postgres
 * every few seconds for as long as they live, and keep a session for 30 s after a question (apps/panel/src/db.js), the
 * chat for ever: twice that is no pause of theirs.
 */
export const quietSeconds = 60;

/**
 * Waits until no log-in role but those of this generation is used, then refuses them and ends what is left. A rollout
 * may be called done while pods of before still serve or drain, and those must be able to open sessions until their end:
 * so none is refused while any was seen within the last minute. It reads only what every role may read.
 *
 * Bounded by `LONGEST_WAIT_SECONDS`: a log-in that is used for longer belongs to a rollout that failed or to a console,
 * and then nothing is refused, the script fails and says who it is, and the next `up` tries again. Where there is no
 * earlier log-in, as at a first `up`, it waits for nothing. Only a member of a role may end its sessions, so the
 * administrator is one within a transaction that is rolled back.
 */
export function retireScript(roles: readonly PostgresRole[], generation: number): string {
  const keep = roles
    .flatMap((role) => [loginRole(role, generation), ownerLoginRole(role, generation)])
    .map((login) => `'${login}'`)
    .join(", ");
  const old = (column: string) =>
    `${column} ~ '^(${roles.join("|")})_(owner_)?g[0-9]+$' AND ${column} NOT IN (${keep})`;
  return `set -eu
${waitForServer}
ask() { ${psql} --tuples-only --no-align; }
open="$(ask <<'SQL'
SELECT count(*) FROM pg_roles WHERE ${old("rolname")} AND rolcanlogin
SQL
)"
begun="$(date +%s)"
used_at="$begun"
while [ "$open" != 0 ]; do
  # A server that restarts meanwhile has told nothing.
  used="$(ask <<'SQL'
SELECT string_agg(format('%s (%s)', usename, sessions), ', ' ORDER BY usename) FROM
  (SELECT usename, count(*) AS sessions FROM pg_stat_activity WHERE ${old("usename")} GROUP BY usename) AS used
SQL
)" || used="unknown, the server does not answer"
  now="$(date +%s)"
  if [ -n "$used" ]; then used_at="$now"; fi
  if [ $((now - used_at)) -ge ${quietSeconds} ]; then break; fi
  if [ -n "$used" ] && [ $((now - begun)) -ge "$${longestWaitVariable}" ]; then
    echo "Log-ins of earlier passwords are still used after $${longestWaitVariable} s: $used. None was refused. A rollout that is not done uses them, or a console (switchboard status); then run up again." >&2
    exit 1
  fi
  sleep 1
done
${psql} <<'SQL'
SET client_min_messages = warning;
SELECT format('ALTER ROLE %I NOLOGIN', rolname) FROM pg_roles WHERE ${old("rolname")} AND rolcanlogin \\gexec
BEGIN;
SELECT format('GRANT %I TO CURRENT_USER', rolname) FROM pg_roles
  WHERE ${old("rolname")} AND NOT pg_has_role(oid, 'USAGE') \\gexec
SELECT count(pg_terminate_backend(pid)) AS ended FROM pg_stat_activity WHERE ${old("usename")};
ROLLBACK;
SQL
`;
}
