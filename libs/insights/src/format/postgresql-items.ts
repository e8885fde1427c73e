import { opt, req } from './columns';
import { item } from './item';
import { ndjson } from './shapes';

const { text, integer, boolean, texts } = opt;
const number = opt.number;
const pg = <C extends Parameters<typeof item>[3]>(name: string, about: string, columns: C) =>
  item(`pg.${name}`, `postgresql/${name}.ndjson`, about, columns, ndjson);
const db = <C extends Parameters<typeof item>[3]>(name: string, about: string, columns: C) =>
  item(`db.${name}`, `postgresql/db/<oid>/${name}.ndjson`, about, columns, ndjson);

/** Items of one PostgreSQL instance, then those of each database. Ages and sizes: transactions, seconds, bytes. */
export const postgresqlItems = {
  instance: pg('instance', 'Version, control data, role and its rights. One row.', {
    server_version_num: req.integer,
    server_version: text,
    flavour: text,
    system_identifier: text,
    data_page_checksum_version: integer,
    in_recovery: boolean,
    port: integer,
    data_directory: text,
    role: text,
    login_is_superuser: boolean,
    sees_all_stats: boolean,
  }),
  settings: pg('settings', 'Settings as a new session gets them (reset_val); texts only by an allow-list.', {
    name: req.text,
    vartype: text,
    unit: text,
    context: text,
    source: text,
    sourcefile: text,
    pending_restart: boolean,
    setting: text,
    boot_val: text,
    withheld: boolean,
    is_set: boolean,
  }),
  commands: pg('commands', 'Facts about commands in settings (set, program, does nothing), never their text.', {
    name: req.text,
    is_set: boolean,
    program: text,
    is_noop: boolean,
  }),
  fileSettings: pg('file_settings', 'Errors in the configuration files: names and messages, no values.', {
    sourcefile: text,
    sourceline: integer,
    name: text,
    error: text,
  }),
  hbaRules: pg('hba_rules', 'Rules of pg_hba.conf, secrets cut out in the server.', {
    line_number: integer,
    type: text,
    database: texts,
    user_name: texts,
    address: text,
    netmask: text,
    auth_method: text,
    error: text,
  }),
  passwordKinds: pg('password_kinds', 'How many roles have which kind of stored password.', {
    kind: req.text,
    rolcanlogin: boolean,
    rolsuper: boolean,
    roles: req.integer,
  }),
  roles: pg('roles', 'Roles counted by their attributes.', {
    rolcanlogin: boolean,
    rolsuper: boolean,
    rolreplication: boolean,
    roles: req.integer,
  }),
  ssl: pg('ssl', 'Connections with and without TLS.', { tls: boolean, connections: integer }),
  connections: pg('connections', 'Client connections against the limits. One row.', {
    client_backends: req.integer,
    max_connections: req.integer,
    superuser_reserved_connections: req.integer,
    reserved_connections: integer,
    started_last_60s: integer,
    waiting_locks: integer,
  }),
  activityCounts: pg('activity_counts', 'Sessions counted by type, state and wait, with their oldest ages.', {
    backend_type: text,
    state: text,
    wait_event_type: text,
    sessions: req.integer,
    oldest_xact_age_s: number,
    oldest_state_age_s: number,
    oldest_xmin_age: integer,
  }),
  databases: pg('databases', 'Databases with their ages, size and checksum failures.', {
    oid: req.text,
    datname: req.text,
    datconnlimit: integer,
    xid_age: req.integer,
    mxid_age: req.integer,
    bytes: integer,
    checksum_failures: integer,
  }),
  preparedXacts: pg('prepared_xacts', 'Prepared transactions and their age.', {
    database: text,
    age_s: req.number,
    xid_age: integer,
  }),
  archiver: pg('archiver', 'Archiver statistics and waiting WAL files. One row.', {
    archived_count: integer,
    failed_count: integer,
    last_archived_age_s: number,
    last_failed_age_s: number,
    ready_files: integer,
  }),
  walDir: pg('wal_dir', 'Size of the WAL directory. One row.', { files: integer, bytes: req.integer }),
  slots: pg('slots', 'Replication slots and the WAL they keep.', {
    slot_name: req.text,
    slot_type: text,
    active: req.boolean,
    temporary: boolean,
    retained_bytes: integer,
    wal_status: text,
    xmin_age: integer,
    catalog_xmin_age: integer,
  }),
  replication: pg('replication', 'Standbys and other WAL receivers connected to this server.', {
    application_name: text,
    state: text,
    sync_state: text,
    replay_lsn: text,
    replay_lag_bytes: integer,
    replay_lag_s: number,
  }),
  walReceiver: pg('wal_receiver', 'The receiver of a standby and whether replay is paused. One row on a standby.', {
    status: text,
    replay_paused: boolean,
    receive_lag_bytes: integer,
  }),
  bgwriter: pg('bgwriter', 'Checkpoints, timed and requested (before version 17). One row.', {
    checkpoints_timed: integer,
    checkpoints_req: integer,
  }),
  checkpointer: pg('checkpointer', 'Checkpoints, timed and requested (from version 17). One row.', {
    num_timed: integer,
    num_requested: integer,
  }),
  extensions: db('extensions', 'Installed extensions and the version that the packages offer.', {
    name: req.text,
    version: text,
    default_version: text,
  }),
  relationTotals: db('relation_totals', 'Totals over all relations of a database. One row.', {
    tables: integer,
    indexes: integer,
    autovacuum_disabled: integer,
  }),
  tablesTop: db('tables_top', 'The 200 largest tables with their vacuum state.', {
    table: req.text,
    bytes: integer,
    live_rows: number,
    dead_rows: number,
    last_autovacuum_age_s: number,
  }),
  indexesAttention: db('indexes_attention', 'Indexes that are invalid, duplicate or unused.', {
    issue: req.text,
    index: req.text,
    table: text,
    bytes: integer,
    stats_age_s: number,
  }),
  fkWithoutIndex: db('fk_without_index', 'Foreign keys whose columns no index covers.', {
    constraint: req.text,
    table: req.text,
    bytes: integer,
  }),
  sequencesAttention: db('sequences_attention', 'Sequences that are more than half used up.', {
    sequence: req.text,
    used_percent: req.number,
    cycles: boolean,
  }),
  publicSchemaAcl: db('public_schema_acl', 'Whether PUBLIC may create objects in the schema public. One row.', {
    public_can_create: req.boolean,
  }),
  subscriptions: db('subscriptions', 'Logical subscriptions, without connection strings.', {
    name: req.text,
    enabled: boolean,
    worker_running: boolean,
  }),
  pgdRaft: pg('pgd_raft', 'bdr.monitor_group_raft().', { node_group_name: text, status: req.text, message: text }),
  pgdVersions: pg('pgd_versions', 'bdr.monitor_group_versions().', { node_group_name: text, status: req.text, message: text }),
  pgdSlots: pg('pgd_slots', 'bdr.monitor_local_replslots().', { node_group_name: text, status: req.text, message: text }),
} as const;
