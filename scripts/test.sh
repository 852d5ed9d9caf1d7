#!/usr/bin/env bash
# Everything that says whether Calma works: checks, unit and integration tests on real databases, browser journeys.
# The last line is "N passed, N failed"; the run fails when anything failed or nothing ran.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh test
# shellcheck source=scripts/env.sh
. scripts/env.sh
step() { printf '\n\033[1m== %s (%s)\033[0m\n' "$*" "$(date +%T)"; }

work=$(mktemp -d)
passed=0 failed=0
trap 'scripts/test-services.sh stop "$work" >/dev/null 2>&1 || true; rm -rf "$work"' EXIT

step "checks"
scripts/check.sh

step "services for the tests"
scripts/test-services.sh start "$work"
# shellcheck disable=SC1091
. "$work/env"

step "unit and integration tests"
if ! cargo nextest run --workspace --exclude frontend --exclude bench --features app/ssr,domain/zones,domain/passwords \
  --no-fail-fast --color never 2>&1 | tee "$work/nextest.log"; then
  failed=$((failed + $(sed -n 's/.* \([0-9]*\) failed.*/\1/p' "$work/nextest.log" | tail -n 1 || echo 1)))
  [ "$failed" -gt 0 ] || failed=1
fi
rust=$(sed -n 's/.*Summary.* \([0-9][0-9]*\) passed.*/\1/p' "$work/nextest.log" | tail -n 1)
passed=$((passed + ${rust:-0}))

step "browser half as a release, server with the tests' profile"
scripts/build.sh tests

step "budgets"
cargo xtask budgets "$CARGO_TARGET_DIR/site" || failed=$((failed + 1))

step "browser journeys"
(cd end2end && CALMA_BIN="$CARGO_TARGET_DIR/debug/calma" CALMA_SITE_ROOT="$CARGO_TARGET_DIR/site" \
  npx playwright test --reporter=list) 2>&1 | tee "$work/e2e.log" && e2e=0 || e2e=1
browser=$(sed -n 's/^ *\([0-9][0-9]*\) passed.*/\1/p' "$work/e2e.log" | tail -n 1)
browser_failed=$(sed -n 's/^ *\([0-9][0-9]*\) failed.*/\1/p' "$work/e2e.log" | tail -n 1)
passed=$((passed + ${browser:-0}))
[ "$e2e" = 0 ] || failed=$((failed + ${browser_failed:-1}))

step "result"
if [ "${rust:-0}" -eq 0 ] || [ "${browser:-0}" -eq 0 ]; then
  echo "a whole group of tests did not run"
  failed=$((failed + 1))
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
