# ---- Options ----

EXIT_USAGE=64 EXIT_UNREACHABLE=69 EXIT_NO_SPACE=73

usage_text() {
  cat <<'TEXT'
Usage: sh casebook-collector.sh [options]

  --output DIR         directory for the archive (default: the current one)
  --depth DEPTH        surface: the server; shallow: also each database; deep (default): also tables and indexes
  --barman             collect from Barman instead of PostgreSQL (default when run as the user barman)
  --system-only        collect from the operating system alone
  --format FORMAT      bz2 (default; gz where bzip2 is missing) or gz
  --anonymise-names    replace names of databases, roles, schemas, tables and the like by tokens; writes the list of
                       names beside the archive, for you alone
  --name-key FILE      64 hexadecimal digits, so that tokens stay the same from one collection to the next
  --upload URL         send the archive to the portal at URL, over HTTPS
  --token-file FILE    the company's upload token, readable by you alone (default: ~/.casebook-token)
  --remove-uploaded    remove the archive after the portal has accepted it
  --no-network         refuse to upload, whatever else is asked
  --dry-run            print the manifest of what would be collected; connect to nothing, write nothing
  --describe           print every item: what, why, what its disclosure would mean
  --version, --help

Connects as psql does: PGHOST, PGPORT, PGUSER, PGSERVICE, PGPASSFILE and so on. PGDATABASE defaults to postgres.
Last line of output: path of the archive. Exit codes: 0 complete or partial (see manifest.json in the archive),
64 wrong usage, 69 nothing could be reached, 73 no place to write, 75 upload refused and the file kept.

Every week, within two hours from three on Sunday at a time that depends on the machine (crontab of postgres or barman):
0 3 * * 0 sleep $(($(uname -n | cksum | cut -d' ' -f1) \% 7200)) && sh /usr/local/bin/casebook-collector.sh --output /var/tmp
TEXT
}

say() { printf '%s\n' "casebook-collector: $*" >&2; }
die() { code=$1; shift; say "$*"; exit "$code"; }
usage() { say "$*"; say 'see --help'; exit "$EXIT_USAGE"; }
have() { command -v "$1" >/dev/null 2>&1; }

OUTPUT='' DEPTH=deep KIND='' FORM='' ANONYMISE=no NAME_KEY='' UPLOAD='' TOKEN_FILE="${HOME:-/}/.casebook-token"
NETWORK=yes REMOVE=no ACTION=collect

parse_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --output | --depth | --format | --name-key | --upload | --token-file)
        [ $# -ge 2 ] || usage "$1 needs a value"
        [ -n "$2" ] || usage "$1 needs a value"
        ;;
    esac
    case $1 in
      --output) OUTPUT=$2; shift ;;
      --output=?*) OUTPUT=${1#*=} ;;
      --depth) DEPTH=$2; shift ;;
      --depth=?*) DEPTH=${1#*=} ;;
      --format) FORM=$2; shift ;;
      --format=?*) FORM=${1#*=} ;;
      --name-key) NAME_KEY=$2; shift ;;
      --name-key=?*) NAME_KEY=${1#*=} ;;
      --upload) UPLOAD=$2; shift ;;
      --upload=?*) UPLOAD=${1#*=} ;;
      --token-file) TOKEN_FILE=$2; shift ;;
      --token-file=?*) TOKEN_FILE=${1#*=} ;;
      --barman) [ "${KIND:-barman}" = barman ] || usage '--barman and --system-only exclude each other'; KIND=barman ;;
      --system-only) [ "${KIND:-system}" = system ] || usage '--barman and --system-only exclude each other'; KIND=system ;;
      --anonymise-names | --anonymize-names) ANONYMISE=yes ;;
      --remove-uploaded) REMOVE=yes ;;
      --no-network) NETWORK=no ;;
      --dry-run) ACTION=dry-run ;;
      --describe) ACTION=describe ;;
      --version) printf '%s\n' "casebook-collector $VERSION, catalogue $CATALOGUE, format $FORMAT"; exit 0 ;;
      --help | -h) usage_text; exit 0 ;;
      *) usage "unknown option $1" ;;
    esac
    shift
  done
  case $DEPTH in surface | shallow | deep) ;; *) usage '--depth is surface, shallow or deep' ;; esac
  case $FORM in '' | bz2 | gz) ;; *) usage '--format is bz2 or gz' ;; esac
  if [ "$FORM" = bz2 ] && ! have bzip2; then usage 'bzip2 is not installed; use --format gz'; fi
  if [ -n "$OUTPUT" ]; then
    [ -d "$OUTPUT" ] || usage "--output $OUTPUT is not a directory"
    [ -w "$OUTPUT" ] || usage "--output $OUTPUT cannot be written to"
    OUTPUT=$(cd "$OUTPUT" && pwd) || usage '--output cannot be entered'
  fi
  if [ -n "$NAME_KEY" ]; then
    [ "$ANONYMISE" = yes ] || usage '--name-key goes with --anonymise-names'
    [ -r "$NAME_KEY" ] || usage "--name-key $NAME_KEY cannot be read"
  fi
  if [ -n "$UPLOAD" ]; then check_upload; fi
  [ -n "$KIND" ] || case $(id -un 2>/dev/null) in barman) KIND=barman ;; *) KIND=postgresql ;; esac
}
