#!/usr/bin/env bash
# Checks every query against a database made from the migrations and writes what sqlx needs to build without one (.sqlx).
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh test
# shellcheck source=scripts/env.sh
. scripts/env.sh
work=$(mktemp -d)
trap 'scripts/test-services.sh stop "$work" >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
scripts/test-services.sh start "$work"
# shellcheck disable=SC1091
. "$work/env"
psql -q "$TEST_DATABASE_URL" -c 'CREATE DATABASE prepare'
export DATABASE_URL="${TEST_DATABASE_URL%/postgres}/prepare" SQLX_OFFLINE=false
for file in migrations/*.sql; do psql -q "$DATABASE_URL" -v ON_ERROR_STOP=1 -1 -f "$file" >/dev/null 2>&1; done
rm -rf .sqlx && mkdir .sqlx
touch crates/store/src/lib.rs
SQLX_OFFLINE_DIR="$PWD/.sqlx" cargo check --quiet -p store
echo "wrote $(find .sqlx -name '*.json' | wc -l) queries to .sqlx"
