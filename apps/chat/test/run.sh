#!/bin/sh
# Runs every test of the chat: formatting, unit tests (ExUnit) and the tests of a real cluster (Node), against a
# Postgres of its own in a temporary folder. Needs what the release needs to be built, and postgres 15, node and the
# `ws` package of the repository. Leaves nothing behind.
#
#   apps/chat/test/run.sh            everything
#   apps/chat/test/run.sh unit       only formatting and ExUnit
#   apps/chat/test/run.sh cluster    only the cluster
set -eu

here="$(CDPATH='' cd "$(dirname "$0")/.." && pwd -P)"
what="${1:-all}"
work="$(mktemp -d "${TMPDIR:-/tmp}/chat-test.XXXXXX")"
# Builds are kept between runs, outside the sources.
build="${CHAT_TEST_BUILD:-${SWITCHBOARD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/switchboard}/chat-test}"
postgres_pid=""
plain_pid=""

stop() {
  status=$?
  trap - EXIT INT TERM
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
[ -z "$as_user" ] || chown 65534:65534 "$work/server.key"

echo plain >"$work/plain-password"
# shellcheck disable=SC2086 # as_user is several words or none
$as_user initdb -D "$work/data" -U postgres --auth-local=trust --auth-host=scram-sha-256 -E UTF8 --locale=C.UTF-8 \
  --pwfile="$work/plain-password" --no-sync >"$work/initdb.log" 2>&1 || {
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
$as_user postgres -D "$work/data" -p "$PGPORT" -c listen_addresses=127.0.0.1 -c unix_socket_directories="$work" \
  -c fsync=off -c max_connections=100 -c ssl=on -c ssl_cert_file="$work/server.crt" -c ssl_key_file="$work/server.key" \
  >"$work/postgres.log" 2>&1 &
postgres_pid=$!

admin() { psql -h "$work" -p "$PGPORT" -U postgres -v ON_ERROR_STOP=1 -qAt "$@"; }
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
  until psql -h "$work" -p "$CHAT_TEST_PLAIN_PORT" -U postgres -qAtc 'SELECT 1' >/dev/null 2>&1; do
    kill -0 "$plain_pid" 2>/dev/null || {
      cat "$work/postgres-plain.log" >&2
      exit 1
    }
    sleep 0.1
  done
fi

# As the platform does it: the role owns its schema, and finds it without naming it.
for database in chat_unit chat_cluster; do
  admin -d postgres -c "CREATE DATABASE $database"
done
admin -d postgres -c "CREATE ROLE chat LOGIN PASSWORD 'p@ss word''s'" -c "ALTER ROLE chat SET search_path = chat"
for database in chat_unit chat_cluster; do
  admin -d "$database" -c "CREATE SCHEMA chat AUTHORIZATION chat"
done

export PGHOST=127.0.0.1 PGPORT PGUSER=chat PGPASSWORD="p@ss word's" PGSSLMODE=disable
export CHAT_TEST_CA="$work/ca.crt" CHAT_TEST_OTHER_CA="$work/other-ca.crt" CHAT_TEST_WORK="$work"
cd "$here"

if [ "$what" != cluster ]; then
  echo "== format"
  mix format --check-formatted
  echo "== unit"
  PGDATABASE=chat_unit MIX_ENV=test MIX_BUILD_PATH="$build/test" mix test --warnings-as-errors
fi

if [ "$what" != unit ]; then
  echo "== release"
  MIX_ENV=prod MIX_BUILD_PATH="$build/prod" mix 'do' compile --warnings-as-errors + release --overwrite --quiet --path "$build/release"
  echo "== cluster"
  PGDATABASE=chat_cluster CHAT_RELEASE="$build/release" node --test --test-force-exit --test-timeout=300000 --test-concurrency=1 --test-reporter=spec \
    test/cluster.test.mjs test/loss.test.mjs test/faults.test.mjs
fi
