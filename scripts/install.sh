#!/usr/bin/env bash
# Installs what a command of the Makefile needs and the machine lacks. Quiet and quick when nothing is missing.
#   scripts/install.sh build|test|fuzz
# Debian and Ubuntu packages with apt-get (sudo unless root), Rust tools into target/tools.
set -euo pipefail
cd "$(dirname "$0")/.."

NEXTEST=0.9.143
DENY=0.20.2
TYPOS=1.52.0
FUZZ=0.13.2
TOOLS=$PWD/target/tools
export CARGO_TARGET_DIR=$PWD/target

fail() {
  printf 'install: %s\n' "$*" >&2
  exit 1
}

# --- Debian packages -------------------------------------------------------------------------------------------------------------------

packages=(cmake pkg-config ca-certificates)
case "${1:?build, test or fuzz}" in
build) ;;
test)
  # Real peers and the laboratory; Python for the wheel of typos.
  packages+=(chromium libnss3-tools baresip-core sip-tester coturn kamailio kamailio-tls-modules nftables iproute2 util-linux sqlite3 postgresql python3-venv)
  ;;
fuzz) packages+=(g++) ;;
*) fail "unknown purpose $1: build, test or fuzz" ;;
esac

missing=()
if command -v dpkg-query >/dev/null; then
  for package in "${packages[@]}"; do
    status=$(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null || true)
    [[ $status == ii* ]] || missing+=("$package")
  done
else
  printf 'install: no dpkg here; make sure yourself that there are: %s\n' "${packages[*]}" >&2
fi
if ((${#missing[@]})); then
  as_root=()
  if [[ $(id -u) != 0 ]]; then
    command -v sudo >/dev/null || fail "missing packages: ${missing[*]}; install them as root: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  printf 'install: apt-get install %s\n' "${missing[*]}"
  mkdir -p target
  log=target/install.log
  {
    "${as_root[@]}" apt-get update -qq &&
      "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
  } >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    fail "apt-get failed; the whole log is $log"
  }
  # Debian starts these as services, which nobody asked for: the laboratory starts its own.
  for service in coturn kamailio; do
    if [[ " ${missing[*]} " == *" $service "* ]] && command -v systemctl >/dev/null; then
      "${as_root[@]}" systemctl disable --quiet --now "$service" 2>/dev/null || true
    fi
  done
fi

# --- What must be there ------------------------------------------------------------------------------------------------------------------

for program in cargo rustc cc node npm; do
  command -v "$program" >/dev/null || fail "no $program: Rust comes from rustup.rs, Node 20.19 or newer from nodejs.org, cc from the package gcc"
done

# Whether a version is at least another one.
at_least() {
  [[ $(printf '%s\n' "$2" "$1" | sort -V | sed -n 1p) == "$2" ]]
}

RUST=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
NODE=20.19
rust=$(rustc --version | cut -d ' ' -f 2)
node=$(node --version)
at_least "$rust" "$RUST" || fail "Rust $rust is too old: farend needs $RUST or newer; run \`rustup update stable\`, or get it from rustup.rs"
at_least "${node#v}" "$NODE" || fail "Node ${node#v} is too old: the web app needs $NODE or newer; get it from nodejs.org"

# --- Rust tools --------------------------------------------------------------------------------------------------------------------------

# Debug builds: these tools run for seconds, and a release build of them would take minutes. Into a target directory of its own, which goes
# again, so that it neither disturbs ours nor fills the disk.
rust_tool() {
  local crate=$1 version=$2
  shift 2
  printf 'install: %s %s (built from source, once)\n' "$crate" "$version"
  mkdir -p "$TOOLS"
  local log=$TOOLS/$crate.log
  CARGO_TARGET_DIR=$TOOLS/build CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=0 RUSTFLAGS='' \
    cargo install --quiet --locked --debug --root "$TOOLS" "$crate@$version" "$@" >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    fail "$crate could not be built; the whole log is $log"
  }
  rm -rf "$TOOLS/build"
}

PATH=$TOOLS/bin:$PATH
case $1 in
test)
  rustup component add rustfmt clippy >/dev/null 2>&1 || true # without rustup they come with Rust
  cargo nextest --version >/dev/null 2>&1 || rust_tool cargo-nextest "$NEXTEST" --no-default-features --features default-no-update
  command -v cargo-deny >/dev/null || rust_tool cargo-deny "$DENY"
  if ! command -v typos >/dev/null; then
    printf 'install: typos %s\n' "$TYPOS"
    python3 -m venv "$TOOLS/python"
    "$TOOLS/python/bin/pip" install --quiet --disable-pip-version-check "typos==$TYPOS"
    mkdir -p "$TOOLS/bin"
    ln -sf ../python/bin/typos "$TOOLS/bin/typos"
  fi
  ;;
fuzz) command -v cargo-fuzz >/dev/null || rust_tool cargo-fuzz "$FUZZ" ;;
esac
