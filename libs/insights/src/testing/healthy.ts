import type { Json } from '../format/columns';

export type RowInput = Readonly<Record<string, Json>>;

/** A server on which every test passes; made by hand, shaped like the collector's output. */
export const TAKEN_AT = '2026-11-20T01:02:12.000Z';
const EPOCH = Date.parse(TAKEN_AT) / 1000;
const GiB = 1024 ** 3;

/** Values of a new row of an item; a fixture names only what matters to it. */
export const rowDefaults: Readonly<Record<string, RowInput>> = {
  'pg.instance': {
    server_version_num: 170012,
    server_version: '17.12',
    flavour: 'postgresql',
    system_identifier: '7710757637517551498',
    data_page_checksum_version: 1,
    in_recovery: false,
    port: 5432,
    data_directory: '/var/lib/postgresql/17/main',
    role: 'ins_collector',
    login_is_superuser: false,
    sees_all_stats: true,
  },
  'pg.commands': { name: 'archive_command', is_set: true, program: 'barman-wal-archive', is_noop: false },
  'pg.file_settings': { sourcefile: 'postgresql.conf', sourceline: 12, name: 'work_mem', error: null },
  'pg.hba_rules': { line_number: 97, type: 'host', database: ['all'], user_name: ['all'], address: '10.0.0.0', netmask: '255.0.0.0', auth_method: 'scram-sha-256', error: null },
  'pg.password_kinds': { kind: 'scram-sha-256', rolcanlogin: true, rolsuper: false, roles: 5 },
  'pg.roles': { rolcanlogin: true, rolsuper: true, rolreplication: true, roles: 1 },
  'pg.ssl': { tls: true, connections: 20 },
  'pg.connections': { client_backends: 10, max_connections: 103, superuser_reserved_connections: 3, reserved_connections: 0, started_last_60s: 1, waiting_locks: 0 },
  'pg.activity_counts': { backend_type: 'client backend', state: 'active', wait_event_type: null, sessions: 4, oldest_xact_age_s: 2, oldest_state_age_s: 2, oldest_xmin_age: 1000 },
  'pg.databases': { oid: '16384', datname: 'orders', datconnlimit: -1, xid_age: 50_000_000, mxid_age: 1000, bytes: 5_000_000_000, checksum_failures: 0 },
  'pg.prepared_xacts': { database: 'orders', age_s: 10, xid_age: 100 },
  'pg.archiver': { archived_count: 100, failed_count: 21, last_archived_age_s: 120, last_failed_age_s: 900_000, ready_files: 0 },
  'pg.wal_dir': { files: 64, bytes: GiB },
  'pg.slots': { slot_name: 'standby_1', slot_type: 'physical', active: true, temporary: false, retained_bytes: 1000, wal_status: 'reserved', xmin_age: null, catalog_xmin_age: null },
  'pg.replication': { application_name: 'standby_1', state: 'streaming', sync_state: 'async', replay_lsn: '0/3000148', replay_lag_bytes: 1000, replay_lag_s: 0.1 },
  'pg.wal_receiver': { status: 'streaming', replay_paused: false, receive_lag_bytes: 0 },
  'pg.bgwriter': { checkpoints_timed: 500, checkpoints_req: 10 },
  'pg.checkpointer': { num_timed: 500, num_requested: 10 },
  'db.extensions': { name: 'plpgsql', version: '1.0', default_version: '1.0' },
  'db.relation_totals': { tables: 40, indexes: 90, autovacuum_disabled: 0 },
  'db.tables_top': { table: 'public.items', bytes: 1_000_000, live_rows: 500_000, dead_rows: 1_000, last_autovacuum_age_s: 100 },
  'db.indexes_attention': { issue: 'invalid', index: 'public.items_idx', table: 'public.items', bytes: 8192, stats_age_s: 100 },
  'db.fk_without_index': { constraint: 'items_order_fk', table: 'public.items', bytes: 8192 },
  'db.sequences_attention': { sequence: 'public.items_id_seq', used_percent: 60, cycles: false },
  'db.public_schema_acl': { public_can_create: false },
  'db.subscriptions': { name: 'from_erp', enabled: true, worker_running: true },
  'pg.pgd_raft': { node_group_name: 'group1', status: 'OK', message: '' },
  'pg.pgd_versions': { node_group_name: 'group1', status: 'OK', message: '' },
  'pg.pgd_slots': { node_group_name: 'group1', status: 'OK', message: '' },
  'host.df': { device: '/dev/sda1', total: 100_000, used: 50_000, available: 50_000, used_percent: 50, mount: '/' },
  'host.df_inodes': { device: '/dev/sda1', total: 100_000, used: 5_000, available: 95_000, used_percent: 5, mount: '/' },
  'barman.check': { server: 'orders', check: 'postgresql', status: 'OK', hint: '' },
  'barman.list_backups': { server: 'orders', backup_id: '20261119T010000', status: 'DONE', end_time: EPOCH - 86_400, size_bytes: 44_551_156 },
  'barman.show_servers': { server: 'orders', key: 'retention_policy', value: 'RECOVERY WINDOW OF 4 WEEKS' },
  'tungsten.trepctl': { host: 'db1', service: 'alpha', state: 'ONLINE', applied_latency_s: 0.5 },
  'tungsten.cctrl': { host: 'db1', service: null, policy: 'AUTOMATIC' },
  'tungsten.tpm_diff': { host: 'db1', file: '/opt/continuent/my.cnf' },
};

