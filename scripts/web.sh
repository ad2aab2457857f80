#!/usr/bin/env bash
# The web app: what it needs from npm, its build, its checks. Does again only what has changed.
#   scripts/web.sh build|check|generate
set -euo pipefail
cd "$(dirname "$0")/../web"

# Browsers come from Debian; no npm package may bring one.
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 PUPPETEER_SKIP_DOWNLOAD=1
export npm_config_fund=false npm_config_audit=false npm_config_update_notifier=false

installed=node_modules/.package-lock.json
if [[ ! -e $installed || package-lock.json -nt $installed ]]; then
  npm ci --loglevel=error
  touch "$installed"
fi

case "${1:?build, check or generate}" in
build)
  # Built from exactly these files?
  inputs=$(find . -path ./node_modules -prune -o -path '*/dist' -prune -o -path ./test-results -prune -o -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum)
  if [[ $(cat ../target/web.inputs 2>/dev/null) != "$inputs" || ! -e dist/index.html ]]; then
    npm run --silent build
    mkdir -p ../target
    printf '%s\n' "$inputs" >../target/web.inputs
  fi
  ;;
check)
  npm run --silent check
  npm run --silent test
  ;;
generate) npm run --silent generate ;;
*)
  printf 'web: unknown purpose %s: build, check or generate\n' "$1" >&2
  exit 1
  ;;
esac
