#!/bin/sh
# Casebook collector: looks at a PostgreSQL or Barman server and writes what it finds into one archive that you can
# open and read before you send it to anybody.
#
#   sh casebook-collector.sh               collect here, as the user that runs the database (postgres or barman)
#   sh casebook-collector.sh --describe    list everything it would collect, and why
#   sh casebook-collector.sh --help        all options
#
# It reads settings, counters, names and sizes. It never reads table rows, query texts, logs, passwords, connection
# strings or commands. It changes nothing: every query runs in a read-only session with time limits, files are written
# only in its own temporary directory, and the archive goes to the current directory or to --output.
# It needs a POSIX shell, awk, tar and psql (11 or newer); with Barman also barman. Everything it does is in this file.
set -u
umask 077
VERSION='@VERSION@'
CATALOGUE='@CATALOGUE@'
FORMAT='@FORMAT@'
LC_ALL=C
export LC_ALL
unset CDPATH PGCLIENTENCODING PGTZ PGDATESTYLE
PGCONNECT_TIMEOUT=${PGCONNECT_TIMEOUT:-10}
export PGCONNECT_TIMEOUT
