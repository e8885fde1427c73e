#!/bin/sh
# `serve` runs the portal; `cli …` runs a command of Casebook. Signals reach the process itself.
set -eu
case "${1:-serve}" in
  serve) exec node dist/api/apps/api/src/main.js ;;
  cli) shift; exec node dist/api/apps/cli/src/main.js "$@" ;;
  *) exec "$@" ;;
esac
