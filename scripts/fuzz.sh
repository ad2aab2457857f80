#!/usr/bin/env bash
# Runs every fuzz target for FUZZ_SECONDS (a minute), on any toolchain: coverage needs an unstable compiler flag, which stable Rust accepts
# for this one run. Corpora stay in fuzz/corpus, what made a target panic in fuzz/artifacts.
set -euo pipefail
cd "$(dirname "$0")/../fuzz"

export RUSTC_BOOTSTRAP=1
unset CARGO_TARGET_DIR
seconds=${FUZZ_SECONDS:-60}
targets=$(cargo fuzz list)
failed=()
for target in $targets; do
  printf '\n== %s for %s s\n' "$target" "$seconds"
  mkdir -p "corpus/$target"
  seeds=()
  [[ -d seeds/$target ]] && seeds=("seeds/$target")
  cargo fuzz run --sanitizer none "$target" "corpus/$target" "${seeds[@]}" -- -max_total_time="$seconds" -print_final_stats=1 -rss_limit_mb=2048 -verbosity=0 ||
    failed+=("$target")
done
if ((${#failed[@]})); then
  printf '\nfuzz: panics in %s; the inputs are in fuzz/artifacts\n' "${failed[*]}" >&2
  exit 1
fi
printf '\nfuzz: %s targets, %s s each, no panic\n' "$(wc -w <<<"$targets")" "$seconds"
