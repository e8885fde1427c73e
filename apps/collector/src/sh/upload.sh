# ---- Upload ----

EXIT_REFUSED=75

check_upload() {
  [ "$NETWORK" = yes ] || usage '--no-network and --upload exclude each other'
  case $UPLOAD in
    https://?* | http://localhost[:/]* | http://127.0.0.1[:/]*) ;;
    *) usage '--upload needs an address that begins with https://' ;;
  esac
  case $UPLOAD in *[!A-Za-z0-9:/._~%-]*) usage '--upload holds a character that an address cannot have' ;; esac
  [ "$ACTION" = collect ] || return 0
  [ -r "$TOKEN_FILE" ] || usage "the token file $TOKEN_FILE cannot be read; see --token-file"
  case $(ls -ldL "$TOKEN_FILE") in
    -r??------*) ;;
    *) usage "the token file $TOKEN_FILE must be readable by you alone: chmod 600 $TOKEN_FILE" ;;
  esac
  TOKEN=$(tr -d ' \t\r\n' <"$TOKEN_FILE")
  case $TOKEN in '' | *[!A-Za-z0-9._~+/=-]*) usage "the token file $TOKEN_FILE holds no token" ;; esac
}

# The token goes to curl on standard input, so it is never in a process list.
upload() {
  [ -n "$UPLOAD" ] || return 0
  address=${UPLOAD%/}
  case $address in */api/insights/collections) ;; *) address=$address/api/insights/collections ;; esac
  have curl || { say "curl is not installed; the archive was not sent"; return "$EXIT_REFUSED"; }
  sum=$(sha256 "$RESULT" | cut -c 1-64)
  answer=$(printf 'header = "Authorization: Bearer %s"\n' "$TOKEN" | curl -q -K - -sS -o /dev/null -w '%{http_code}' --max-time 120 \
    --tlsv1.2 --max-redirs 0 -X POST -H "X-Content-SHA256: $sum" -H 'Content-Type: application/octet-stream' \
    -H "X-File-Name: $ARCHIVE" --data-binary "@$RESULT" "$address" 2>"$STATE/errors") || answer=${answer:-000}
  case $answer in
    201) say 'the portal has accepted the archive' ;;
    200) say 'the portal already had this archive' ;;
    401) say 'the portal refused the token (401)'; return "$EXIT_REFUSED" ;;
    413) say 'the archive is too large for the portal (413)'; return "$EXIT_REFUSED" ;;
    422) say 'the portal could not use the archive (422)'; return "$EXIT_REFUSED" ;;
    000) say "the portal could not be reached: $(head -n 1 "$STATE/errors")"; return "$EXIT_REFUSED" ;;
    *) say "the portal answered $answer"; return "$EXIT_REFUSED" ;;
  esac
  [ "$REMOVE" = no ] || rm -f "$RESULT" "$RESULT.sha256"
}
