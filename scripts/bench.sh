#!/usr/bin/env bash
# Measures the release on a PostgreSQL of its own (with full durability) and writes docs/benchmarks.md.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh test
scripts/build.sh
# shellcheck source=scripts/env.sh
. scripts/env.sh
# Together with the server, so that both share what they stand on.
cargo build --quiet --release -p server -p bench
work=$(mktemp -d)
trap 'scripts/test-services.sh stop "$work" >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
PG_DURABLE=yes scripts/test-services.sh start "$work"
# shellcheck disable=SC1091
. "$work/env"
ulimit -n 8192
CALMA_BIN="$CARGO_TARGET_DIR/release/calma" CALMA_SITE_ROOT="$CARGO_TARGET_DIR/site" "$CARGO_TARGET_DIR/release/bench"
if grep -q 'deadlock detected' "$TEST_PG_LOG"; then
  echo "PostgreSQL reported a deadlock" >&2
  exit 1
fi
