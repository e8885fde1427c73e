# ---- Operating system: single files and values by name, never whole directories ----

value_of() { [ -r "$1" ] && printf '%s\t%s\n' "$1" "$(tr '\t\n' '  ' <"$1" | sed 's/ *$//')"; }

os_release() { cat /etc/os-release 2>/dev/null || cat /usr/lib/os-release; }
uname_facts() {
  printf 'kernel_name\t%s\nkernel_release\t%s\nkernel_version\t%s\nmachine\t%s\n' \
    "$(uname -s)" "$(uname -r)" "$(uname -v)" "$(uname -m)"
}

kernel_values() {
  for file in /sys/kernel/mm/transparent_hugepage/enabled /sys/kernel/mm/transparent_hugepage/defrag \
    /sys/devices/system/clocksource/clocksource0/current_clocksource /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor; do
    value_of "$file"
  done
  for name in swappiness overcommit_memory overcommit_ratio overcommit_kbytes dirty_ratio dirty_background_ratio dirty_bytes \
    dirty_background_bytes dirty_expire_centisecs nr_hugepages nr_overcommit_hugepages zone_reclaim_mode min_free_kbytes \
    max_map_count vfs_cache_pressure; do
    value_of "/proc/sys/vm/$name"
  done
  for name in kernel/shmmax kernel/shmall kernel/shmmni kernel/sem kernel/numa_balancing kernel/pid_max kernel/threads-max \
    fs/file-max fs/file-nr fs/aio-max-nr net/core/somaxconn net/ipv4/tcp_keepalive_time net/ipv4/tcp_keepalive_intvl \
    net/ipv4/tcp_keepalive_probes; do
    value_of "/proc/sys/$name"
  done
  return 0
}

cpu_facts() {
  awk -F ':[ \t]*' -v OFS='\t' '
    $1 ~ /^processor[ \t]*$/ { count++ }
    $1 ~ /^model name/ && !model { model = $2; print "model", model }
    $1 ~ /^vendor_id/ && !vendor { vendor = $2; print "vendor", vendor }
    $1 ~ /^cpu MHz/ && !mhz { mhz = $2; print "mhz", mhz }
    END { print "processors", count + 0 }' /proc/cpuinfo
  awk -v OFS='\t' '{ print "load_1m", $1; print "load_5m", $2; print "load_15m", $3 }' /proc/loadavg
}

meminfo() { cat /proc/meminfo; }
swaps() { cat /proc/swaps; }

# Limits of the server's own control group where its process is known, else of ours; the tightest on the way up counts.
cgroup_limits() {
  own=$(sed -n 's/^0:://p' "/proc/${POSTMASTER:-self}/cgroup" | head -n 1)
  for name in memory.max memory.high memory.current cpu.max cpuset.cpus.effective; do
    group=${own:-/}
    least=''
    while :; do
      value=$(cat "/sys/fs/cgroup$group/$name" 2>/dev/null)
      case $name in
        memory.max | memory.high)
          case $value in
            '' | *[!0-9]*) [ -n "$least" ] || least=$value ;;
            *) case $least in '' | max) least=$value ;; *) [ "$value" -ge "$least" ] || least=$value ;; esac ;;
          esac
          ;;
        *) [ -n "$least" ] || least=$value ;;
      esac
      [ "$group" != / ] && [ -n "$group" ] || break
      group=${group%/*}
      [ -n "$group" ] || group=/
    done
    [ -z "$least" ] || printf '%s\t%s\n' "$name" "$least"
  done
  for file in memory/memory.limit_in_bytes cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us; do
    [ ! -r "/sys/fs/cgroup/$file" ] || printf '%s\t%s\n' "${file##*/}" "$(cat "/sys/fs/cgroup/$file")"
  done
  return 0
}

pressure() {
  for kind in cpu memory io; do
    [ -r /proc/pressure/$kind ] && awk -v OFS='\t' -v kind=$kind '{ line = $1; $1 = ""; sub(/^[ \t]+/, ""); gsub(/\t/, " "); print kind " " line, $0 }' /proc/pressure/$kind
  done 2>/dev/null
  return 0
}

