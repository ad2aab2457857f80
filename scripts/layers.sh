#!/usr/bin/env bash
# Checks the directions between our crates, and that the pure ones stay pure (ARCHITECTURE.md).
set -euo pipefail
cd "$(dirname "$0")/.."

# crate: which of our crates it may stand on. The laboratory and the load generator know the program only from outside.
allowed="
model:
sip: model
media: model
relay:
numbers:
calendar:
switchboard: calendar model numbers sip
doctor: model
sim: calendar model numbers sip media switchboard
farend: calendar model numbers sip media relay switchboard doctor
lab:
bench: model media sip
"
pure=(model sip media relay numbers calendar switchboard doctor)
# What reads clocks, opens sockets, touches disk or spawns.
impure='tokio|async-std|smol|mio|hyper|axum|sqlx|reqwest|ureq|rayon'
# Libraries that only one crate may name; the load generator is a browser of its own.
private=(sipx-sip:sip str0m:media phonenumber:numbers)

wrong=0
complain() {
  printf 'layers: %s\n' "$*" >&2
  wrong=1
}

ours=$(cargo metadata --quiet --locked --no-deps --format-version 1 | python3 -c 'import json,sys; print(*(p["name"] for p in json.load(sys.stdin)["packages"]))')

for crate in $ours; do
  line=$(grep "^$crate:" <<<"$allowed") || {
    complain "$crate is not in the picture: add it here and in ARCHITECTURE.md"
    continue
  }
  stands_on=$(cargo tree --quiet --locked -e normal,build -p "$crate" --prefix none --format '{p}' | cut -d' ' -f1 | sort -u)
  for other in $ours; do
    [[ $other != "$crate" ]] && grep -qx "$other" <<<"$stands_on" && ! grep -qw "$other" <<<"${line#*:}" && complain "$crate must not stand on $other"
  done
done

for crate in "${pure[@]}"; do
  found=$(cargo tree --quiet --locked -e normal -p "$crate" --prefix none --format '{p}' | cut -d' ' -f1 | grep -xE "$impure" | sort -u) &&
    complain "$crate is pure, but stands on $(xargs <<<"$found")"
  grep -q 'std::time::Instant::now' "crates/$crate/clippy.toml" || complain "crates/$crate/clippy.toml bans no clock"
done

for rule in "${private[@]}"; do
  library=${rule%:*} owner=${rule#*:}
  users=$(grep -lE "^$library\b" crates/*/Cargo.toml | xargs -rn1 dirname | xargs -rn1 basename | grep -vx bench | xargs)
  [[ $users == "$owner" || -z $users ]] || complain "$library belongs into $owner alone, but stands in: $users"
done

((wrong == 0)) || exit 1
printf 'layers: %s crates, all directions right\n' "$(wc -w <<<"$ours")"
