#!/usr/bin/env bash
# Installs what is missing to build (`setup.sh build`) and to test (`setup.sh test`) Calma on Debian 12.
# Safe to run again: whatever is there already is left alone, and a finished setup answers in well under a second.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/env.sh
. scripts/env.sh

want="${1:-build}"
stamp="$CALMA_CACHE/setup-$want-$(cat scripts/setup.sh scripts/env.sh end2end/package-lock.json Cargo.lock 2>/dev/null | sha256sum | cut -c1-16)"
if [ "$want" = test ] && ! cmp -s end2end/package-lock.json end2end/node_modules/.calma-lock; then
  journeys=missing # they live in the checkout, so every clone has its own
fi
[ -e "$stamp" ] && [ -z "${journeys:-}" ] && exit 0
mkdir -p "$CALMA_CACHE/tools" "$CALMA_CACHE/node"

say() { printf '\033[1m%s\033[0m\n' "setup: $*"; }
die() { printf 'setup: %s\n' "$*" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null 2>&1; then sudo "$@"
  else die "needs root for: $* (install sudo, or run this line as root)"; fi
}

apt_updated=""
apt_install() {
  local missing=()
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  command -v apt-get >/dev/null 2>&1 || die "please install: ${missing[*]} (this is not Debian, so it is not done for you)"
  say "installing ${missing[*]}"
  [ -n "$apt_updated" ] || as_root apt-get update -qq
  apt_updated=yes
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

free_kb=$(df -Pk "$CALMA_CACHE" | awk 'NR==2 {print $4}')
[ "$free_kb" -ge 6000000 ] || die "needs 6 GB free in $CALMA_CACHE, there are $((free_kb / 1000)) MB"

# The postgresql package would start a cluster of its own; Calma runs a private one, so that is switched off first.
if [ ! -e /etc/postgresql-common/createcluster.conf ] && command -v apt-get >/dev/null 2>&1; then
  as_root mkdir -p /etc/postgresql-common
  echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
apt_install ca-certificates curl build-essential pkg-config mold postgresql postgresql-contrib
command -v npm >/dev/null 2>&1 || apt_install nodejs npm
# Debian 12 ships a Node.js that is too old for Playwright; the registry has newer ones.
if [ "$(node --version | sed 's/^v\([0-9]*\).*/\1/')" -lt 20 ]; then
  say "installing Node.js 22"
  npm install --silent --no-audit --no-fund --prefix "$CALMA_CACHE/node" node@22.23.3 >/dev/null
fi

# --- Rust with the wasm target -------------------------------------------------------------------------------------
# The version that every tool below compiles with, and the one Debian 12 ships.
rust=1.96
rust_ready() { # is the toolchain of this shell new enough, and does it compile to wasm?
  printf '%s\n' "$rust" "$(rustc --version 2>/dev/null | cut -d' ' -f2)" | sort -VC || return 1
  cargo clippy --version >/dev/null 2>&1 && cargo fmt --version >/dev/null 2>&1 || return 1
  local dir; dir=$(mktemp -d)
  echo 'pub fn one() -> String { String::from("1") }' >"$dir/lib.rs"
  rustc --edition 2024 --crate-type lib --target wasm32-unknown-unknown -o "$dir/lib.rlib" "$dir/lib.rs" >/dev/null 2>&1
  local result=$?; rm -rf "$dir"; return $result
}

use_toolchain() { # the scripts' own choice (env.sh reads it); the machine's default stays what it is
  echo "$1" >"$CALMA_CACHE/rust-toolchain"
  export RUSTUP_TOOLCHAIN="$1"
}

rustup_rust() { # the ordinary way
  command -v rustup >/dev/null 2>&1 || return 1
  say "installing Rust $rust with its wasm target"
  timeout 600 rustup toolchain install "$rust" --profile minimal -c clippy -c rustfmt \
    -t wasm32-unknown-unknown --no-self-update >/dev/null 2>&1 || return 1
  use_toolchain "$rust"
}

debian_rust() { # Debian's own Rust; its wasm standard library is compiled here once, from Debian's sources
  say "this machine reaches no rustup downloads: using Debian's Rust and compiling its wasm standard library"
  apt_install rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web
  local llvm; llvm=$(/usr/bin/rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
  apt_install "lld-$llvm"
  local lib=/usr/lib/rustlib/wasm32-unknown-unknown/lib
  if [ ! -d "$lib" ] || ! ls "$lib"/libstd-*.rlib >/dev/null 2>&1; then
    local dir; dir=$(mktemp -d)
    mkdir -p "$dir/src"
    printf '[package]\nname = "wasmstd"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n' >"$dir/Cargo.toml"
    echo '#![no_std]' >"$dir/src/lib.rs"
    (cd "$dir" && env -u RUSTUP_TOOLCHAIN RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc CARGO_TARGET_DIR="$dir/target" \
      CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER="wasm-ld-$llvm" /usr/bin/cargo build --release --quiet \
      -Zbuild-std=std,panic_abort,proc_macro,test --target wasm32-unknown-unknown)
    as_root mkdir -p "$lib"
    as_root cp "$dir"/target/wasm32-unknown-unknown/release/deps/*.rlib "$lib/"
    rm -rf "$dir"
  fi
  as_root mkdir -p /usr/lib/rustlib/x86_64-unknown-linux-gnu/bin
  as_root ln -sf "/usr/bin/lld-$llvm" /usr/lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld
  if command -v rustup >/dev/null 2>&1; then
    rustup toolchain link debian /usr
    use_toolchain debian
  fi
}

if ! command -v cargo >/dev/null 2>&1; then
  if curl -sSf --max-time 20 https://sh.rustup.rs -o "$CALMA_CACHE/rustup.sh" 2>/dev/null; then
    say "installing Rust with rustup"
    sh "$CALMA_CACHE/rustup.sh" -y --profile minimal -c clippy -c rustfmt >/dev/null
    export PATH="$HOME/.cargo/bin:$PATH"
  fi
fi
if ! rust_ready; then
  rustup_rust || debian_rust
  rust_ready || die "no Rust $rust or newer here that compiles to wasm32-unknown-unknown"
fi

# --- cargo-leptos, wasm-bindgen, wasm-opt, tailwind -----------------------------------------------------------------
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1
cargo_tool() { # crate version binary [flags]
  local crate=$1 version=$2 binary=$3; shift 3
  "$binary" --version 2>/dev/null | grep -qF "$version" && return 0
  say "compiling $crate $version"
  CARGO_TARGET_DIR="$CALMA_CACHE/tools-target" cargo install "$crate" --version "$version" --quiet --root "$CALMA_CACHE/tools" "$@"
}
cargo_tool cargo-leptos 0.3.11 cargo-leptos --locked
bindgen=$(awk '/^name = "wasm-bindgen"$/ {getline; gsub(/[^0-9.]/, ""); print; exit}' Cargo.lock)
# Not --locked: a registry that lags behind the lock file inside this crate could not serve it.
cargo_tool wasm-bindgen-cli "$bindgen" wasm-bindgen
if [ ! -x "$CALMA_CACHE/node/node_modules/.bin/wasm-opt" ] || [ ! -x "$CALMA_CACHE/node/node_modules/.bin/tailwindcss" ]; then
  say "installing wasm-opt and tailwindcss"
  npm install --silent --no-audit --no-fund --prefix "$CALMA_CACHE/node" binaryen@132.0.0 tailwindcss@4.3.5 @tailwindcss/cli@4.3.5 >/dev/null
fi

# --- what only the tests need ---------------------------------------------------------------------------------------
if [ "$want" = test ]; then
  apt_install redis-server chromium
  cargo nextest --version >/dev/null 2>&1 || { say "compiling cargo-nextest"; cargo_tool cargo-nextest 0.9.143 cargo-nextest --locked; }
  if [ -n "${journeys:-}" ]; then
    say "installing Playwright"
    (cd end2end && npm ci --silent --no-audit --no-fund >/dev/null)
    cp end2end/package-lock.json end2end/node_modules/.calma-lock
  fi
fi

rm -f "$CALMA_CACHE"/setup-"$want"-*
touch "$stamp"
