# ---- PostgreSQL ----

DATABASES_MOST=50
SERVER_HOST='' SERVER_PORT='' LOCAL=yes

# Runs psql on a script: run_psql SECONDS SCRIPT OUTPUT [psql options]. Never asks for a password, reads no .psqlrc.
run_psql() {
  seconds=$1 script=$2 out=$3
  shift 3
  (cd "$ROOT" && limited "$seconds" psql -X -w -q -A -t "$@" -f "$script") >"$out" 2>"$STATE/errors"
}

# Turns the answers of a psql session into status lines. The detail is an SQLSTATE or a short word, never a message.
read_answers() {
  awk -v OFS='\t' '
    $1 == "Time:" { ms += $2 }
    $1 == "@" {
      item = $2; path = $3; failed = $4; state = $5; rows = $6; remark = $7; limit = $8 + 0
      status = "ok"; detail = ""
      if (failed == "skipped") { status = "skipped"; detail = state; path = "" }
      else if (failed == "false") { if (remark != "-") { status = "partial"; detail = remark } }
      else {
        detail = state
        if (state == "42501") status = "denied"
        else if (state == "57014" || state == "55P03") status = "timeout"
        else if (state == "58P01") { status = "skipped"; detail = "absent" }
        else { status = "error"; if (state !~ /^[0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z]$/) detail = "connection_lost" }
      }
      print item, path, status, detail, (limit > 0 && rows >= limit ? "true" : "false")
    }
    END { printf "%.0f\n", ms >>ms_file }' ms_file="$STATE/ms" "$1" >>"$STATE/status"
}

# Why psql could not connect: libpq gives no SQLSTATE then, only words, and the server words them in its own language.
NO_SLOT='too many clients|slots are reserved|schon zu viele Verbindungen|verbleibenden Verbindungen|demasiados clientes|conexiones restantes|trop de clients|emplacements de connexions|troppi client|slot di connessione|クライアント数が多すぎ|接続スロット|ბევრი კლიენტია|동시 접속자 수를|남은 연결 슬롯|много клиентов|слоты подключений|забагато клієнтів|слоти підключень|många klienter|anslutningsslottar|太多的客户|连接位置'
NOT_YET='starting up|shutting down|recovery mode|not yet accepting|Datenbanksystem (startet|fährt|ist im)|sistema de base de datos está|système de bases? de données (se|s.arr|est en)|il database (si sta|è in)|データベースシステムは|მონაცემთა ბაზის სისტემ|데이터베이스 시스템이|система баз данных|система бази даних|databassystemet|数据库系统'
connect_problem() {
  if grep -qE "$NO_SLOT" "$STATE/errors"; then echo 53300
  elif grep -qE "$NOT_YET" "$STATE/errors"; then echo 57P03
  elif grep -qE 'too many connections for' "$STATE/errors"; then echo connection_limit
  elif grep -qE 'authentication failed|no password supplied|no pg_hba.conf entry' "$STATE/errors"; then echo 28000
  elif grep -qE 'database .* does not exist' "$STATE/errors"; then echo 3D000
  else echo 08001
  fi
}

is_local() {
  case $1 in '' | /* | @* | localhost | localhost.localdomain | 127.* | ::1) return 0 ;; esac
  [ "$1" = "$(uname -n)" ] && return 0
  have hostname && hostname -I 2>/dev/null | tr ' ' '\n' | grep -qxF "$1"
}

masking() {
  if [ "$ANONYMISE" = yes ]; then printf '%s\n' '\set anonymise true' "\\set h '$MASK_OPEN'" "\\set e '$MASK_CLOSE'"
  else printf '%s\n' '\set anonymise false' "\\set h ''" "\\set e ''"
  fi
}

collect_postgresql() {
  have psql || die "$EXIT_UNREACHABLE" 'psql is not installed or not on PATH; --system-only does without'
  psql_major=$(psql --version 2>/dev/null | sed -n 's/^[^0-9]*\([0-9][0-9]*\).*/\1/p')
  [ "${psql_major:-11}" -ge 11 ] || die "$EXIT_UNREACHABLE" "psql $psql_major is too old; version 11 or newer is needed"
  mkdir -p "$ROOT/postgresql/db"
  { masking; depth_sql; session_sql; server_sql; } >"$STATE/server.sql"
  { masking; depth_sql; database_open_sql; session_sql; database_sql; } >"$STATE/database.sql"
  [ -n "${PGDATABASE:-}${PGSERVICE:-}" ] || export PGDATABASE=postgres
  run_psql 120 "$STATE/server.sql" "$STATE/answers"
  result=$?
  if ! grep -q '^@connected' "$STATE/answers"; then
    problem=$(connect_problem)
    if [ "$result" -eq 124 ]; then problem=timeout; fi
    note pg.connect '' error "$problem"
    case $problem in
      53300 | 57P03) say "the server refused the connection ($problem); collecting from the operating system alone" ;;
      *)
        sed 's/^/  /' "$STATE/errors" >&2
        die "$EXIT_UNREACHABLE" "PostgreSQL could not be reached ($problem); set PGHOST, PGPORT, PGUSER, or use --system-only"
        ;;
    esac
    SERVER_HOST=${PGHOST:-}
    is_local "$SERVER_HOST" || LOCAL=no
    return 0
  fi
  note pg.connect '' ok ''
  SERVER_HOST=$(sed -n 's/^@connected host=\(.*\)$/\1/p' "$STATE/answers" | head -n 1)
  SERVER_PORT=$(sed -n 's/^@port \([0-9]*\)$/\1/p' "$STATE/answers" | head -n 1)
  is_local "$SERVER_HOST" || LOCAL=no
  read_answers "$STATE/answers"
  if ! grep -q '^@end' "$STATE/answers"; then note pg.session '' error connection_lost; fi
  [ "$DEPTH" = surface ] || collect_databases
}

# One session per database, one after the other; databases are called by number, whatever their names are.
collect_databases() {
  [ -r "$STATE/databases" ] || return 0
  count=0
  while read -r oid allowed; do
    count=$((count + 1))
    if [ "$count" -gt "$DATABASES_MOST" ]; then
      note db.databases '' skipped more_than_$DATABASES_MOST true
      break
    fi
    if [ "$allowed" != t ]; then
      refuse_database "$oid" denied connect
      continue
    fi
    mkdir -p "$ROOT/postgresql/db/$oid"
    run_psql 60 "$STATE/database.sql" "$STATE/answers" -v dboid="$oid"
    if grep -q '^@connected' "$STATE/answers"; then
      read_answers "$STATE/answers"
      grep -q '^@end' "$STATE/answers" || note db.session '' error "connection_lost $oid"
    else
      refuse_database "$oid" error "$(connect_problem)"
    fi
  done <"$STATE/databases"
}

refuse_database() {
  planned | awk -F '|' -v OFS='\t' -v oid="$1" -v status="$2" -v detail="$3" -v deep="$DEPTH" '
    $4 == "db" && ($3 != "deep" || deep == "deep") { sub(/<oid>/, oid, $2); print $1, $2, status, detail, "false" }' >>"$STATE/status"
}

depth_sql() {
  case $DEPTH in
    surface) printf '%s\n' '\set shallow false' '\set deep false' ;;
    shallow) printf '%s\n' '\set shallow true' '\set deep false' ;;
    deep) printf '%s\n' '\set shallow true' '\set deep true' ;;
  esac
}