# A device may carry a user and password (sshfs, cifs, davfs): only the plain forms pass.
DEVICE_AWK='function device(d) {
  if (d ~ /^\/dev\/[A-Za-z0-9_.\/+-]*$/ || d ~ /^[A-Za-z0-9_.-]+$/ || d ~ /^[A-Za-z0-9_-][A-Za-z0-9_.-]*:\/[A-Za-z0-9_.\/-]*$/ || d ~ /^\/\/[A-Za-z0-9_.-]+\/[A-Za-z0-9_.\/-]*$/) return d
  return "withheld" }'

# Real file systems only: /proc, /sys, /dev and the like have no space to run out of.
DISK_TYPES='ext[234]|xfs|btrfs|zfs|nfs4?|cifs|smb3|overlay|fuseblk|fuse[.](glusterfs|ceph)|glusterfs|ceph|lustre|gfs2|ocfs2|f2fs|jfs|bcachefs'
df_lines() {
  awk "$DEVICE_AWK"' FILENAME != "-" { gsub(/\\040/, " ", $2); if ($3 ~ types) disk[$2] = 1; next }
    $1 == "Filesystem" { print; next }
    { line = $0; sub(/^[^ ]+/, "", line); mount = $0; sub(/^.*[0-9-]+%?[ \t]+\//, "/", mount) }
    mount in disk && n < 100 { n++; print device($1) line }' types="^($DISK_TYPES)$" /proc/mounts -
}
# With a network file system that does not answer, at least the data directories are asked.
df_space() { limited 5 df -P -k 2>/dev/null >"$STATE/df" || { data_paths | cut -f 2 | df_each -k >"$STATE/df"; }; df_lines <"$STATE/df"; }
df_inodes() { limited 5 df -P -i 2>/dev/null >"$STATE/df" || { data_paths | cut -f 2 | df_each -i >"$STATE/df"; }; df_lines <"$STATE/df"; }
df_each() { while IFS= read -r directory; do limited 3 df -P "$1" "$directory" 2>/dev/null; done | awk 'NR == 1 || !/^Filesystem/'; }

# What the server named as its directories; for Barman its home.
data_paths() {
  [ -r "$STATE/paths" ] || return 0
  cat "$STATE/paths"
}
data_mounts() {
  data_paths | while IFS='	' read -r name directory; do
    mount=$(limited 3 df -P "$directory" 2>/dev/null | awk 'NR == 2 { sub(/^.*[0-9]+%[ \t]+/, ""); print }')
    [ -z "$mount" ] || printf '%s\t%s\n' "$name" "$mount"
  done | sort -u
}

# Options by a list: a network mount can carry a password among them.
mounts() {
  awk "$DEVICE_AWK"' BEGIN { OFS = "\t" }
    $3 ~ types && n < 100 {
      n++; count = split($4, option, ","); kept = ""
      for (i = 1; i <= count; i++)
        if (option[i] ~ /^(r[ow]|(no|rel|lazy|strict)?(atime|time)|nodiratime|noexec|nosuid|nodev|a?sync|dirsync|(no)?barrier|(no)?discard|hard|soft|intr|(no)?ac|(no)?lock|noquota|inode(32|64)|compress(-force)?=[a-z0-9:]+|data=[a-z]+|errors=[a-z-]+|commit=[0-9]+|log(bufs|bsize)=[0-9a-z]+|vers=[0-9.]+|proto=[a-z0-9]+|sec=[a-z0-9]+|[rw]size=[0-9]+|timeo=[0-9]+|retrans=[0-9]+|space_cache(=v2)?|nodatacow|nodatasum)$/)
          kept = kept (kept == "" ? "" : ",") option[i]
      print $2, device($1), $3, kept }' types="^($DISK_TYPES)$" /proc/mounts
}

block_devices() {
  for disk in /sys/block/*; do
    case ${disk##*/} in loop* | ram* | zram* | sr* | fd*) continue ;; esac
    for name in queue/scheduler queue/rotational queue/read_ahead_kb size; do
      [ ! -r "$disk/$name" ] || printf '%s/%s\t%s\n' "${disk##*/}" "$name" "$(cat "$disk/$name")"
    done
  done | head -n 200
}

