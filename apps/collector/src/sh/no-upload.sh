# ---- No upload: this build holds no code that sends anything ----

check_upload() { usage 'this build cannot upload; send the archive by hand'; }
upload() { return 0; }
