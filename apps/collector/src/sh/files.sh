# ---- Temporary directory, time limits, results ----

WORK='' STATE='' ROOT=''

cleanup() { [ -z "$WORK" ] || rm -rf "$WORK"; }

# Makes the one directory that the collector writes to; another place is tried where /tmp is read-only.
make_work() {
  # Set before there is anything to remove, so that no signal can come between.
  trap cleanup EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  for place in "${TMPDIR:-/tmp}" /tmp /var/tmp /dev/shm "${OUTPUT:-.}"; do
    WORK=$(mktemp -d "$place/casebook.XXXXXXXX" 2>/dev/null) && break
    WORK=''
  done
  [ -n "$WORK" ] || die "$EXIT_NO_SPACE" 'no temporary directory can be written to; set TMPDIR'
  WORK=$(cd "$WORK" && pwd)
  STATE=$WORK/state ROOT=$WORK/$NAME
  mkdir "$STATE" "$ROOT" && : >"$STATE/status" || die "$EXIT_NO_SPACE" "cannot write to $WORK"
}

# Runs a command for at most so many seconds: limited SECONDS COMMAND...; 124 when it was stopped.
limited() {
  seconds=$1
  shift
  if have timeout; then
    timeout "$seconds" "$@" </dev/null
    return
  fi
  "$@" </dev/null &
  job=$!
  (sleep "$seconds" && kill "$job") >/dev/null 2>&1 &
  guard=$!
  wait "$job"
  result=$?
  kill "$guard" 2>/dev/null
  [ "$result" -eq 143 ] && return 124
  return "$result"
}

# Notes how an item went: item, file, status, detail, truncated.
note() { printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" "${5:-false}" >>"$STATE/status"; }

# Runs a function into an item's file: keep ITEM FILE FUNCTION.
keep() {
  mkdir -p "$ROOT/${2%/*}"
  "$3" >"$ROOT/$2" 2>/dev/null
  code=$?
  if [ -s "$ROOT/$2" ]; then
    case $code in
      0) note "$1" "$2" ok '' ;;
      124) note "$1" "$2" partial timeout ;;
      *) note "$1" "$2" partial "rc $code" ;;
    esac
  else
    rm -f "$ROOT/$2"
    case $code in
      0 | 1) note "$1" '' skipped absent ;;
      124) note "$1" '' timeout timeout ;;
      *) note "$1" '' error "rc $code" ;;
    esac
  fi
}

sha256() {
  if have sha256sum; then sha256sum "$@"
  elif have shasum; then shasum -a 256 "$@"
  elif have openssl; then openssl dgst -sha256 -r "$@" | sed 's/ \*/  /'
  else return 1
  fi
}
