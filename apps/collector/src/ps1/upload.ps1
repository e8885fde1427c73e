# ---- Upload ----

function Test-Upload {
  if ($NoNetwork) { Stop-With 64 '--no-network and --upload exclude each other' }
  if ($Upload -notmatch '^(https://.|http://(localhost|127\.0\.0\.1)[:/])') { Stop-With 64 '--upload needs an address that begins with https://' }
  if (-not $TokenFile -or -not (Test-Path -LiteralPath $TokenFile)) { Stop-With 64 'the token file cannot be read; see --token-file' }
  # Everyone, Users, Authenticated Users.
  $open = (Get-Acl -LiteralPath $TokenFile).Access | Where-Object {
    $_.AccessControlType -eq 'Allow' -and
    $_.IdentityReference.Translate([System.Security.Principal.SecurityIdentifier]).Value -match '^S-1-(1-0|5-11|5-32-545)$'
  }
  if ($open) { Stop-With 64 "the token file $TokenFile must be readable by you alone" }
  $script:Token = (Get-Content -LiteralPath $TokenFile -Raw) -replace '\s', ''
  if ($script:Token -notmatch '^[A-Za-z0-9._~+/=-]+$') { Stop-With 64 "the token file $TokenFile holds no token" }
}

function Send-Archive([string] $File) {
  if (-not $Upload) { return 0 }
  $address = $Upload.TrimEnd('/')
  if ($address -notmatch '/api/insights/collections$') { $address += '/api/insights/collections' }
  [Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12
  $headers = @{ Authorization = "Bearer $script:Token"; 'X-Content-SHA256' = (Get-Sum $File); 'X-File-Name' = (Split-Path -Leaf $File) }
  try {
    $answer = Invoke-WebRequest -Uri $address -Method Post -InFile $File -ContentType 'application/octet-stream' -Headers $headers -TimeoutSec 120 -MaximumRedirection 0 -UseBasicParsing
  }
  catch {
    Say "the upload failed: $($_.Exception.Message)"
    return 75
  }
  if ($answer.StatusCode -ne 200 -and $answer.StatusCode -ne 201) { Say "the portal answered $($answer.StatusCode)"; return 75 }
  Say 'the portal has the archive'
  if ($RemoveUploaded) { Remove-Item -LiteralPath $File, "$File.sha256" }
  return 0
}
