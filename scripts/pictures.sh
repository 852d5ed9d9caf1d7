#!/usr/bin/env bash
# Takes pictures of every page in both sizes, themes and languages into end2end/.state/pictures, and those of the README.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh test
scripts/build.sh tests
# shellcheck source=scripts/env.sh
. scripts/env.sh
work=$(mktemp -d)
trap 'scripts/test-services.sh stop "$work" >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
scripts/test-services.sh start "$work"
# shellcheck disable=SC1091
. "$work/env"
(cd end2end && CALMA_BIN="$CARGO_TARGET_DIR/debug/calma" CALMA_SITE_ROOT="$CARGO_TARGET_DIR/site" \
  npx playwright test -c pictures.config.ts --reporter=list)
for page in public app-today; do
  cp "end2end/.state/pictures/$page-1280-light-en.png" "docs/images/$page.png"
done
echo "pictures are in end2end/.state/pictures"
