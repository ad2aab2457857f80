#!/usr/bin/env bash
# Every check and test that CI runs, cheapest first. What npm does runs beside what cargo does. Each step says how long it took.
set -euo pipefail
cd "$(dirname "$0")/.."

logs=$PWD/target/test
mkdir -p "$logs"
begun=$SECONDS
# Debian keeps the server programs of PostgreSQL out of the way.
for folder in /usr/lib/postgresql/*/bin; do PATH=$PATH:$folder; done

# --- Steps -------------------------------------------------------------------------------------------------------------------------------

clock() { printf '%d:%02d' $((SECONDS / 60)) $((SECONDS % 60)); }

step() {
  local name=$1 from=$SECONDS
  shift
  printf '\n== [%s] %s\n' "$(clock)" "$name"
  "$@" || {
    printf '\n== [%s] %s FAILED after %d s\n' "$(clock)" "$name" $((SECONDS - from)) >&2
    exit 1
  }
  printf '== [%s] %s: ok, %d s\n' "$(clock)" "$name" $((SECONDS - from))
}

# A step beside the others; its output is shown when it is joined.
declare -A beside
aside() {
  local name=$1
  shift
  "$@" >"$logs/$name.log" 2>&1 &
  beside[$name]=$!
}

joined() {
  local name=$1
  wait "${beside[$name]}" && { unset "beside[$name]"; cat "$logs/$name.log"; } || { cat "$logs/$name.log" >&2; return 1; }
}

# Clippy as the compiler: it lints what it compiles, so that our code is read once and not twice. What comes out is optimised a little less,
# which tests do not mind; the release build has nothing to do with it. The variables are those by which `cargo clippy -- -D warnings` calls it.
linting() {
  RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS='-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__' "$@"
}

# Nothing goes on working for a run that has failed.
trap 'kill "${beside[@]}" 2>/dev/null || true' EXIT

# --- Advisories need the network, everything else about dependencies does not ---------------------------------------------------------------

advisories() {
  local log=$logs/advisories.log
  cargo deny --log-level error check advisories >"$log" 2>&1 && { echo 'advisories: ok'; return; }
  if grep -qE 'failed to fetch advisory database|failed to load advisory database' "$log"; then
    printf 'advisories: NOT CHECKED, the advisory database cannot be reached from here\n'
    return
  fi
  cat "$log" >&2
  return 1
}

# --- The run -----------------------------------------------------------------------------------------------------------------------------

aside web-build scripts/web.sh build
step 'format' cargo fmt --all --check
step 'typos' typos
step 'dependencies: licences, bans, sources' cargo deny --log-level error check licenses bans sources
step 'dependencies: advisories' advisories
step 'layers' scripts/layers.sh
step 'web app: install, build' joined web-build
aside web-check scripts/web.sh check
# Always the whole workspace: another choice of packages has other features, and builds half of what they need once more.
step 'build with lints' linting cargo build --locked --workspace --all-targets --quiet
step 'tests' linting cargo nextest run --locked --workspace --profile ci --cargo-quiet -E 'not package(lab)'
step 'documentation tests' linting cargo test --locked --workspace --doc --quiet
step 'release build' cargo build --release --locked -p farend --quiet
step 'web app: types, lints, tests' joined web-check
step 'end to end' linting cargo nextest run --locked --workspace --profile ci --status-level all --cargo-quiet --test-threads 4 -E 'package(lab)'

printf '\n== all green after %d min %02d s\n' $(((SECONDS - begun) / 60)) $(((SECONDS - begun) % 60))
