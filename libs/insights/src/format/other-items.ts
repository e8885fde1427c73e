import { opt, req } from './columns';
import { item } from './item';
import { barmanBackups, barmanCheck, df, keyValue, ndjson, plain, tsv } from './shapes';

const pair = { key: req.text, value: opt.text };
const line = { text: req.text };
const filesystem = {
  device: opt.text,
  total: opt.integer,
  used: opt.integer,
  available: opt.integer,
  used_percent: opt.integer,
  mount: req.text,
};

/** Items of the operating system. */
export const hostItems = {
  osRelease: item('host.os_release', 'host/os-release.txt', 'Name and version of the system.', pair, keyValue),
  kernel: item('host.kernel', 'host/kernel.tsv', 'Kernel settings by path or name.', pair, tsv),
  meminfo: item('host.meminfo', 'host/meminfo.txt', '/proc/meminfo, in kB.', pair, keyValue),
  cgroup: item('host.cgroup', 'host/cgroup.tsv', 'Memory and CPU limits of the control group.', pair, tsv),
  df: item('host.df', 'host/df.txt', 'df -P -k: blocks of 1,024 bytes.', filesystem, df),
  dfInodes: item('host.df_inodes', 'host/df-inodes.txt', 'df -P -i: inodes.', filesystem, df),
  dataFs: item('host.data_fs', 'host/data_fs.tsv', 'Mount points of the data and WAL directories.', pair, tsv),
  oom: item('host.oom', 'host/oom.tsv', 'How often the kernel killed a process for lack of memory.', pair, tsv),
  time: item('host.time', 'host/time.txt', 'Whether the clock is synchronised.', pair, keyValue),
  virtualisation: item('host.virtualisation', 'host/virtualisation.txt', 'Virtual machine or container.', line, plain),
  windowsDisks: item('host.windows_disks', 'host/windows-disks.tsv', 'Disks of a Windows server.', pair, tsv),
  uname: item('host.uname', 'host/uname.tsv', 'Kernel name, release, version and machine.', pair, tsv),
  cpu: item('host.cpu', 'host/cpu.tsv', 'Model and number of processors, load average.', pair, tsv),
  swaps: item('host.swaps', 'host/swaps.txt', '/proc/swaps: swap areas.', line, plain),
  pressure: item('host.pressure', 'host/pressure.tsv', 'Pressure stall information.', pair, tsv),
  mounts: item('host.mounts', 'host/mounts.tsv', 'Mount point, then device, type and options.', pair, tsv),
  block: item(
    'host.block',
    'host/block.tsv',
    'Scheduler, rotational flag, read-ahead and size of each disk.',
    pair,
    tsv,
  ),
  postmaster: item('host.postmaster', 'host/postmaster.tsv', 'Resource limits of the server process.', pair, tsv),
  packages: item('host.packages', 'host/packages.tsv', 'Installed database packages and versions.', pair, tsv),
} as const;

/** Items of a Barman server. */
export const barmanItems = {
  version: item('barman.version', 'barman/version.txt', 'barman --version.', line, plain),
  serverList: item(
    'barman.list_servers',
    'barman/list-servers.txt',
    'Names of the servers that Barman knows.',
    line,
    plain,
  ),
  status: item(
    'barman.status',
    'barman/status.txt',
    'barman status of every server by an allow-list of lines.',
    { server: req.text, key: req.text, value: opt.text },
    ndjson,
  ),
  check: item(
    'barman.check',
    'barman/check.json',
    'barman check of every server.',
    { server: req.text, check: req.text, status: req.text, hint: opt.text },
    barmanCheck,
  ),
  backups: item(
    'barman.list_backups',
    'barman/list-backups.json',
    'Every backup that Barman lists. Times are seconds since 1970.',
    { server: req.text, backup_id: req.text, status: opt.text, end_time: opt.number, size_bytes: opt.number },
    barmanBackups,
  ),
  servers: item(
    'barman.show_servers',
    'barman/show-servers.txt',
    'Configuration of every server by an allow-list of keys.',
    { server: req.text, key: req.text, value: opt.text },
    ndjson,
  ),
} as const;

/** What a `tpm diag` zip tells about Tungsten; rows are made by the reader of such zips. */
export const tungstenItems = {
  replicators: item(
    'tungsten.trepctl',
    'tungsten/trepctl.ndjson',
    'State and latency of every replication service.',
    { host: opt.text, service: opt.text, state: req.text, applied_latency_s: opt.number },
    ndjson,
  ),
  clusters: item(
    'tungsten.cctrl',
    'tungsten/cctrl.ndjson',
    'Policy of every cluster service.',
    { host: opt.text, service: opt.text, policy: req.text },
    ndjson,
  ),
  drift: item(
    'tungsten.tpm_diff',
    'tungsten/tpm_diff.ndjson',
    'Files that were changed outside tpm.',
    { host: opt.text, file: req.text },
    ndjson,
  ),
} as const;
