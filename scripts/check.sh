#!/usr/bin/env bash
# Formatting, lints and the rules of the code base.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh build
# shellcheck source=scripts/env.sh
. scripts/env.sh
step() { printf '\033[1m%s\033[0m\n' "$*"; }

step "formatting"
cargo fmt --all --check
step "lints: server half"
cargo clippy --quiet --workspace --exclude frontend --features app/ssr --all-targets -- -D warnings
step "lints: both browser halves"
for half in public practice; do
  cargo clippy --quiet -p frontend --features "$half" --target wasm32-unknown-unknown -- -D warnings
done
step "rules of the code base"
cargo xtask tidy
