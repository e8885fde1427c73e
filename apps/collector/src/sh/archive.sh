# ---- Manifest, checksums, archive ----

# What this run is about, as lines that the manifest can tell from status lines.
plan_lines() { planned | awk -F '|' -v OFS='\t' '{ print "?", $1, $3, $4 }'; }

# Makes the manifest of plan and status lines on standard input: manifest_json SIZES SUMS SERVER_MS; lists of the files.
manifest_json() {
  awk -F '\t' -v sizes="$1" -v sums="$2" \
    -v kind="$KIND" -v depth="$DEPTH" -v version="$VERSION" -v catalogue="$CATALOGUE" -v format="$FORMAT" -v id="$ID" \
    -v self="$SELF_SHA" -v host="$HOST_NAME" -v host_id="$HOST_ID" -v user="$(id -un 2>/dev/null || id -u)" \
    -v started="$STARTED" -v finished="$(date -u +%Y-%m-%dT%H:%M:%SZ)" -v server_ms="$3" -v anonymise="$ANONYMISE" \
    -v reached="$REACHED" -v same_host="$LOCAL" '
    function json(t) { if (t == "") return "null"; gsub(/\\/, "\\\\", t); gsub(/"/, "\\\"", t); gsub(/[\001-\037]/, " ", t); return "\"" t "\"" }
    function yes(t) { return t == "yes" ? "true" : "false" }
    function line(item, path, status, detail, truncated) {
      lines[++count] = "    {\"item\": " json(item) ", \"path\": " json(path) ", \"status\": " json(status) ", \"detail\": " json(detail) \
        ", \"bytes\": " (path in bytes ? bytes[path] : 0) ", \"sha256\": " json(path in sum ? sum[path] : "") ", \"truncated\": " truncated "}"
    }
    BEGIN {
      while (sizes != "" && (getline row < sizes) > 0) { split(row, part, " "); bytes[part[2]] = part[1] }
      while (sums != "" && (getline row < sums) > 0) sum[substr(row, 67)] = substr(row, 1, 64)
    }
    $1 == "?" { plan[++plans] = $2; level[$2] = $3; group[$2] = $4; next }
    { seen[$1] = 1; line($1, $2, $3, $4, $5) }
    END {
      rank["surface"] = 1; rank["shallow"] = 2; rank["deep"] = 3
      for (i = 1; i <= plans; i++) {
        item = plan[i]
        if (item in seen) continue
        if (rank[level[item]] > rank[depth]) reason = "depth"
        else if (group[item] != "host" && reached == "no") reason = "no_connection"
        else if (group[item] == "pgd") reason = depth == "surface" ? "depth" : "not_installed"
        else reason = "not_reached"
        line(item, "", "skipped", reason, "false")
      }
      print "{"
      print "  \"format_version\": " json(format) ","
      print "  \"collection_id\": " json(id) ","
      print "  \"kind\": " json(kind) ","
      print "  \"depth\": " json(depth) ","
      print "  \"collector\": {\"name\": \"casebook-collector\", \"version\": " json(version) ", \"sha256\": " json(self) ", \"catalogue\": " catalogue "},"
      print "  \"host\": {\"name\": " json(host) ", \"id_hash\": " json(host_id) "},"
      print "  \"os_user\": " json(user) ","
      print "  \"times\": {\"started\": " json(started) ", \"finished\": " json(finished) ", \"server_ms\": " (server_ms == "" ? "null" : server_ms) "},"
      print "  \"options\": {\"anonymise_names\": " yes(anonymise) ", \"same_host\": " yes(same_host) "},"
      print "  \"items\": ["
      for (i = 1; i <= count; i++) print lines[i] (i < count ? "," : "")
      print "  ]"
      print "}"
    }'
}

