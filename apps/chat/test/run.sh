#!/bin/sh
# Runs every test of the chat: formatting, unit tests (ExUnit) and the tests of a real cluster (Node), against a
# Postgres of its own in a temporary folder, with the configuration, roles and rights that the program gives it: the
# tables are made by the log-in of the migration, and everything else is done by that of the pods. Needs what the release
# needs to be built, and postgres 15, node and the packages of the repository. Leaves nothing behind.
#
#   apps/chat/test/run.sh                       everything
#   apps/chat/test/run.sh unit                  only formatting and ExUnit
#   apps/chat/test/run.sh cluster [test/FILE]   only the cluster, or one file of it
set -eu

here="$(CDPATH='' cd "$(dirname "$0")/.." && pwd -P)"
what="${1:-all}"
files="${2:-}"
work="$(mktemp -d "${TMPDIR:-/tmp}/chat-test.XXXXXX")"
# Builds are kept between runs, outside the sources.
build="${CHAT_TEST_BUILD:-${SWITCHBOARD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/switchboard}/chat-test}"
postgres_pid=""
plain_pid=""

stop() {
  status=$?
  trap - EXIT INT TERM
  # Nodes of a test file that was ended from outside. Their environment names this run's folder.
  for pid in $(cat "$work/pids" 2>/dev/null); do
    if grep -q "$work/" "/proc/$pid/environ" 2>/dev/null; then kill -KILL "$pid" 2>/dev/null || true; fi
  done
  for pid in $postgres_pid $plain_pid; do
    kill -INT "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$work"
  exit "$status"
}
trap stop EXIT
trap 'exit 130' INT TERM

for tool in mix postgres initdb psql node openssl; do
  command -v "$tool" >/dev/null || {
    echo "chat tests: '$tool' is not on PATH; install it (Debian: elixir erlang-cowlib erlang-p1-pgsql erlang-jiffy postgresql nodejs openssl)" >&2
    exit 1
  }
done

# Postgres refuses to run as root.
as_user=""
if [ "$(id -u)" = 0 ]; then
  as_user="setpriv --reuid=65534 --regid=65534 --clear-groups"
  chown 65534:65534 "$work"
fi
chmod 755 "$work"

