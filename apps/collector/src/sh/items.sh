# ---- What is collected: item | file | depth | part | most rows | impact of its disclosure | what | why ----

items() {
  cat <<'ITEMS'
@ITEMS@
ITEMS
}

describe() {
  items | awk -F '|' '
    { part = $4 == "pgd" ? "db" : $4
      if (part != last) { print (NR > 1 ? "\n" : "") title[part]; last = part }
      printf "\n%s  (%s, from depth %s)\n  what: %s\n  why:  %s\n  if disclosed: %s\n", $1, $2, $3, $7, $8, impact[$6]
      if ($4 == "pgd") print "  untried: written after the published catalogue, never run on a real Postgres Distributed" }
    BEGIN {
      title["pg"] = "POSTGRESQL SERVER"; title["db"] = "EACH DATABASE (at most 50, largest first)"
      title["host"] = "OPERATING SYSTEM"; title["barman"] = "BARMAN"
      impact["low"] = "low: versions, numbers and states"
      impact["medium"] = "medium: names or rules that describe your set-up" }'
  printf '\n%s\n' 'Never collected: rows, column names and defaults, query texts, function bodies, comments, log lines, passwords,'
  printf '%s\n' 'connection strings, commands, process lists, environment variables.'
  printf '%s\n' 'Untried on real servers: EDB Postgres Advanced Server, Postgres Extended, Postgres Distributed.'
}

# Prints the catalogue lines that this run is about: those of the chosen kind, all depths.
planned() {
  case $KIND in
    postgresql) items | awk -F '|' '$4 == "pg" || $4 == "db" || $4 == "pgd" || $4 == "host"' ;;
    barman) items | awk -F '|' '$4 == "barman" || $4 == "host"' ;;
    system) items | awk -F '|' '$4 == "host"' ;;
  esac
}
