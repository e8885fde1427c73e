# ---- Main ----

dry_run() {
  { plan_lines; planned | awk -F '|' -v OFS='\t' -v depth="$DEPTH" '
    BEGIN { rank["surface"] = 1; rank["shallow"] = 2; rank["deep"] = 3 }
    rank[$3] <= rank[depth] { print $1, $2, "skipped", "dry_run", "false" }'; } | manifest_json '' '' ''
}

main() {
  START=$(pwd)
  parse_options "$@"
  if [ "$ACTION" = describe ]; then describe; exit 0; fi
  for tool in awk sed tr sort tar mktemp; do
    have $tool || die "$EXIT_UNREACHABLE" "$tool is not installed or not on PATH"
  done
  if ! have sha256sum && ! have shasum && ! have openssl; then die "$EXIT_UNREACHABLE" 'sha256sum, shasum or openssl is needed'; fi
  name_collection
  if [ "$ACTION" = dry-run ]; then dry_run; exit 0; fi
  prepare_names
  make_work
  case $KIND in
    postgresql) collect_postgresql; grep -q '^pg.connect	[^	]*	ok' "$STATE/status" || REACHED=no ;;
    barman) collect_barman ;;
  esac
  collect_host
  identify_host
  write_names
  pack
  deliver
  upload
  result=$?
  missing=$(awk -F '\t' '$3 == "denied" || $3 == "error" || $3 == "timeout"' "$STATE/status" | wc -l)
  [ "$missing" -eq 0 ] || say "$((missing)) items could not be read; manifest.json in the archive names them and why"
  printf '%s\n' "$RESULT"
  exit "$result"
}

main "$@"
