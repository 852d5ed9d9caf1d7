#!/usr/bin/env bash
# A PostgreSQL and a Redis for the tests, in a directory of their own, on free ports of 127.0.0.1.
#   test-services.sh start DIR   writes DIR/env for the tests to source
#   test-services.sh stop DIR
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/env.sh
. scripts/env.sh
dir=$2

# PostgreSQL refuses to run as root, so root hands it to the user the package made.
as_pg() { if [ "$(id -u)" = 0 ]; then (cd / && setpriv --reuid postgres --regid postgres --init-groups "$@"); else "$@"; fi; }
free_port() { node -e 'const s = require("net").createServer(); s.listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })'; }

case $1 in
start)
  chmod 755 "$dir"
  mkdir -p "$dir/pg"
  [ "$(id -u)" != 0 ] || chown postgres "$dir/pg"
  pg_port=$(free_port)
  as_pg "$CALMA_PG_BIN/initdb" -D "$dir/pg/data" -A trust -U postgres -E UTF8 --no-sync >/dev/null
  # Durability is tested in its own journey with the private PostgreSQL; in tests it only costs time.
  speed='-c fsync=off -c synchronous_commit=off -c full_page_writes=off'
  [ -z "${PG_DURABLE:-}" ] || speed='-c shared_buffers=256MB'
  as_pg "$CALMA_PG_BIN/pg_ctl" -D "$dir/pg/data" -w -l "$dir/pg/log" start \
    -o "-p $pg_port -h 127.0.0.1 -k $dir/pg -c max_connections=400 $speed -c log_lock_waits=on" >/dev/null
  redis_port=$(free_port)
  redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --dir "$dir" --daemonize yes --pidfile "$dir/redis.pid" --logfile "$dir/redis.log" >/dev/null
  cat >"$dir/env" <<ENV
export TEST_DATABASE_URL=postgres://postgres@127.0.0.1:$pg_port/postgres
export TEST_REDIS_URL=redis://127.0.0.1:$redis_port
export TEST_PG_LOG=$dir/pg/log
ENV
  ;;
stop)
  [ ! -d "$dir/pg/data" ] || as_pg "$CALMA_PG_BIN/pg_ctl" -D "$dir/pg/data" -m immediate stop >/dev/null
  [ ! -f "$dir/redis.pid" ] || kill "$(cat "$dir/redis.pid")"
  ;;
*)
  echo "usage: test-services.sh start|stop DIR" >&2
  exit 2
  ;;
esac
