import { comparison, copiedCensusFunctions, exactCensusFunctions } from "../backup/census";
import { psql, waitForServer } from "../postgresConf";
import { closingFunctions } from "./closed";
import { exactComparison } from "./comparison";

/**
 * Variables by which a script finds the other of two servers, beside those of libpq. The password is the same, and the name
 * is that of its generation: one that was just filled knows the superuser alone.
 */
export const otherVariables = {
  host: "OTHER_HOST",
  port: "OTHER_PORT",
  user: "OTHER_USER",
  authority: "OTHER_AUTHORITY",
} as const;

const onOther = `on_other() (
  export PGHOST="$${otherVariables.host}" PGPORT="$${otherVariables.port}" PGUSER="$${otherVariables.user}"
  if [ -n "\${${otherVariables.authority}:-}" ]; then export PGSSLROOTCERT="$${otherVariables.authority}"; fi
  "$@"
)`;

const begin = (census: string) => `set -eu
work="$(mktemp -d)"
${census}
${onOther}
ask_one() { ${psql} --tuples-only --no-align --command="$1"; }
compare() {
  cat > "$work/comparison.sql"
  found="$(${psql} --tuples-only --no-align --dbname=postgres --file="$work/comparison.sql" < "$work/census")"
}
wait_for_server() { ${waitForServer}
}
`;

/** A setting of a server that copies fill: `copying` while they may, `used` since the one that counts. */
const filled = "switchboard.filled";

/** Compares a server that was filled from backups with the one that the apps use. Differences are what is asked for. */
export const compareScript = `${begin(exactCensusFunctions)}trap 'rm -rf "$work"' EXIT
wait_for_server
on_other wait_for_server
on_other census there
census here
compare <<'SQL'
${exactComparison}SQL
printf '{"message":"comparison","compared":%s}\\n' "$found"
`;

/**
 * Copies every database and role of the other server to this one. What pg_dump of one database says goes through a pipe to
 * this server. Statements with hashes of passwords are in no log, also where they fail.
 */
const copy = `databases="SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY 1"
empty_server() {
  note_state copying
  PGDATABASE=template1 ${psql} <<'SQL'
SET client_min_messages = warning;
SELECT format('DROP DATABASE %I WITH (FORCE)', datname) FROM pg_database WHERE datname NOT IN ('template0', 'template1') \\gexec
SELECT format('DROP ROLE %I', rolname) FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> current_user \\gexec
SQL
}
# Reads a dump from its input; the dump's own end is in a file, because a pipe has the status of its last command.
into_this() {
  PGOPTIONS='-c log_min_error_statement=panic -c client_min_messages=warning' PGDATABASE=template1 ${psql} >/dev/null
}
dump() { "$@" || echo "$*" > "$work/failed"; }
copy_all() {
  rm -f "$work/failed"
  dump on_other pg_dumpall --roles-only --database=postgres | grep -v "^CREATE ROLE $PGUSER;$" | into_this || return 1
  on_other ask_one "$databases" > "$work/list"
  while IFS= read -r database; do
    begun="$(date +%s)"
    # The name is no connection string.
    dump on_other env PGDATABASE="$database" pg_dump --create --lock-wait-timeout=60s </dev/null | into_this || return 1
    if [ -e "$work/failed" ]; then return 1; fi
    echo "$database was copied in $(($(date +%s) - begun)) s"
  done < "$work/list"
  if [ -e "$work/failed" ]; then return 1; fi
  vacuumdb --all --analyze-only --quiet
}
# Another major version has other versions of the extensions.
forget_versions() {
  if [ "$(on_other ask_one "SHOW server_version_num" | cut -c 1-2)" != "$(ask_one "SHOW server_version_num" | cut -c 1-2)" ]; then
    sed -E 's/^([a-z]+,extension,[^,]*,("[^"]*"|[^,]*)),.*/\\1,/' "$work/census" > "$work/plain"
    mv "$work/plain" "$work/census"
  fi
}
state() { PGDATABASE=template1 ask_one "SELECT current_setting('${filled}', true)"; }
note_state() { PGDATABASE=template1 ${psql} --command="ALTER DATABASE template1 SET ${filled} = '$1'"; }
# What no copy has put there may be all that is left of something.
may_be_emptied() {
  [ "$(state)" = copying ] || [ "$(ask_one "SELECT count(*) FROM pg_database WHERE datname NOT IN ('template0', 'template1', 'postgres')")" = 0 ]
}
refuse_others() {
  if may_be_emptied; then return 0; fi
  echo "This server has databases that no copy has made, and was left as it is. Give postgres.beside another number." >&2
  exit 1
}
`;

/** Rehearses a copy: the apps go on with the other server, and rows must lie between what it had before and after. */
export const rehearsalScript = `${begin(copiedCensusFunctions)}trap 'rm -rf "$work"' EXIT
${copy}
wait_for_server
on_other wait_for_server
if [ "$(state)" = used ]; then
  echo "The apps have used this server already, and it was left as it is. Give postgres.beside.server another number." >&2
  exit 1
fi
refuse_others
on_other census before
copying="$(date +%s)"
empty_server
copy_all
copied="$(date +%s)"
on_other census after
census restored
on_other movement late
forget_versions
compare <<'SQL'
${comparison}SQL
printf '{"message":"rehearsal","seconds":%s,"compared":%s}\\n' "$((copied - copying))" "$found"
case "$found" in *'"different" : 0,'*) ;; *) echo "The copy differs from the server that it was made of, as above." >&2; exit 1 ;; esac
`;

/**
 * Makes the copy that counts: the other server takes no more connections, is copied once, and compared exactly. If that
 * fails it is open again. Run again it changes nothing, unless the other server was used in between: then it refuses.
 */
export const copyScript = `${begin(exactCensusFunctions)}${copy}
${closingFunctions}
end() {
  status=$?
  trap - EXIT TERM
  rm -rf "$work"
  if [ "$status" != 0 ] && [ -n "\${closed:-}" ]; then
    on_other open_server && echo "The server that the apps use is open again." >&2
  fi
  exit "$status"
}
trap end EXIT
trap 'exit 143' TERM
wait_for_server
if [ "$(state)" = used ]; then
  # One that was stopped does not answer, and is closed.
  if ! on_other pg_isready --quiet || on_other is_closed; then
    echo "The copy was made before."
    exit 0
  fi
  echo "The apps have used both servers since they were copied, and both were left as they are. Copy into a new one: give postgres.beside another number." >&2
  exit 1
fi
refuse_others
on_other wait_for_server
closed=yes
closing="$(date +%s)"
on_other close_server
on_other census there
empty_server
copy_all
census here
forget_versions
compare <<'SQL'
${exactComparison}SQL
printf '{"message":"copy","seconds":%s,"compared":%s}\\n' "$(($(date +%s) - closing))" "$found"
case "$found" in *'"different" : 0,'*) ;; *) echo "The copy differs from the server that it was made of, as above." >&2; exit 1 ;; esac
note_state used
`;
