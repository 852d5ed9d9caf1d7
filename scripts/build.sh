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
work=$(mktemp -d)
# What a build that failed or was stopped has half made goes, and the names of the files that are still served come back.
undo() {
  [ ! -d "$work/names" ] || cp "$work"/names/* "$CARGO_TARGET_DIR/release/" 2>/dev/null || true
  rm -rf "$work" "$CARGO_TARGET_DIR"/site-calma*
}
trap undo EXIT
quietly() { "$@" >"$work/log" 2>&1 || { tail -n 40 "$work/log" >&2; echo "build: failed" >&2; exit 1; }; }
# A disk that runs full in the middle of linking says so in many strange ways.
enough_space() {
  mkdir -p "$CARGO_TARGET_DIR"
  local free_kb; free_kb=$(df -Pk "$CARGO_TARGET_DIR" | awk 'NR==2 {print $4}')
  [ "$free_kb" -ge 3000000 ] || { echo "build: needs 3 GB free in $CARGO_TARGET_DIR, there are $((free_kb / 1000)) MB" >&2; exit 1; }
}
# Nothing newer than the stamp, and the stamp is of this checkout: nothing to do.
fresh() {
  local stamp=$1; shift
  [ -e "$stamp" ] && [ "$(cat "$stamp")" = "$PWD" ] && [ -z "$(find "$@" -newer "$stamp" -type f -print -quit 2>/dev/null)" ]
}

browser="$CARGO_TARGET_DIR/calma-browser"
if ! fresh "$browser" Cargo.toml Cargo.lock .cargo app frontend public style crates/contracts crates/domain crates/ui || [ ! -d "$site/pkg" ]; then
  enough_space
  mkdir "$work/names"
  cp "$CARGO_TARGET_DIR"/release/hash*.txt "$work/names/" 2>/dev/null || true
  # Each build clears the site it writes to, so the halves are put together afterwards, beside the site that is served.
  for half in calma calma-public; do
    LEPTOS_SITE_ROOT="$CARGO_TARGET_DIR/site-$half" quietly cargo leptos build --project "$half" --release --split -P --frontend-only
  done
  cp "$CARGO_TARGET_DIR"/site-calma-public/pkg/* "$CARGO_TARGET_DIR/site-calma/pkg/"
  # Hashed names change with their content: what an older build left is not served again.
  rm -rf "$site"
  mv "$CARGO_TARGET_DIR/site-calma" "$site"
  rm -rf "$work/names"
  printf '%s' "$PWD" >"$browser"
fi
# The names of the hashed files are read from beside the program.
mkdir -p "$CARGO_TARGET_DIR/debug"
cp "$CARGO_TARGET_DIR"/release/hash*.txt "$CARGO_TARGET_DIR/debug/"
if [ "$what" = tests ]; then
  enough_space
  quietly cargo build -p server --bin calma
elif ! fresh "$CARGO_TARGET_DIR/calma-server" Cargo.toml Cargo.lock .cargo app crates migrations server .sqlx \
  || [ ! -x "$CARGO_TARGET_DIR/release/calma" ]; then
  enough_space
  quietly cargo build --release -p server --bin calma
  printf '%s' "$PWD" >"$CARGO_TARGET_DIR/calma-server"
fi
