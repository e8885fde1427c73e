# ---- Options, results ----

$Usage = @'
Usage: casebook-collector.ps1 [options]

  --output DIR         directory for the archive (default: the current one)
  --depth DEPTH        surface: the server; shallow: also each database; deep (default): also tables and indexes
  --system-only        collect from the operating system alone
  --anonymise-names    replace names of databases, roles, schemas, tables and the like by tokens; writes the list of
                       names beside the archive, for you alone
  --name-key FILE      64 hexadecimal digits, so that tokens stay the same from one collection to the next
  --upload URL         send the archive to the portal at URL, over HTTPS
  --token-file FILE    the company's upload token, readable by you alone
  --remove-uploaded    remove the archive after the portal has accepted it
  --no-network         refuse to upload, whatever else is asked
  --dry-run            print what would be collected; connect to nothing, write nothing
  --describe           print every item: what, why, what its disclosure would mean
  --version, --help

Connects as psql does: PGHOST, PGPORT, PGUSER, PGSERVICE, PGPASSFILE and so on. PGDATABASE defaults to postgres.
Last line of output: path of the archive. Exit codes: 0 complete or partial (see manifest.json in the archive),
64 wrong usage, 69 nothing could be reached, 73 no place to write, 75 upload refused and the file kept.
'@

$DatabasesMost = 50
$Utf8 = New-Object System.Text.UTF8Encoding $false
$script:Status = New-Object System.Collections.ArrayList
$script:Work = $null
$script:ServerMs = 0.0

function Say([string] $Text) { [Console]::Error.WriteLine("casebook-collector: $Text") }
function Stop-With([int] $Code, [string] $Text) {
  Say $Text
  Remove-Work
  exit $Code
}
function Remove-Work { if ($script:Work -and (Test-Path -LiteralPath $script:Work)) { Remove-Item -LiteralPath $script:Work -Recurse -Force } }
function Write-Text([string] $Path, [string] $Text) { [System.IO.File]::WriteAllText($Path, $Text.Replace("`r`n", "`n"), $Utf8) }
function Get-Sum([string] $Path) { (Get-FileHash -LiteralPath $Path -Algorithm SHA256).Hash.ToLowerInvariant() }

# The catalogue: item, file, depth, part, most rows, impact, what, why.
$Items = $ItemLines -split "`r?`n" | Where-Object { $_ } | ForEach-Object {
  $field = $_ -split '\|'
  [pscustomobject]@{ Item = $field[0]; Path = $field[1]; Depth = $field[2]; Part = $field[3]; Impact = $field[5]; What = $field[6]; Why = $field[7] }
}
$Rank = @{ surface = 1; shallow = 2; deep = 3 }

function Add-Status([string] $Item, $Path, [string] $State, $Detail, [bool] $Truncated = $false) {
  [void] $script:Status.Add([pscustomobject]@{ Item = $Item; Path = $Path; Status = $State; Detail = $Detail; Truncated = $Truncated })
}

function Show-Items {
  foreach ($entry in $Items) {
    Write-Output "$($entry.Item)  (from depth $($entry.Depth))"
    Write-Output "  what: $($entry.What)"
    Write-Output "  why:  $($entry.Why)"
    Write-Output "  if disclosed: $($entry.Impact)"
    Write-Output ''
  }
  Write-Output 'Never collected: rows, column names and defaults, query texts, function bodies, comments, log lines, passwords,'
  Write-Output 'connection strings, commands, process lists, environment variables.'
  Write-Output 'Untried: this variant on a real Windows; EDB Postgres Advanced Server, Postgres Extended, Postgres Distributed.'
}

# ---- PostgreSQL ----

