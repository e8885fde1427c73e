# ---- Barman ----

# Keeps of Barman's JSON only server, check or backup, and the fields named in `fields`; messages are dropped. A hint
# passes when it is plain words; what it quotes (commands, connection strings) is starred.
JSON_AWK='
  function blank() { while (substr(s, p, 1) ~ /[ \t\r\n]/) p++ }
  function text(   from, c) {
    from = p++
    while ((c = substr(s, p, 1)) != "\"") { if (c == "") exit 3; p += (c == "\\" ? 2 : 1) }
    p++
    return substr(s, from, p - from)
  }
  function plain(hint,   out, quoted) {
    hint = substr(hint, 2, length(hint) - 2)
    gsub(/\\"/, "\047", hint)
    out = ""
    while (match(hint, /\047[^\047]*\047/)) {
      quoted = substr(hint, RSTART, RLENGTH)
      out = out substr(hint, 1, RSTART - 1) (quoted ~ /^\047[A-Za-z0-9_-]+\047$/ ? quoted : "***")
      hint = substr(hint, RSTART + RLENGTH)
    }
    out = out hint
    return "\"" (out ~ /^[A-Za-z0-9_ ,.:;()%+*?\047-]*$/ ? out : "withheld") "\""
  }
  function value(depth, key,   c, out, name, part, from) {
    blank()
    c = substr(s, p, 1)
    if (c == "{" || c == "[") {
      p++
      out = ""
      for (;;) {
        blank()
        if (substr(s, p, 1) == (c == "{" ? "}" : "]")) { p++; break }
        if (substr(s, p, 1) == ",") { p++; continue }
        if (substr(s, p, 1) == "") exit 3
        name = ""
        if (c == "{") { name = text(); blank(); p++ }
        part = value(depth + 1, name)
        if (part == "" || (depth == 0 && name ~ /^"_[A-Z]+"$/)) continue
        out = out (out == "" ? "" : ", ") (c == "{" ? name ": " : "") part
      }
      if (depth > 2) return ""
      return c out (c == "{" ? "}" : "]")
    }
    from = p
    if (c == "\"") part = text()
    else { while (substr(s, p, 1) ~ /[A-Za-z0-9.+-]/) p++; if (p == from) exit 3; part = substr(s, from, p - from) }
    if (depth != 3 || index(" " fields " ", " " substr(key, 2, length(key) - 2) " ") == 0) return ""
    return key == "\"hint\"" ? plain(part) : part
  }
  { s = s $0 "\n" }
  END { p = 1; print value(0, "") }'

# Keeps of Barman's indented text the lines whose key is in a list, as one JSON object per line: barman_lines LIST.
barman_lines() {
  awk -v list="$1" '
    function quoted(t) { gsub(/\\/, "\\\\", t); gsub(/"/, "\\\"", t); gsub(/[\001-\037]/, " ", t); return "\"" t "\"" }
    BEGIN { count = split(list, key, ";"); for (i = 1; i <= count; i++) known[key[i]] = 1 }
    /^Server .*:( .*)?$/ { server = substr($0, 8); sub(/:.*$/, "", server); sub(/ \(.*$/, "", server); next }
    /^[ \t]+[^:]+:/ {
      line = $0; sub(/^[ \t]+/, "", line)
      name = line; sub(/:.*$/, "", name)
      rest = substr(line, length(name) + 2); sub(/^[ \t]+/, "", rest)
      if (name in known) print "{\"server\": " quoted(server) ", \"key\": " quoted(name) ", \"value\": " quoted(rest) "}" }'
}

BARMAN_KEYS='
  active;archive_mode;archive_timeout;archived_count;archiver;archiver_batch_size;backup_compression;
  backup_compression_level;backup_compression_format;backup_method;backup_options;checkpoint_timeout;
  compression;connection_error_code;create_slot;current_archived_wals_per_second;current_size;data_checksums;
  disabled;failed_count;has_backup_privileges;has_monitoring_privileges;hot_standby;immediate_checkpoint;
  is_archiving;is_in_recovery;is_superuser;last_archived_time;last_archived_wal;last_backup_maximum_age;
  last_backup_minimum_size;last_failed_time;last_failed_wal;last_wal_maximum_age;max_incoming_wals_queue;
  max_replication_slots;max_wal_senders;minimum_redundancy;network_compression;parallel_jobs;passive_node;
  pg_basebackup_bwlimit;pg_basebackup_compatible;pg_basebackup_version;pg_receivexlog_compatible;
  pg_receivexlog_version;postgres_systemid;recovery_options;replication_slot_support;retention_policy;
  retention_policy_mode;reuse_backup;server_txt_version;slot_name;stats_reset;streaming;streaming_archiver;
  streaming_supported;streaming_systemid;streaming_wal_level;synchronous_standby_names;timeline;
  version_supported;wal_compression;wal_level;wal_retention_policy;xlog_segment_size'
BARMAN_STATUS='Active;Disabled;PostgreSQL version;Cluster state;Current data size;Current WAL segment;Passive node;'
BARMAN_STATUS=$BARMAN_STATUS'Retention policies;No. of available backups;First available backup;Last available backup;'
BARMAN_STATUS=$BARMAN_STATUS'Minimum redundancy requirements;Last archived WAL;Failures of WAL archiver;Server WAL archiving rate'

barman_version() { limited 10 barman --version; }
barman_servers() { cat "$STATE/barman-servers"; }

# A failing check makes Barman end with 1 although it answered all.
barman_check() {
  limited 90 barman -f json check all >"$STATE/barman"
  code=$?
  awk -v fields='status hint' "$JSON_AWK" "$STATE/barman" || return 3
  [ "$code" -eq 1 ] && return 0
  return "$code"
}
barman_backups() {
  limited 60 barman -f json list-backup all >"$STATE/barman"
  code=$?
  awk -v fields='backup_id backup_type status end_time end_time_timestamp size size_bytes wal_size wal_size_bytes retention_status' "$JSON_AWK" "$STATE/barman" || return 3
  return "$code"
}
barman_configuration() {
  limited 60 barman show-server all >"$STATE/barman"
  code=$?
  sed -n 's/^[ 	]*\(barman_home\|backup_directory\): */\1	/p' "$STATE/barman" | sort -u >"$STATE/paths"
  barman_lines "$(printf '%s' "$BARMAN_KEYS" | tr -d ' \n')" <"$STATE/barman"
  return "$code"
}
barman_states() {
  limited 60 barman status all >"$STATE/barman"
  code=$?
  barman_lines "$BARMAN_STATUS" <"$STATE/barman"
  [ "$code" -eq 1 ] && return 0
  return "$code"
}

collect_barman() {
  have barman || die "$EXIT_UNREACHABLE" 'barman is not installed or not on PATH'
  limited 20 barman list-server --minimal >"$STATE/barman-servers" 2>"$STATE/errors" || {
    sed 's/^/  /' "$STATE/errors" >&2
    die "$EXIT_UNREACHABLE" 'barman does not answer; run this as the user that runs Barman'
  }
  keep barman.version barman/version.txt barman_version
  keep barman.list_servers barman/list-servers.txt barman_servers
  keep barman.check barman/check.json barman_check
  keep barman.list_backups barman/list-backups.json barman_backups
  keep barman.show_servers barman/show-servers.txt barman_configuration
  keep barman.status barman/status.txt barman_states
}