free_port() {
  node -e 'const s = require("node:net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}

# What the program renders.
(cd "$here/../.." && node --require ./components/loader.cjs test/support/renderServers.ts "$work/servers")
server() { node -p "require('$work/servers/servers.json').postgres.$1"; }
superuser="$(server superuser.user)"
database="$(server database)"
server superuser.password >"$work/password"

PGPORT="$(free_port)"
# A certificate for TLS, from a CA of its own, and another CA that did not sign it.
for ca in ca other-ca; do
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=chat test $ca" \
    -keyout "$work/$ca.key" -out "$work/$ca.crt" 2>/dev/null
done
openssl req -newkey rsa:2048 -nodes -subj "/CN=localhost" -keyout "$work/server.key" -out "$work/server.csr" 2>/dev/null
printf 'subjectAltName=DNS:localhost\n' >"$work/san"
openssl x509 -req -in "$work/server.csr" -CA "$work/ca.crt" -CAkey "$work/ca.key" -CAcreateserial -days 2 \
  -extfile "$work/san" -out "$work/server.crt" 2>/dev/null
chmod 600 "$work/server.key"
# Certificates for nodes, of one authority and of another.
printf 'subjectAltName=DNS:chat\n' >"$work/dist-san"
for authority in ca other-ca; do
  mkdir "$work/dist-$authority"
  openssl req -newkey rsa:2048 -nodes -subj "/CN=chat" -keyout "$work/dist-$authority/tls.key" -out "$work/dist.csr" 2>/dev/null
  openssl x509 -req -in "$work/dist.csr" -CA "$work/$authority.crt" -CAkey "$work/$authority.key" -CAcreateserial -days 2 \
    -extfile "$work/dist-san" -out "$work/dist-$authority/tls.crt" 2>/dev/null
  cp "$work/$authority.crt" "$work/dist-$authority/ca.crt"
done
[ -z "$as_user" ] || chown 65534:65534 "$work/server.key"

chmod -R a+rX "$work/servers" "$work/password"
# shellcheck disable=SC2086 # as_user is several words or none
$as_user initdb -D "$work/data" -U "$superuser" --auth=scram-sha-256 -E UTF8 --locale=C.UTF-8 \
  --pwfile="$work/password" --no-sync >"$work/initdb.log" 2>&1 || {
  cat "$work/initdb.log" >&2
  exit 1
}
# A second one without TLS, that must be refused.
if [ "$what" != cluster ]; then
  CHAT_TEST_PLAIN_PORT="$(free_port)"
  export CHAT_TEST_PLAIN_PORT
  cp -a "$work/data" "$work/data-plain"
  # shellcheck disable=SC2086
  $as_user postgres -D "$work/data-plain" -p "$CHAT_TEST_PLAIN_PORT" -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories="$work" -c fsync=off -c shared_buffers=16MB >"$work/postgres-plain.log" 2>&1 &
  plain_pid=$!
fi
# shellcheck disable=SC2086
$as_user postgres -D "$work/data" -c config_file="$work/servers/postgresql.conf" -c hba_file="$work/servers/pg_hba.conf" \
  -p "$PGPORT" -c listen_addresses=127.0.0.1 -c unix_socket_directories="$work" -c fsync=off -c ssl=on -c ssl_cert_file="$work/server.crt" -c ssl_key_file="$work/server.key" \
  >"$work/postgres.log" 2>&1 &
postgres_pid=$!

PGPASSWORD="$(cat "$work/password")"
export PGPORT PGPASSWORD
admin() { psql -h "$work" -U "$superuser" -v ON_ERROR_STOP=1 -qAt "$@"; }
tries=0
until admin -d postgres -c 'SELECT 1' >/dev/null 2>&1; do
  tries=$((tries + 1))
  if [ "$tries" -gt 600 ] || ! kill -0 "$postgres_pid" 2>/dev/null; then
    cat "$work/postgres.log" >&2
    exit 1
  fi
  sleep 0.1
done

if [ -n "$plain_pid" ]; then
  until admin -p "$CHAT_TEST_PLAIN_PORT" -d postgres -c 'SELECT 1' >/dev/null 2>&1; do
    kill -0 "$plain_pid" 2>/dev/null || {
      cat "$work/postgres-plain.log" >&2
      exit 1
    }
    sleep 0.1
  done
fi

# Roles, schemas and rights, as the program's Job makes them.
node -e 'for (const [name, value] of Object.entries(require(process.argv[1]).postgres.rolesEnvironment))
  console.log(`export ${name}=${value}`)' "$work/servers/servers.json" >"$work/roles-environment"
# shellcheck source=/dev/null
(. "$work/roles-environment" && PGHOST="$work" PGUSER="$superuser" PGDATABASE=postgres sh "$work/servers/roles.sh" >"$work/roles.log" 2>&1) || {
  cat "$work/roles.log" >&2
  exit 1
}

export PGHOST=127.0.0.1 PGDATABASE="$database" PGSSLMODE=verify-ca PGSSLROOTCERT="$work/ca.crt"
CHAT_TEST_SUPERUSER="$superuser" CHAT_TEST_SUPERUSER_PASSWORD="$PGPASSWORD"
CHAT_TEST_OWNER="$(server chat.owner.user)" CHAT_TEST_OWNER_PASSWORD="$(server chat.owner.password)"
CHAT_TEST_PANEL="$(server panel.app.user)" CHAT_TEST_PANEL_PASSWORD="$(server panel.app.password)"
export CHAT_TEST_SUPERUSER CHAT_TEST_SUPERUSER_PASSWORD CHAT_TEST_OWNER CHAT_TEST_OWNER_PASSWORD
export CHAT_TEST_PANEL CHAT_TEST_PANEL_PASSWORD

# What the panel's migration makes for the chat.
PGUSER="$(server panel.owner.user)" PGPASSWORD="$(server panel.owner.password)" psql -v ON_ERROR_STOP=1 -q <<'SQL'
CREATE TABLE chat_revocations (kind text, subject text, at timestamptz NOT NULL, PRIMARY KEY (kind, subject));
GRANT USAGE ON SCHEMA panel TO chat_app;
GRANT SELECT ON chat_revocations TO chat_app;
SQL

PGUSER="$(server chat.app.user)" PGPASSWORD="$(server chat.app.password)"
export PGUSER PGPASSWORD
export CHAT_TEST_CA="$work/ca.crt" CHAT_TEST_OTHER_CA="$work/other-ca.crt" CHAT_TEST_WORK="$work"
cd "$here"

if [ "$what" != cluster ]; then
  echo "== format"
  mix format --check-formatted
  echo "== unit"
  MIX_ENV=test MIX_BUILD_PATH="$build/test" mix test --warnings-as-errors
fi

if [ "$what" != unit ]; then
  echo "== release"
  MIX_ENV=prod MIX_BUILD_PATH="$build/prod" mix 'do' compile --warnings-as-errors + release --overwrite --quiet --path "$build/release"
  echo "== cluster"
  # shellcheck disable=SC2086
  CHAT_RELEASE="$build/release" node --test --test-force-exit --test-timeout="${CHAT_TEST_TIMEOUT:-300000}" --test-concurrency=1 --test-reporter=spec ${CHAT_TEST_NAME:+--test-name-pattern="$CHAT_TEST_NAME"} \
    ${files:-test/*.test.mjs}
fi
