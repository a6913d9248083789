import { psql } from "../postgresConf";

/** A setting of a closed database: how many connections it takes when it is open (`CONNECTION LIMIT`; -1 is no limit). */
const limit = "switchboard.connection_limit";

/** Seconds that transactions are given before their sessions are ended. */
const transactionSeconds = 60;

/** Closes every database for everybody but superusers. What was allowed is noted, to be given back. */
const closeSql = `SET client_min_messages = warning;
SELECT format('ALTER DATABASE %I SET ${limit} = %L', datname, datconnlimit), format('ALTER DATABASE %I CONNECTION LIMIT 0', datname)
  FROM pg_database WHERE datallowconn AND NOT datistemplate AND datconnlimit <> 0 \\gexec`;

/** Opens databases that a switch has closed; of others it changes none. */
const openSql = `SET client_min_messages = warning;
SELECT format('ALTER DATABASE %I CONNECTION LIMIT %s', datname, split_part(config, '=', 2)), format('ALTER DATABASE %I RESET ${limit}', datname)
  FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase, unnest(setconfig) AS config
  WHERE setrole = 0 AND config ~ '^${limit}=-?[0-9]+$' \\gexec`;

/** The same as a script of the shell. */
export const openScript = `${psql} <<'SQL'
${openSql}
SQL
`;

const sessions =
  "FROM pg_stat_activity JOIN pg_roles ON pg_roles.oid = usesysid WHERE backend_type = 'client backend' AND NOT rolsuper";

/**
 * Functions of the shell: `close_server` closes the server that the variables of libpq name and waits until nobody is
 * connected: idle sessions end at once, transactions have a minute. `open_server` opens it again, and `is_closed` asks.
 */
export const closingFunctions = `close_server() {
  prepared="$(${psql} --tuples-only --no-align --command="SELECT string_agg(gid, ', ') FROM pg_prepared_xacts")"
  if [ -n "$prepared" ]; then
    echo "The server has prepared transactions, which a copy would lose: $prepared. Commit them or roll them back." >&2
    return 1
  fi
  ${psql} <<'SQL' || return 1
${closeSql}
SQL
  until=$(($(date +%s) + ${transactionSeconds}))
  while true; do
    # A session that is ended is in the list until it has gone.
    ${psql} --command="SELECT pg_terminate_backend(pid) ${sessions} AND state = 'idle'" >/dev/null || return 1
    left="$(${psql} --tuples-only --no-align --command="SELECT count(*) ${sessions}")" || return 1
    if [ "$left" = 0 ]; then return 0; fi
    if [ "$(date +%s)" -ge "$until" ]; then
      echo "$left sessions are ended within a transaction." >&2
      ${psql} --command="SELECT pg_terminate_backend(pid, 10000) ${sessions}" >/dev/null || return 1
    fi
    sleep 1
  done
}
open_server() {
${openScript}}
is_closed() {
  [ "$(${psql} --tuples-only --no-align --command="SELECT count(*) FROM pg_database WHERE datallowconn AND NOT datistemplate AND datconnlimit <> 0")" = 0 ]
}`;
