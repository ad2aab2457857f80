#!/usr/bin/env bash
# The benchmarks: our load generator and SIPp against the release build, as a table beside the targets.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --locked --quiet -p farend -p bench
exec target/release/bench "$@"
