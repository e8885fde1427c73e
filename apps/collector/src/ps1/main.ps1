# ---- Main ----

$Output = $null; $Depth = 'deep'; $Kind = 'postgresql'; $Anonymise = $false; $NameKey = $null; $Upload = $null
$TokenFile = Join-Path $HOME '.casebook-token'; $NoNetwork = $false; $RemoveUploaded = $false; $Action = 'collect'
$script:Reached = $true; $script:PsqlErrors = ''; $script:Key = ''; $script:ServerHost = ''

for ($at = 0; $at -lt $args.Count; $at += 1) {
  $option = [string] $args[$at]
  $value = $null
  if ($option -match '^(--(?:output|depth|name-key|upload|token-file))=(.+)$') { $option = $Matches[1]; $value = $Matches[2] }
  if ($option -match '^--(output|depth|name-key|upload|token-file)$' -and -not $value) {
    $at += 1
    if ($at -ge $args.Count -or -not $args[$at]) { Stop-With 64 "$option needs a value" }
    $value = [string] $args[$at]
  }
  switch -CaseSensitive ($option) {
    '--output' { $Output = $value }
    '--depth' { $Depth = $value }
    '--name-key' { $NameKey = $value }
    '--upload' { $Upload = $value }
    '--token-file' { $TokenFile = $value }
    '--system-only' { $Kind = 'system' }
    '--anonymise-names' { $Anonymise = $true }
    '--remove-uploaded' { $RemoveUploaded = $true }
    '--no-network' { $NoNetwork = $true }
    '--dry-run' { $Action = 'dry-run' }
    '--describe' { $Action = 'describe' }
    '--version' { Write-Output "casebook-collector $Version, catalogue $Catalogue, format $Format"; exit 0 }
    '--help' { Write-Output $Usage; exit 0 }
    default { Stop-With 64 "unknown option $option; see --help" }
  }
}
if (-not $Rank.ContainsKey($Depth)) { Stop-With 64 '--depth is surface, shallow or deep' }
if ($Output -and -not (Test-Path -LiteralPath $Output -PathType Container)) { Stop-With 64 "--output $Output is not a directory" }
if ($NameKey -and -not $Anonymise) { Stop-With 64 '--name-key goes with --anonymise-names' }
if ($Upload) { Test-Upload }
if ($Action -eq 'describe') { Show-Items; exit 0 }

$Started = (Get-Date).ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ')
$Id = [guid]::NewGuid().ToString()
$HostHash = Get-HostHash
$Name = "insights-$($env:COMPUTERNAME -replace '[^A-Za-z0-9.-]', '-')-$Kind-$((Get-Date).ToUniversalTime().ToString('yyyyMMddTHHmmssZ'))-$($Id.Substring(0, 8))"
if ($Action -eq 'dry-run') { $Root = ''; Write-Output (Get-Manifest $true | ConvertTo-Json -Depth 6); exit 0 }

if ($Anonymise) {
  if ($NameKey) { $script:Key = (Get-Content -LiteralPath $NameKey -Raw) -replace '\s', '' }
  else {
    $random = New-Object byte[] 32
    [System.Security.Cryptography.RandomNumberGenerator]::Create().GetBytes($random)
    $script:Key = -join ($random | ForEach-Object { '{0:x2}' -f $_ })
  }
  if ($script:Key -notmatch '^[0-9a-fA-F]{64}$') { Stop-With 64 '--name-key holds something else than 64 hexadecimal digits' }
}

$script:Work = Join-Path ([System.IO.Path]::GetTempPath()) "casebook.$([guid]::NewGuid().ToString('N'))"
$Root = Join-Path $script:Work $Name
$State = Join-Path $script:Work 'state'
try {
  [void] (New-Item -ItemType Directory -Path $Root, $State)
  if ($Kind -eq 'postgresql') { Invoke-PostgreSql }
  Invoke-System
  New-Archive
  $target = if ($Output) { (Resolve-Path -LiteralPath $Output).Path } else { (Get-Location).Path }
  Move-Item -LiteralPath "$script:Work\$Name.tar.gz", "$script:Work\$Name.tar.gz.sha256" -Destination $target
  if ($Anonymise) {
    $names = Get-ChildItem -Path $State -Filter 'names*' | Get-Content | Sort-Object -Unique
    Write-Text (Join-Path $target "$Name.names.txt") ("# key $script:Key`n# token, name`n" + ($names -join "`n") + "`n")
  }
  $archive = Join-Path $target "$Name.tar.gz"
  $result = Send-Archive $archive
  Write-Output $archive
}
finally { Remove-Work }
exit $result