# Runs psql on a script for at most so many seconds and answers its lines; errors go to $script:PsqlErrors.
function Invoke-Psql([int] $Seconds, [string] $Script, [string] $Extra = '') {
  $start = New-Object System.Diagnostics.ProcessStartInfo
  $start.FileName = 'psql'
  $start.Arguments = "-X -w -q -A -t $Extra -f `"$Script`""
  $start.WorkingDirectory = $Root
  $start.UseShellExecute = $false
  $start.RedirectStandardOutput = $true
  $start.RedirectStandardError = $true
  $process = [System.Diagnostics.Process]::Start($start)
  $out = $process.StandardOutput.ReadToEndAsync()
  $err = $process.StandardError.ReadToEndAsync()
  if (-not $process.WaitForExit($Seconds * 1000)) { $process.Kill(); $process.WaitForExit() }
  $script:PsqlErrors = $err.Result
  return @($out.Result -split "`r?`n")
}

# Turns the answers of a psql session into status lines. The detail is an SQLSTATE or a short word, never a message.
function Read-Answers($Lines) {
  foreach ($line in $Lines) {
    $field = $line -split ' '
    if ($line -match '^Time: ([0-9.]+) ms') { $script:ServerMs += [double]::Parse($Matches[1], [Globalization.CultureInfo]::InvariantCulture) }
    if ($field[0] -ne '@') { continue }
    $limit = [int] $field[7]
    $truncated = $limit -gt 0 -and $field[5] -match '^\d+$' -and [int] $field[5] -ge $limit
    if ($field[3] -eq 'skipped') { Add-Status $field[1] $null 'skipped' $field[4] }
    elseif ($field[3] -eq 'false' -and $field[6] -eq '-') { Add-Status $field[1] $field[2] 'ok' $null $truncated }
    elseif ($field[3] -eq 'false') { Add-Status $field[1] $field[2] 'partial' $field[6] $truncated }
    elseif ($field[4] -eq '42501') { Add-Status $field[1] $field[2] 'denied' $field[4] }
    elseif ($field[4] -eq '57014' -or $field[4] -eq '55P03') { Add-Status $field[1] $field[2] 'timeout' $field[4] }
    elseif ($field[4] -eq '58P01') { Add-Status $field[1] $field[2] 'skipped' 'absent' }
    elseif ($field[4] -match '^[0-9A-Z]{5}$') { Add-Status $field[1] $field[2] 'error' $field[4] }
    else { Add-Status $field[1] $field[2] 'error' 'connection_lost' }
  }
}

function Get-ConnectProblem {
  if ($script:PsqlErrors -match 'too many clients|connection slots') { return '53300' }
  if ($script:PsqlErrors -match 'starting up|shutting down|recovery mode') { return '57P03' }
  if ($script:PsqlErrors -match 'authentication failed|no password supplied|no pg_hba.conf entry') { return '28000' }
  if ($script:PsqlErrors -match 'database .* does not exist') { return '3D000' }
  return '08001'
}

# The key of the tokens as the two pads of HMAC-SHA-256, for use inside the server.
function Get-Masking {
  if (-not $Anonymise) { return "\set anonymise false`n\set h ''`n\set e ''`n" }
  $bytes = for ($at = 0; $at -lt 64; $at += 2) { [Convert]::ToByte($script:Key.Substring($at, 2), 16) }
  $inner = -join ($bytes | ForEach-Object { '{0:x2}' -f ($_ -bxor 0x36) }) + ('36' * 32)
  $outer = -join ($bytes | ForEach-Object { '{0:x2}' -f ($_ -bxor 0x5c) }) + ('5c' * 32)
  return "\set anonymise true`n" +
    "\set h 'left(encode(sha256(decode(''$outer'', ''hex'') || sha256(decode(''$inner'', ''hex'') || convert_to('`n" +
    "\set e '::text, ''UTF8''))), ''hex''), 16)'`n"
}

function Get-DepthSql { "\set shallow $(($Depth -ne 'surface').ToString().ToLower())`n\set deep $(($Depth -eq 'deep').ToString().ToLower())`n" }

