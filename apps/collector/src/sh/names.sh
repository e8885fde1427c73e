# ---- Tokens instead of names: HMAC-SHA-256, made inside the server, cut to 64 bits ----

MASK_OPEN='' MASK_CLOSE='' KEY=''

prepare_names() {
  [ "$ANONYMISE" = yes ] || return 0
  if [ -n "$NAME_KEY" ]; then
    KEY=$(tr -d ' \t\r\n' <"$NAME_KEY")
  else
    KEY=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
  fi
  case $KEY in *[!0-9a-fA-F]*) usage '--name-key holds something else than hexadecimal digits' ;; esac
  [ ${#KEY} -eq 64 ] || usage '--name-key holds something else than 64 hexadecimal digits'
  inner='' outer='' rest=$KEY
  while [ -n "$rest" ]; do
    tail=${rest#??}
    byte=${rest%"$tail"}
    inner=$inner$(printf '%02x' $((0x$byte ^ 0x36)))
    outer=$outer$(printf '%02x' $((0x$byte ^ 0x5c)))
    rest=$tail
  done
  # The key fills half a block of 64 bytes; the rest of both pads is constant.
  inner=${inner}3636363636363636363636363636363636363636363636363636363636363636
  outer=${outer}5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c
  MASK_OPEN="left(encode(sha256(decode(''$outer'', ''hex'') || sha256(decode(''$inner'', ''hex'') || convert_to("
  MASK_CLOSE="::text, ''UTF8''))), ''hex''), 16)"
}

# Which token stands for which name: a file beside the archive, never inside it.
write_names() {
  [ "$ANONYMISE" = yes ] || return 0
  { printf '# key %s\n# token, name\n' "$KEY"; sort -u "$STATE"/names* 2>/dev/null; } >"$WORK/$NAME.names.txt"
}
