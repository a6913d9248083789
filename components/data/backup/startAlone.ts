/** A function of the shell that runs a command as the superuser of the server that `startAlone` has started. */
export const onRestored = `on_restored() (
  export PGHOST="$work" PGPORT=5432 PGUSER=postgres PGSSLMODE=disable
  unset PGPASSWORD PGSSLROOTCERT
  "$@"
)`;

/**
 * Starts a restored server with the live one's configuration and waits until it has replayed its log. It listens on no
 * network, and only this container reaches its socket, in the folder `$work`; `$server` is its process.
 */
export function startAlone(dataFolder: string, further = ""): string {
  return `printf 'local all all trust\\n' > "$work/pg_hba.conf"
postgres --config-file=/etc/postgresql/postgresql.conf -D ${dataFolder} -c hba_file="$work/pg_hba.conf" \\
  -c listen_addresses= -c ssl=off -c unix_socket_directories="$work" -c port=5432 ${further} &
server=$!
until [ "$(on_restored psql --no-psqlrc --tuples-only --no-align --dbname=postgres --command='SELECT pg_is_in_recovery()' 2>/dev/null)" = f ]; do
  if ! kill -0 "$server" 2>/dev/null; then server=; echo "The restored server does not start: its log is above." >&2; exit 1; fi
  sleep 1
done`;
}
