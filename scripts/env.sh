# Where the tools live. Sourced by every script and by the Makefile; changes nothing on the machine.
#
# Everything Calma downloads or builds for itself goes to one cache outside the checkout, so that a second clone (and
# continuous integration) does not compile the same dependencies again. CALMA_CACHE moves it.

export CALMA_CACHE="${CALMA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/calma}"
export PATH="$CALMA_CACHE/tools/bin:$CALMA_CACHE/node/node_modules/.bin:$PATH"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$CALMA_CACHE/target}"
# Where the tailwindcss command finds the package that style/main.css imports.
export NODE_PATH="$CALMA_CACHE/node/node_modules"
export TZ=UTC
export SQLX_OFFLINE="${SQLX_OFFLINE:-true}"

# PostgreSQL's server programs are outside PATH on Debian. The newest installed version wins.
for pg_dir in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin; do
  [ -x "$pg_dir/initdb" ] && CALMA_PG_BIN="$pg_dir"
done
export CALMA_PG_BIN="${CALMA_PG_BIN:-$(dirname "$(command -v initdb 2>/dev/null || echo /usr/bin/initdb)")}"

# The Rust that scripts/setup.sh chose when the machine's own one is too old: a rustup version, or Debian's ("debian").
if [ -z "${RUSTUP_TOOLCHAIN:-}" ] && command -v rustup >/dev/null 2>&1 && [ -s "$CALMA_CACHE/rust-toolchain" ]; then
  RUSTUP_TOOLCHAIN=$(cat "$CALMA_CACHE/rust-toolchain")
  export RUSTUP_TOOLCHAIN
fi