# Who and when: the file's name says both.
name_collection() {
  STARTED=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  ID=$(cat /proc/sys/kernel/random/uuid 2>/dev/null || od -An -N16 -tx1 /dev/urandom | tr -d ' \n' | sed 's/\(........\)\(....\)\(....\)\(....\)/\1-\2-\3-\4-/')
  HOST_NAME=$(uname -n)
  is_local "${PGHOST:-}" || [ "$KIND" != postgresql ] || HOST_NAME=$PGHOST
  NAME=insights-$(printf '%s' "$HOST_NAME" | tr -c 'A-Za-z0-9.-' '-' | cut -c 1-60)-$KIND-$(date -u +%Y%m%dT%H%M%SZ)-$(printf '%.8s' "$ID")
  HOST_ID='' SELF_SHA='' REACHED=yes
  case $0 in *sh) [ ! -r "$0" ] || SELF_SHA=$(sha256 "$0" 2>/dev/null | cut -c 1-64) ;; esac
}

# A hash stands for the machine, so that its identifier stays here.
identify_host() {
  if [ "$LOCAL" = no ]; then HOST_NAME=${SERVER_HOST:-$HOST_NAME} machine="remote:$SERVER_HOST:$SERVER_PORT"
  else machine=$(cat /etc/machine-id 2>/dev/null || cat /var/lib/dbus/machine-id 2>/dev/null)
  fi
  [ -z "$machine" ] || HOST_ID=$(printf 'casebook:%s' "$machine" >"$STATE/machine" && sha256 "$STATE/machine" | cut -c 1-64)
}

pack() {
  # What failed has no file, not an empty one.
  awk -F '\t' '$2 != "" && $3 != "ok" && $3 != "partial" { print $2 }' "$STATE/status" | while read -r file; do rm -f "$ROOT/$file"; done
  find "$ROOT" -type d -empty -exec rmdir {} + 2>/dev/null
  cd "$ROOT" || exit "$EXIT_NO_SPACE"
  # The names of these files are made above and hold no blanks.
  # shellcheck disable=SC2046
  wc -c $(find . -type f | sed 's|^\./||' | sort) 2>/dev/null | awk '$2 != "total" { print $1, $2 }' >"$STATE/sizes"
  # shellcheck disable=SC2046
  sha256 $(find . -type f | sed 's|^\./||' | sort) >"$STATE/sums" 2>/dev/null || : >"$STATE/sums"
  server_ms=''
  [ ! -r "$STATE/ms" ] || server_ms=$(awk '{ sum += $1 } END { print sum + 0 }' "$STATE/ms")
  { plan_lines; cat "$STATE/status"; } | manifest_json "$STATE/sizes" "$STATE/sums" "$server_ms" >manifest.json || die "$EXIT_NO_SPACE" 'the manifest could not be written'
  { sha256 manifest.json && cat "$STATE/sums"; } >SHA256SUMS
  cd "$WORK" || exit "$EXIT_NO_SPACE"
  if [ -z "$FORM" ]; then if have bzip2; then FORM=bz2; else FORM=gz; fi; fi
  ARCHIVE=$NAME.tar.$FORM
  tar -cf "$NAME.tar" "$NAME" || die "$EXIT_NO_SPACE" 'tar failed'
  case $FORM in bz2) bzip2 -9 "$NAME.tar" ;; gz) gzip -9 "$NAME.tar" ;; esac || die "$EXIT_NO_SPACE" 'compression failed'
  sha256 "$ARCHIVE" >"$ARCHIVE.sha256"
}

# Puts the archive where it was asked for; a directory that cannot be written to is replaced by the temporary one.
deliver() {
  target=$OUTPUT
  if [ -z "$target" ]; then
    target=$START
    [ -w "$target" ] || target=$(cd "${TMPDIR:-/tmp}" && pwd)
  fi
  for file in "$ARCHIVE" "$ARCHIVE.sha256" "$NAME.names.txt"; do
    [ ! -e "$WORK/$file" ] || mv "$WORK/$file" "$target/$file" || die "$EXIT_NO_SPACE" "$target/$file could not be written"
  done
  RESULT=${target%/}/$ARCHIVE
}
