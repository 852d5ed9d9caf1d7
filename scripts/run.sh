#!/usr/bin/env bash
# Builds what changed and starts Calma as a person would: private PostgreSQL, demo practices, address and logins printed.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/build.sh
# shellcheck source=scripts/env.sh
. scripts/env.sh
export CALMA_MODE="${CALMA_MODE:-demo}" CALMA_SITE_ROOT="${CALMA_SITE_ROOT:-$CARGO_TARGET_DIR/site}"
export LEPTOS_SITE_ROOT="$CALMA_SITE_ROOT" LEPTOS_OUTPUT_NAME=calma LEPTOS_SITE_PKG_DIR=pkg LEPTOS_HASH_FILES=true
exec "$CARGO_TARGET_DIR/release/calma" serve