function Invoke-PostgreSql {
  if (-not (Get-Command psql -ErrorAction SilentlyContinue)) { Stop-With 69 'psql is not on PATH; --system-only does without' }
  if (-not $env:PGDATABASE -and -not $env:PGSERVICE) { $env:PGDATABASE = 'postgres' }
  $env:PGCLIENTENCODING = $null
  if (-not $env:PGCONNECT_TIMEOUT) { $env:PGCONNECT_TIMEOUT = '10' }
  [void] (New-Item -ItemType Directory -Path "$Root\postgresql\db")
  Write-Text "$State\server.sql" ((Get-Masking) + (Get-DepthSql) + $SessionSql + "`n" + $ServerSql + "`n")
  Write-Text "$State\database.sql" ((Get-Masking) + (Get-DepthSql) + $DatabaseOpenSql + "`n" + $SessionSql + "`n" + $DatabaseSql + "`n")
  $lines = Invoke-Psql 120 "$State\server.sql"
  $connected = @($lines | Where-Object { $_ -like '@connected*' })
  if ($connected.Count -eq 0) {
    $problem = Get-ConnectProblem
    Add-Status 'pg.connect' $null 'error' $problem
    $script:Reached = $false
    if ($problem -eq '53300' -or $problem -eq '57P03') { Say "the server refused the connection ($problem); collecting from the operating system alone"; return }
    Say $script:PsqlErrors.Trim()
    Stop-With 69 "PostgreSQL could not be reached ($problem); set PGHOST, PGPORT, PGUSER, or use --system-only"
  }
  Add-Status 'pg.connect' $null 'ok' $null
  $script:ServerHost = $connected[0] -replace '^@connected host=', ''
  Read-Answers $lines
  if ($lines -notcontains '@end') { Add-Status 'pg.session' $null 'error' 'connection_lost' }
  if ($Depth -ne 'surface') { Invoke-Databases }
}

# One session per database, one after the other; databases are called by number, whatever their names are.
function Invoke-Databases {
  $count = 0
  foreach ($line in @(Get-Content -LiteralPath "$State\databases")) {
    $count += 1
    if ($count -gt $DatabasesMost) { Add-Status 'db.databases' $null 'skipped' "more_than_$DatabasesMost" $true; break }
    $oid, $allowed = $line -split ' '
    $problem = $null
    if ($allowed -ne 't') { $problem = @('denied', 'connect') }
    else {
      [void] (New-Item -ItemType Directory -Path "$Root\postgresql\db\$oid")
      $lines = Invoke-Psql 60 "$State\database.sql" "-v dboid=$oid"
      if (@($lines | Where-Object { $_ -like '@connected*' }).Count -gt 0) {
        Read-Answers $lines
        if ($lines -notcontains '@end') { Add-Status 'db.session' $null 'error' "connection_lost $oid" }
      }
      else { $problem = @('error', (Get-ConnectProblem)) }
    }
    if ($problem) {
      foreach ($entry in $Items | Where-Object { $_.Part -eq 'db' -and $Rank[$_.Depth] -le $Rank[$Depth] }) {
        Add-Status $entry.Item $entry.Path.Replace('<oid>', $oid) $problem[0] $problem[1]
      }
    }
  }
}

# ---- Operating system ----

