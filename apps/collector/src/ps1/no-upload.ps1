# ---- No upload: this build holds no code that sends anything ----

function Test-Upload { Stop-With 64 'this build cannot upload; send the archive by hand' }
function Send-Archive([string] $File) { return 0 }
