#!/usr/bin/env bash
# Rebuilds and reloads the browser while you edit.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh build
# shellcheck source=scripts/env.sh
. scripts/env.sh
export CALMA_MODE="${CALMA_MODE:-demo}" CARGO_TARGET_DIR="$CALMA_CACHE/target-dev" LEPTOS_SITE_ROOT="$CALMA_CACHE/target-dev/site"
export CALMA_SITE_ROOT="$LEPTOS_SITE_ROOT"
exec cargo leptos watch --project calma-dev -- serve