function Save-Item([string] $Item, [string] $Path, [scriptblock] $Body) {
  try {
    $text = (& $Body) -join "`n"
    if ($text) { Write-Text (Join-Path $Root $Path.Replace('/', '\')) ($text + "`n"); Add-Status $Item $Path 'ok' $null }
    else { Add-Status $Item $null 'skipped' 'absent' }
  }
  catch { Add-Status $Item $null 'error' 'failed' }
}

function Invoke-System {
  [void] (New-Item -ItemType Directory -Path "$Root\host")
  Save-Item 'host.os_release' 'host/os-release.txt' {
    $os = Get-CimInstance Win32_OperatingSystem
    "ID=windows"; "VERSION_ID=$($os.Version)"; "PRETTY_NAME=`"$($os.Caption)`""
  }
  Save-Item 'host.meminfo' 'host/meminfo.txt' {
    $os = Get-CimInstance Win32_OperatingSystem
    "MemTotal: $($os.TotalVisibleMemorySize) kB"; "MemFree: $($os.FreePhysicalMemory) kB"
  }
  Save-Item 'host.cpu' 'host/cpu.tsv' {
    $cpu = @(Get-CimInstance Win32_Processor)
    "model`t$($cpu[0].Name)"; "processors`t$(($cpu | Measure-Object NumberOfLogicalProcessors -Sum).Sum)"
  }
  Save-Item 'host.windows_disks' 'host/windows-disks.tsv' {
    Get-CimInstance Win32_LogicalDisk -Filter 'DriveType = 3' | ForEach-Object { "$($_.DeviceID)`t$($_.FileSystem) $($_.Size) $($_.FreeSpace)" }
  }
  Save-Item 'host.virtualisation' 'host/virtualisation.txt' {
    $computer = Get-CimInstance Win32_ComputerSystem
    $computer.Manufacturer; $computer.Model
  }
  Save-Item 'host.packages' 'host/packages.tsv' {
    Get-ItemProperty 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\*' -ErrorAction SilentlyContinue |
      Where-Object { $_.PSObject.Properties['DisplayName'] -and $_.PSObject.Properties['DisplayVersion'] -and $_.DisplayName -match '^(PostgreSQL|EDB|pgAdmin|psqlODBC|Barman)' } |
      ForEach-Object { "$($_.DisplayName)`t$($_.DisplayVersion)" }
  }
}

# ---- Manifest, checksums, archive ----

function Get-Manifest([bool] $DryRun) {
  $planned = $Items | Where-Object { $_.Part -eq 'host' -or ($Kind -eq 'postgresql' -and $_.Part -ne 'barman') }
  $lines = @(foreach ($entry in $script:Status) {
    $file = if ($entry.Path) { Join-Path $Root $entry.Path.Replace('/', '\') } else { $null }
    $there = $file -and ($entry.Status -eq 'ok' -or $entry.Status -eq 'partial') -and (Test-Path -LiteralPath $file)
    [ordered]@{
      item = $entry.Item; path = $entry.Path; status = $entry.Status; detail = $entry.Detail
      bytes = $(if ($there) { (Get-Item -LiteralPath $file).Length } else { 0 })
      sha256 = $(if ($there) { Get-Sum $file } else { $null }); truncated = $entry.Truncated
    }
  })
  $seen = @($script:Status | ForEach-Object { $_.Item })
  $lines += @(foreach ($entry in $planned | Where-Object { $seen -notcontains $_.Item }) {
    $reason = if ($Rank[$entry.Depth] -gt $Rank[$Depth]) { 'depth' } elseif ($DryRun) { 'dry_run' }
      elseif ($entry.Part -eq 'host') { 'not_on_windows' } elseif (-not $script:Reached) { 'no_connection' }
      elseif ($entry.Part -eq 'pgd') { 'not_installed' } else { 'not_reached' }
    [ordered]@{ item = $entry.Item; path = $null; status = 'skipped'; detail = $reason; bytes = 0; sha256 = $null; truncated = $false }
  })
  return [ordered]@{
    format_version = $Format; collection_id = $Id; kind = $Kind; depth = $Depth
    collector = [ordered]@{ name = 'casebook-collector-windows'; version = $Version; sha256 = $(if ($PSCommandPath) { Get-Sum $PSCommandPath } else { $null }); catalogue = $Catalogue }
    host = [ordered]@{ name = $env:COMPUTERNAME; id_hash = $HostHash }
    os_user = $env:USERNAME
    times = [ordered]@{ started = $Started; finished = (Get-Date).ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ'); server_ms = [math]::Round($script:ServerMs) }
    options = [ordered]@{ anonymise_names = [bool] $Anonymise; same_host = $true }
    items = $lines
  }
}

function Get-HostHash {
  try {
    $guid = (Get-ItemProperty 'HKLM:\SOFTWARE\Microsoft\Cryptography').MachineGuid
    $sha = [System.Security.Cryptography.SHA256]::Create()
    return -join ($sha.ComputeHash($Utf8.GetBytes("casebook:$guid")) | ForEach-Object { '{0:x2}' -f $_ })
  }
  catch { return $null }
}

function New-Archive {
  # What failed has no file, not an empty one.
  foreach ($entry in $script:Status | Where-Object { $_.Path -and $_.Status -ne 'ok' -and $_.Status -ne 'partial' }) {
    $file = Join-Path $Root $entry.Path.Replace('/', '\')
    if (Test-Path -LiteralPath $file) { Remove-Item -LiteralPath $file }
  }
  Write-Text "$Root\manifest.json" ((Get-Manifest $false | ConvertTo-Json -Depth 6) + "`n")
  $sums = foreach ($file in Get-ChildItem -LiteralPath $Root -Recurse -File | Sort-Object FullName) {
    "$(Get-Sum $file.FullName)  $($file.FullName.Substring($Root.Length + 1).Replace('\', '/'))"
  }
  Write-Text "$Root\SHA256SUMS" (($sums -join "`n") + "`n")
  & tar.exe -czf "$script:Work\$Name.tar.gz" -C $script:Work $Name
  if ($LASTEXITCODE -ne 0) { Stop-With 73 'tar.exe failed' }
  Write-Text "$script:Work\$Name.tar.gz.sha256" "$(Get-Sum "$script:Work\$Name.tar.gz")  $Name.tar.gz`n"
}
