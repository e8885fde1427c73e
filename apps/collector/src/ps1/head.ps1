# Casebook collector for Windows: looks at a PostgreSQL server and writes what it finds into one archive that you can
# open and read before you send it to anybody.
#
#   powershell -ExecutionPolicy Bypass -File casebook-collector.ps1 --help
#
# UNTRIED ON A REAL WINDOWS: its queries are those of the shell variant, which are proven on real servers; the PowerShell
# around them has been checked for syntax and by reading alone.
#
# It reads settings, counters, names and sizes. It never reads table rows, query texts, logs, passwords, connection
# strings or commands. It changes nothing: every query runs in a read-only session with time limits, files are written
# only in its own temporary directory, and the archive goes to the current directory or to --output.
# It needs Windows PowerShell 5.1 or newer, tar.exe (part of Windows since 2019) and psql.exe on PATH.
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$Version = '@VERSION@'
$Catalogue = @CATALOGUE@
$Format = '@FORMAT@'
$ItemLines = @'
@ITEMS@
'@