/** Items that a healthy server has no rows in. */
export const empty: readonly string[] = [
  'pg.file_settings',
  'pg.prepared_xacts',
  'pg.wal_receiver',
  'db.indexes_attention',
  'db.fk_without_index',
  'db.sequences_attention',
  'db.subscriptions',
  'tungsten.tpm_diff',
  'pg.role_settings',
  'pg.lock_counts',
  'pg.log_dir',
  'pg.tablespaces',
  'pg.wal',
  'pg.slru',
  'pg.io',
  'pg.pgd_nodes',
  'db.foreign_servers',
  'db.freeze_top',
  'barman.status',
];

/** Settings: value, or value and unit. */
export const settings: Readonly<Record<string, string | readonly [string, string]>> = {
  autovacuum: 'on',
  track_counts: 'on',
  vacuum_failsafe_age: '1600000000',
  vacuum_multixact_failsafe_age: '1600000000',
  autovacuum_freeze_max_age: '200000000',
  autovacuum_multixact_freeze_max_age: '400000000',
  max_connections: '103',
  shared_buffers: ['524288', '8kB'],
  work_mem: ['4096', 'kB'],
  hash_mem_multiplier: '2',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  archive_mode: 'on',
  max_wal_size: ['1024', 'MB'],
  max_slot_wal_keep_size: ['4096', 'MB'],
  synchronous_standby_names: '',
  ssl: 'on',
  listen_addresses: '*',
  log_checkpoints: 'on',
  log_lock_waits: 'on',
};

/** Files of keys and values. Memory 16 GiB: shared_buffers above is a quarter of it. */
export const keyValues: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'host.os_release': { ID: 'debian', VERSION_ID: '13' },
  'host.kernel': {
    '/sys/kernel/mm/transparent_hugepage/enabled': 'always [madvise] never',
    'vm.swappiness': '10',
    'vm.overcommit_memory': '2',
    'vm.nr_hugepages': '0',
    'vm.zone_reclaim_mode': '0',
  },
  'host.meminfo': { MemTotal: `${16 * 1024 * 1024} kB` },
  'host.cgroup': { 'memory.max': 'max' },
  'host.data_fs': { data: '/', wal: '/' },
  'host.oom': { oom_kill: '0' },
  'host.time': { NTPSynchronized: 'yes' },
  'host.packages': {},
  'host.uname': {},
  'host.cpu': {},
  'host.pressure': {},
  'host.mounts': {},
  'host.block': {},
  'host.postmaster': {},
};

/** Rows that are not plain defaults. */
export const rows: Readonly<Record<string, readonly RowInput[]>> = {
  'host.virtualisation': [{ text: 'kvm' }],
  'host.swaps': [{ text: 'Filename Type Size Used Priority' }],
  'barman.version': [{ text: '3.17.0' }],
  'barman.list_servers': [{ text: 'orders' }],
  'barman.show_servers': [
    { server: 'orders', key: 'retention_policy', value: 'RECOVERY WINDOW OF 4 WEEKS' },
    { server: 'orders', key: 'minimum_redundancy', value: '1' },
    { server: 'orders', key: 'systemid', value: '7710757637517551498' },
  ],
};
