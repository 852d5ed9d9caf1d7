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
cargo clippy --quiet --workspace --exclude frontend --exclude bench --features app/ssr --all-targets -- -D warnings
step "lints: browser half"
cargo clippy --quiet -p frontend --target wasm32-unknown-unknown -- -D warnings
step "rules of the code base"
cargo xtask tidy
