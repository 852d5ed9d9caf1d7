#!/usr/bin/env bash
# Takes the pictures of the guides in docs/user, in both languages.
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
  npx playwright test -c guides.config.ts --reporter=list)
echo "pictures are in docs/user/images"
