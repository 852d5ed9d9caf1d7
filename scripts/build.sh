#!/usr/bin/env bash
# Builds Calma: the browser's half as a release (split into chunks, pre-compressed), and the server.
#   build.sh          the release, as `make run` starts it
#   build.sh tests    the server with the profile of the tests, which those have compiled anyway; the browser's half is the
#                     same release in both
set -euo pipefail
cd "$(dirname "$0")/.."
what="${1:-release}"
# shellcheck source=scripts/env.sh
. scripts/env.sh
scripts/setup.sh build
. scripts/env.sh

site="$CARGO_TARGET_DIR/site"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() { "$@" >"$log" 2>&1 || { cat "$log" >&2; echo "build: failed" >&2; exit 1; }; }
# Nothing newer than the stamp, and the stamp is of this checkout: nothing to do.
fresh() {
  local stamp=$1; shift
  [ -e "$stamp" ] && [ "$(cat "$stamp")" = "$PWD" ] && [ -z "$(find "$@" -newer "$stamp" -type f -print -quit 2>/dev/null)" ]
}

browser="$CARGO_TARGET_DIR/calma-browser"
if ! fresh "$browser" Cargo.toml Cargo.lock .cargo app frontend public style crates/contracts crates/domain crates/ui || [ ! -d "$site/pkg" ]; then
  # Hashed names change with their content: what an older build left is not served again.
  rm -rf "$site"
  # Each build clears the site it writes to, so the halves are put together afterwards.
  for half in calma calma-public; do
    LEPTOS_SITE_ROOT="$CARGO_TARGET_DIR/site-$half" quietly cargo leptos build --project "$half" --release --split -P --frontend-only
  done
  cp -r "$CARGO_TARGET_DIR/site-calma" "$site"
  cp "$CARGO_TARGET_DIR"/site-calma-public/pkg/* "$site/pkg/"
  rm -rf "$CARGO_TARGET_DIR"/site-calma*
  printf '%s' "$PWD" >"$browser"
fi
# The names of the hashed files are read from beside the program.
mkdir -p "$CARGO_TARGET_DIR/debug"
cp "$CARGO_TARGET_DIR"/release/hash*.txt "$CARGO_TARGET_DIR/debug/"
if [ "$what" = tests ]; then
  quietly cargo build -p server --bin calma
elif ! fresh "$CARGO_TARGET_DIR/calma-server" Cargo.toml Cargo.lock .cargo app crates migrations server .sqlx \
  || [ ! -x "$CARGO_TARGET_DIR/release/calma" ]; then
  quietly cargo build --release -p server --bin calma
  printf '%s' "$PWD" >"$CARGO_TARGET_DIR/calma-server"
fi