oom_kills() { awk -v OFS='\t' '$1 == "oom_kill" { print $1, $2 }' /proc/vmstat; }

clock() {
  if have timedatectl && limited 3 timedatectl show -p NTPSynchronized -p Timezone; then return 0; fi
  if have chronyc; then
    limited 3 chronyc -n tracking | awk -F ' *: *' '$1 == "Leap status" { print "NTPSynchronized=" ($2 == "Normal" ? "yes" : "no") }'
  fi
  [ ! -r /etc/timezone ] || printf 'Timezone=%s\n' "$(head -n 1 /etc/timezone)"
}

virtualisation() {
  if [ -e /.dockerenv ]; then echo docker
  elif [ -e /run/.containerenv ]; then echo podman
  elif have systemd-detect-virt; then systemd-detect-virt || true
  fi
  for name in sys_vendor product_name; do
    [ ! -r /sys/class/dmi/id/$name ] || cat /sys/class/dmi/id/$name
  done
  return 0
}

packages() {
  if have dpkg-query; then limited 10 dpkg-query -W -f '${db:Status-Status}\t${Package}\t${Version}\n' | sed -n 's/^installed	//p'
  elif have rpm; then limited 15 rpm -qa --qf '%{NAME}\t%{VERSION}-%{RELEASE}\n'
  elif have apk; then limited 10 apk info -v | sed 's/-\([0-9]\)/	\1/'
  fi | grep -E '^(postgres|pg|barman|python3-barman|python3-psycopg|edb|ppas|patroni|repmgr|bdr|timescaledb|postgis|citus|etcd|haproxy|keepalived|libpq|libicu|libssl|openssl|libc6|glibc|tzdata)' |
    sort | head -n 200
}

# The server process, when its directory can be read (as the same user).
POSTMASTER=''
find_postmaster() {
  directory=$(data_paths | sed -n 's/^data_directory	//p' | head -n 1)
  [ -n "$directory" ] && [ -r "$directory/postmaster.pid" ] || return 0
  POSTMASTER=$(head -n 1 "$directory/postmaster.pid")
  case $POSTMASTER in '' | *[!0-9]*) POSTMASTER='' ;; esac
  [ -z "$POSTMASTER" ] || [ -d "/proc/$POSTMASTER" ] || POSTMASTER=''
}
postmaster() {
  [ -n "$POSTMASTER" ] || return 0
  printf 'oom_score_adj\t%s\n' "$(cat "/proc/$POSTMASTER/oom_score_adj")"
  awk 'NR > 1 { name = substr($0, 1, 25); sub(/ +$/, "", name); split(substr($0, 27), part, " "); print name "\t" part[1] }' "/proc/$POSTMASTER/limits"
}

collect_host() {
  if [ "$LOCAL" = no ]; then
    planned | awk -F '|' -v OFS='\t' '$4 == "host" { print $1, "", "skipped", "remote", "false" }' >>"$STATE/status"
    return 0
  fi
  find_postmaster
  keep host.os_release host/os-release.txt os_release
  keep host.uname host/uname.tsv uname_facts
  keep host.kernel host/kernel.tsv kernel_values
  keep host.cpu host/cpu.tsv cpu_facts
  keep host.meminfo host/meminfo.txt meminfo
  keep host.swaps host/swaps.txt swaps
  keep host.cgroup host/cgroup.tsv cgroup_limits
  keep host.pressure host/pressure.tsv pressure
  keep host.df host/df.txt df_space
  keep host.df_inodes host/df-inodes.txt df_inodes
  keep host.data_fs host/data_fs.tsv data_mounts
  keep host.mounts host/mounts.tsv mounts
  keep host.block host/block.tsv block_devices
  keep host.oom host/oom.tsv oom_kills
  keep host.time host/time.txt clock
  keep host.virtualisation host/virtualisation.txt virtualisation
  keep host.packages host/packages.tsv packages
  keep host.postmaster host/postmaster.tsv postmaster
}
