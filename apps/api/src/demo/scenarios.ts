import type { Severity } from '@casebook/ticketing/contract';

/** One believable problem, told from both sides. Hosts, names and figures are invented. */
export interface Scenario {
  readonly subject: string;
  readonly severity: Severity;
  readonly products: readonly { readonly id: string; readonly version?: string }[];
  readonly hosts: readonly { readonly name: string; readonly role: string }[];
  readonly description: string;
  readonly impact: string;
  /** What the engineer asks or says first, and what the customer answers. */
  readonly ask: string;
  readonly answer: string;
  readonly note: string;
  readonly conditions: string;
  readonly workaround: string;
  readonly rootCause: string;
  readonly steps: string;
}

const log = (text: string) => `\n\n\`\`\`log\n${text}\n\`\`\`\n`;
const sql = (text: string) => `\n\n\`\`\`sql\n${text}\n\`\`\`\n`;
const sh = (text: string) => `\n\n\`\`\`shell\n${text}\n\`\`\`\n`;

export const SCENARIOS: readonly Scenario[] = [
  {
    subject: 'Standby stopped replaying: requested WAL segment has already been removed',
    severity: 'S2',
    products: [
      { id: 'postgresql', version: '16.13' },
      { id: 'barman', version: '3.16' },
    ],
    hosts: [
      { name: 'pg-ams-1', role: 'primary' },
      { name: 'pg-par-2', role: 'standby' },
    ],
    description: `After the network maintenance between the two sites the standby \`pg-par-2\` does not come back. \`pg_stat_replication\` on the primary has no row for it.${log('2026-11-20 00:41:12.331 UTC [40718] FATAL:  could not receive data from WAL stream: ERROR:  requested WAL segment 00000003000002A70000005C has already been removed')}Reporting reads data from yesterday evening.`,
    impact: 'Reports are a day old, and there is nothing to fail over to.',
    ask: `Thank you. Please show us the slots on the primary:${sql('SELECT slot_name, active, wal_status, restart_lsn FROM pg_replication_slots;')}and say whether \`restore_command\` is set on the standby.`,
    answer: 'The slot `par2` has `wal_status = lost`. `restore_command` is empty.',
    note: 'Slot lost in a link outage, archive complete. Catch-up ran at about 55 MB/s last time, so roughly an hour for 184 GB.',
    conditions:
      'pg-par-2 has replayed nothing since 22:10 CET and is 184 GB behind. The primary is healthy, its disk 41 % full. The archive is complete from 2A7/5C on.',
    workaround: `Catch up from the archive, then stream again. No restart is needed.${sql("-- on the standby\nALTER SYSTEM SET restore_command = 'barman-wal-restore -U barman barman01 main %f %p';\nSELECT pg_reload_conf();")}Undo: reset the setting and reload.`,
    rootCause:
      '`max_slot_wal_keep_size` (64 GB) was smaller than the WAL of the outage, so a checkpoint removed segments that the slot still needed, and the standby had no second source.',
    steps:
      'Set `restore_command` on every standby; raise `max_slot_wal_keep_size` to 200 GB; alert on `wal_status <> reserved`.',
  },
  {
    subject: 'PANIC: could not locate a valid checkpoint record after power failure',
    severity: 'S1',
    products: [{ id: 'postgresql', version: '15.18' }],
    hosts: [
      { name: 'db-prod-1', role: 'primary' },
      { name: 'db-prod-2', role: 'standby' },
    ],
    description: `The primary does not start after a power failure in the rack.${log('LOG:  database system was interrupted; last known up at 2026-11-19 03:12:40 UTC\nLOG:  invalid primary checkpoint record\nPANIC:  could not locate a valid checkpoint record\nLOG:  startup process (PID 2214) was terminated by signal 6: Aborted')}The storage controller reports a failed battery.`,
    impact: 'The shop is down. Orders are refused.',
    ask: 'Do **not** run `pg_resetwal`. Is the standby up, and what does `SELECT pg_last_wal_replay_lsn(), pg_is_in_recovery();` say there?',
    answer: 'The standby is up, in recovery, last replay `5A/9F000148`. It was streaming until the power went.',
    note: 'Write cache without battery. Same controller as in spring. Promote first, discuss hardware later.',
    conditions:
      'The primary cannot start: its checkpoint record is gone. The standby is consistent up to the last second before the failure. No data is known to be lost.',
    workaround: `Promote the standby and point the application at it.${sh('pg_ctl promote -D /var/lib/postgresql/15/main\npsql -c "SELECT pg_is_in_recovery();"')}The old primary must stay off the network until it is rebuilt.`,
    rootCause: 'The controller acknowledged writes from a cache whose battery had failed, so synced WAL was lost.',
    steps:
      'Disable the write cache or replace the battery; rebuild the old primary with pg_basebackup; check `fsync` truth with diskchecker on all hosts.',
  },
  {
    subject: 'database is not accepting commands to avoid wraparound data loss in "events"',
    severity: 'S1',
    products: [{ id: 'postgresql', version: '14.23' }],
    hosts: [{ name: 'evt-db-1', role: 'primary' }],
    description: `All writes fail since 04:10.${log('ERROR:  database is not accepting commands to avoid wraparound data loss in database "events"\nHINT:  Stop the postmaster and vacuum that database in single-user mode.')}Autovacuum has been running on one table for nine days.`,
    impact: 'No events are stored; devices buffer for about four hours.',
    ask: `Single-user mode is not needed. Please send${sql('SELECT datname, age(datfrozenxid) FROM pg_database ORDER BY 2 DESC;\nSELECT pid, state, xact_start, backend_xmin FROM pg_stat_activity WHERE backend_xmin IS NOT NULL ORDER BY age(backend_xmin) DESC LIMIT 5;\nSELECT * FROM pg_prepared_xacts;')}`,
    answer: 'There is a prepared transaction from 41 days ago, `age = 2146483647`.',
    note: 'Prepared transaction of a migration tool. Ask before rolling back: they may want to commit it.',
    conditions:
      'Writes are refused. A prepared transaction, 41 days old, holds the horizon. Reads work. Devices buffer until about 08:30.',
    workaround: `Finish the prepared transaction, then vacuum the oldest tables only.${sql("ROLLBACK PREPARED 'migr_20261009_1';\nVACUUM (FREEZE, VERBOSE, INDEX_CLEANUP OFF) measurements;")}`,
    rootCause: 'A deployment tool left a prepared transaction behind, so autovacuum could freeze nothing.',
    steps: 'Set `max_prepared_transactions = 0` where it is not used; alert at `age(datfrozenxid) > 500 million`.',
  },
  {
    subject: 'Barman: WAL archiving failing, 1,204 files waiting in archive_status',
    severity: 'S2',
    products: [
      { id: 'barman', version: '3.15' },
      { id: 'postgresql', version: '16.13' },
    ],
    hosts: [
      { name: 'pg-main', role: 'primary' },
      { name: 'barman01', role: 'backup' },
    ],
    description: `\`barman check main\` fails on "WAL archive" since last night.${log('barman.wal_archiver ERROR: ssh: connect to host barman01 port 22: No route to host\nLOG:  archive command failed with exit code 255')}`,
    impact: 'No point in time recovery since 23:40. The WAL volume grows by 4 GB an hour.',
    ask: 'Is the host key of barman01 unchanged, and does `sudo -u postgres ssh barman@barman01 true` work from pg-main?',
    answer: 'It says: Host key verification failed. The machine was reinstalled yesterday.',
    note: 'Reinstalled without telling us. Check that the archive directory was kept.',
    conditions:
      'Archiving is stopped since 23:40, 1,204 segments wait. The WAL volume has 61 GB left, enough for about 15 hours.',
    workaround: `Accept the new host key after comparing its fingerprint, then watch the queue shrink.${sh('sudo -u postgres ssh-keygen -R barman01\nsudo -u postgres ssh barman@barman01 true\nls pg_wal/archive_status | grep -c ready')}`,
    rootCause: 'The backup host got new ssh host keys when it was reinstalled.',
    steps:
      'Manage host keys centrally; alert when `pg_stat_archiver.last_failed_time` is newer than `last_archived_time`.',
  },
  {
    subject: 'FATAL: sorry, too many clients already, every weekday at 09:00',
    severity: 'S2',
    products: [
      { id: 'postgresql', version: '17.8' },
      { id: 'pgbouncer', version: '1.24' },
    ],
    hosts: [{ name: 'crm-db', role: 'primary' }],
    description: `For ten minutes each morning logins fail.${log('FATAL:  sorry, too many clients already')}\`max_connections\` is 400. We have six application servers with pools of 80.`,
    impact: 'Agents cannot log in between 09:00 and 09:10.',
    ask: 'Six times 80 is 480. Are the pools in front of PgBouncer or beside it, and which `pool_mode` is set?',
    answer: 'Beside it: two of the servers connect directly. The others use `session` mode.',
    note: 'Classic. Transaction mode needs prepared statement support, which 1.24 has.',
    conditions: 'Connections peak at 400 of 400 between 09:00 and 09:10. The server itself idles at 30 % CPU.',
    workaround: 'Point the two servers at PgBouncer and set `default_pool_size = 60`. Reload, no restart.',
    rootCause: 'The sum of all pools exceeds `max_connections`, and two servers went around the pooler.',
    steps: 'Transaction pooling with `max_prepared_statements = 200`; direct connections for administrators only.',
  },
  {
    subject: 'Replication slot holds 312 GB after the Debezium connector stopped',
    severity: 'S2',
    products: [{ id: 'postgresql', version: '16.12' }],
    hosts: [{ name: 'orders-1', role: 'primary' }],
    description: `\`pg_wal\` has 312 GB and grows.${sql('SELECT slot_name, active, pg_size_pretty(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)) FROM pg_replication_slots;\n-- debezium_orders | f | 312 GB')}`,
    impact: 'The disk is full in about five hours.',
    ask: 'Can the connector be started again today, or may the slot be dropped and the connector take a new snapshot?',
    answer: 'The team that owned it is gone. A new snapshot is fine.',
    note: 'Nobody owns that connector. Suggest max_slot_wal_keep_size, as in the ticket of last month.',
    conditions:
      'An inactive logical slot keeps 312 GB of WAL. 58 GB are free, growing 11 GB an hour. Service is not affected yet.',
    workaround: `Drop the slot; the next checkpoint frees the space.${sql("SELECT pg_drop_replication_slot('debezium_orders');\nCHECKPOINT;")}The connector needs a new snapshot afterwards.`,
    rootCause: 'A logical slot without a consumer keeps WAL for ever.',
    steps: 'Set `max_slot_wal_keep_size = 100GB`; alert on inactive slots older than an hour.',
  },
  {
    subject: 'Patroni: two nodes claim the leader lock after etcd lost quorum',
    severity: 'S1',
    products: [
      { id: 'patroni', version: '4.0' },
      { id: 'postgresql', version: '16.13' },
    ],
    hosts: [
      { name: 'pat-1', role: 'leader' },
      { name: 'pat-2', role: 'replica' },
      { name: 'pat-3', role: 'replica' },
    ],
    description: `After a switch failure \`patronictl list\` shows two leaders.${log('pat-1 | Leader | running | TL 12\npat-2 | Leader | running | TL 13')}The watchdog is not configured.`,
    impact: 'Two primaries take writes. Some orders are on one side only.',
    ask: "Stop the application's writes now, please. Then send `patronictl history` and the last 200 lines of both Patroni logs.",
    answer: 'Writes are stopped. pat-1 took 212 transactions after the split.',
    note: 'Compare the 212 transactions before pg_rewind throws them away.',
    conditions:
      'Split brain since 11:42. Writes are stopped. 212 transactions exist on pat-1 alone; timeline 13 on pat-2 is the survivor.',
    workaround:
      'Fence pat-1 (stop Patroni and PostgreSQL), go on with pat-2. Export the 212 transactions with pg_waldump and logical decoding before pat-1 is rewound.',
    rootCause: 'pat-1 could not reach etcd, and `failsafe_mode` kept it leader without a watchdog to fence it.',
    steps: 'Configure the watchdog on all nodes; place the third etcd member in another rack; rehearse the failure.',
  },
  {
    subject: 'autovacuum cannot keep up on events_2026_11: 412 million dead tuples',
    severity: 'S3',
    products: [{ id: 'postgresql', version: '15.18' }],
    hosts: [{ name: 'evt-db-2', role: 'primary' }],
    description: `The table grows to three times its data.${sql("SELECT n_live_tup, n_dead_tup, last_autovacuum FROM pg_stat_user_tables WHERE relname = 'events_2026_11';\n-- 131000000 | 412000000 | 2026-11-08")}`,
    impact: 'Queries of the last day take minutes instead of seconds.',
    ask: 'What are `autovacuum_vacuum_cost_limit`, `autovacuum_max_workers` and `maintenance_work_mem`?',
    answer: 'All defaults: 200, 3, 64 MB.',
    note: 'Defaults on a machine with NVMe. Offer the tuning article.',
    conditions: '412 million dead tuples on one partition; autovacuum runs, throttled to about 4 MB/s.',
    workaround: `Lift the throttle for this table and vacuum once by hand.${sql('ALTER TABLE events_2026_11 SET (autovacuum_vacuum_cost_limit = 4000);\nVACUUM (VERBOSE, PARALLEL 4) events_2026_11;')}`,
    rootCause: 'Vacuum was throttled for disks of fifteen years ago.',
    steps: '`autovacuum_vacuum_cost_limit = 2000`, `maintenance_work_mem = 1GB`; partitions by day.',
  },
  {
    subject: 'Planner picks a nested loop after ANALYZE: 1 row estimated, 184,203 found',
    severity: 'S3',
    products: [{ id: 'postgresql', version: '17.8' }],
    hosts: [{ name: 'bi-db', role: 'replica' }],
    description: `The monthly report went from 40 s to over an hour.${log('Nested Loop  (cost=0.86..16.93 rows=1 width=64) (actual rows=184203 loops=1)\n  ->  Index Scan using orders_country_state_idx on orders (rows=1) (actual rows=184203)')}`,
    impact: 'The monthly report misses its window.',
    ask: 'Are `country` and `state` correlated in your data? Please send `SELECT * FROM pg_stats_ext;`.',
    answer: 'Yes, a state belongs to one country. There are no extended statistics.',
    note: 'Functional dependency. Easy one.',
    conditions: 'The planner multiplies two selectivities that depend on each other.',
    workaround: "For today: `SET enable_nestloop = off` in the report's session.",
    rootCause: 'Two correlated columns without extended statistics.',
    steps: 'CREATE STATISTICS orders_geo (dependencies, mcv) ON country, state FROM orders; ANALYZE orders;',
  },
  {
    subject: 'could not resize shared memory segment in a container: No space left on device',
    severity: 'S3',
    products: [{ id: 'postgresql', version: '16.13' }],
    hosts: [{ name: 'k8s-pg-0', role: 'primary' }],
    description: `Parallel queries fail now and then.${log('ERROR:  could not resize shared memory segment "/PostgreSQL.1804289383" to 67108864 bytes: No space left on device')}`,
    impact: 'About one in fifty reports fails and is repeated.',
    ask: 'How large is `/dev/shm` in the container (`df -h /dev/shm`)?',
    answer: '64 MB, the default.',
    note: 'Docker default. Point to the container page of the docs.',
    conditions: '`/dev/shm` has 64 MB; a parallel hash join needs more.',
    workaround: 'Set `max_parallel_workers_per_gather = 0` until the container is changed.',
    rootCause: 'The container runtime gives 64 MB of shared memory by default.',
    steps: 'Mount an emptyDir with medium Memory and 2 GB at /dev/shm.',
  },
  {
    subject: 'How large should max_wal_size be for 40 GB of WAL an hour?',
    severity: 'S4',
    products: [{ id: 'postgresql', version: '17.8' }],
    hosts: [{ name: 'load-db', role: 'primary' }],
    description: 'During the nightly load we see "checkpoints are occurring too frequently". What do you recommend?',
    impact: 'None, a question.',
    ask: 'With `checkpoint_timeout = 15min` about 10 GB of WAL fall between checkpoints. Start with `max_wal_size = 20GB` and watch `checkpoints_req` stay near zero.',
    answer: 'Thank you. Does that make crash recovery slower?',
    note: 'Recovery rate on their disks was about 300 MB/s.',
    conditions: 'A question.',
    workaround: 'None needed.',
    rootCause: 'A question: recovery replays at most what lies between two checkpoints, here about a minute.',
    steps: '`max_wal_size = 20GB`, `checkpoint_completion_target = 0.9`, `wal_compression = lz4`.',
  },
  {
    subject: 'Replicator OFFLINE:ERROR on db4 after a schema change',
    severity: 'S3',
    products: [{ id: 'tungsten', version: '7.1' }],
    hosts: [{ name: 'db4', role: 'slave' }],
    description: `\`trepctl status\` shows the replicator offline since the release.${log('pendingError: Event application failed: seqno=1184022 fragno=0 message=java.sql.SQLException: Unknown column "promo_code"')}`,
    impact: 'One of three replicas is behind.',
    ask: 'Was the column added on the replica by hand? Please send `trepctl -service alpha status` and the schema of that table on both sides.',
    answer: 'The migration ran on the master with `sql_log_bin=0` by mistake.',
    note: 'Second time this quarter. Mention it to the account owner.',
    conditions: 'db4 stops at seqno 1184022; db2 and db3 follow.',
    workaround: 'Add the column on db4, then `trepctl -service alpha online`.',
    rootCause: 'The migration was not logged, so replicas never saw it.',
    steps: 'Run migrations without switching the log off; compare schemas nightly.',
  },
  {
    subject: 'deadlock detected between order_lock jobs since release 4.12',
    severity: 'S3',
    products: [{ id: 'postgresql', version: '16.13' }],
    hosts: [{ name: 'shop-1', role: 'primary' }],
    description: `About thirty deadlocks an hour.${log('ERROR:  deadlock detected\nDETAIL:  Process 8121 waits for ShareLock on transaction 91822; blocked by process 8134.\nProcess 8134 waits for ShareLock on transaction 91820; blocked by process 8121.')}`,
    impact: 'Jobs are repeated; some customers wait a minute longer.',
    ask: 'Do both jobs update the same orders in different order? An `ORDER BY id FOR UPDATE` would show it.',
    answer: 'Yes: one goes by id, the other by priority.',
    note: 'Application bug, they know.',
    conditions: 'Two jobs lock the same rows in opposite order.',
    workaround: 'Run one of the jobs at a time.',
    rootCause: 'Rows are locked in two different orders.',
    steps: 'Lock in one order (`ORDER BY id FOR UPDATE`), or use SKIP LOCKED.',
  },
  {
    subject: 'pg_upgrade --link with standbys: in which order do we rsync?',
    severity: 'S4',
    products: [
      { id: 'pg-upgrade', version: '17' },
      { id: 'postgresql', version: '17.8' },
    ],
    hosts: [
      { name: 'pg-a', role: 'primary' },
      { name: 'pg-b', role: 'standby' },
    ],
    description: 'We plan to go from 14 to 17 with `--link` on a primary with two standbys, without copying 3 TB.',
    impact: 'Planning.',
    ask: 'Stop the primary cleanly, compare `pg_controldata` of all three (equal checkpoint), upgrade the primary with `--link`, then rsync with `--hard-links --size-only` to the stopped standbys, before the primary starts.',
    answer: 'Clear. And the tablespaces?',
    note: 'Sent them our runbook.',
    conditions: 'Planning.',
    workaround: 'None needed.',
    rootCause: 'A question about order.',
    steps: 'Old and new data directory and each tablespace in one rsync each, standbys stopped, primary started last.',
  },
  {
    subject: 'pg_restore stops: could not extend file "base/16401/24817": No space left on device',
    severity: 'S3',
    products: [{ id: 'postgresql', version: '15.18' }],
    hosts: [{ name: 'stage-1', role: 'test' }],
    description: `Restoring production into staging fails at 80 %.${log('pg_restore: error: could not execute query: ERROR:  could not extend file "base/16401/24817": No space left on device')}\`df\` shows 120 GB free.`,
    impact: 'The release test waits.',
    ask: 'Free inodes (`df -i`), a quota, or another tablespace? What does `SELECT pg_tablespace_location(oid), spcname FROM pg_tablespace;` say?',
    answer: 'A tablespace on the small disk. We had not seen that.',
    note: 'Fine.',
    conditions: 'The tablespace `idx` lies on a volume of 50 GB.',
    workaround: 'Restore with `--no-tablespaces`.',
    rootCause: 'Tablespaces of production do not fit into staging.',
    steps: 'Use `--no-tablespaces` in the staging pipeline.',
  },
  {
    subject: 'Subscription stopped: duplicate key value violates unique constraint "orders_pkey"',
    severity: 'S2',
    products: [{ id: 'postgresql', version: '17.8' }],
    hosts: [{ name: 'sub-1', role: 'subscriber' }],
    description: `Logical replication to the reporting cluster stopped.${log('ERROR:  duplicate key value violates unique constraint "orders_pkey"\nDETAIL:  Key (id)=(88120031) already exists.\nCONTEXT:  processing remote data for replication origin "pg_16993" during INSERT')}`,
    impact: 'Reports stand still, and WAL piles up on the publisher.',
    ask: 'Was a row inserted on the subscriber? Since when, and may it be deleted?',
    answer: 'A colleague tested there on Tuesday. It may go.',
    note: 'Suggest default_transaction_read_only for the reporting role.',
    conditions: 'Apply stops at order 88120031. The publisher keeps 38 GB of WAL for it.',
    workaround: `Delete the row on the subscriber; apply goes on by itself.${sql('DELETE FROM orders WHERE id = 88120031;')}`,
    rootCause: 'A row was written on the subscriber by hand.',
    steps: 'Only the replication role may write there; `disable_on_error = true` so that it stops instead of looping.',
  },
];

/** Requests for work rather than problems (R60). */
export const TASKS: readonly { readonly subject: string; readonly description: string; readonly done: string }[] = [
  {
    subject: 'Minor upgrade 16.12 to 16.13 on four hosts, Friday window',
    description:
      'Please upgrade pg-ams-1, pg-ams-2, pg-par-1, pg-par-2. Window: Friday 22:00 to 24:00 local time, one host at a time.',
    done: 'All four hosts run 16.13; each was out of the pool for less than two minutes.',
  },
  {
    subject: 'Create a read-only role for the audit firm',
    description: 'Role `audit_2026`, SELECT on schema `ledger`, valid until 31 December, from 10.20.30.0/24 only.',
    done: 'Role and pg_hba line are there; a login from elsewhere was refused.',
  },
  {
    subject: 'Move the WAL volume of crm-db to NVMe',
    description: 'The new volume is mounted at /pgwal. A restart is fine on Sunday.',
    done: 'Moved during a restart of 40 seconds; commit latency fell from 6 ms to 0.7 ms.',
  },
  {
    subject: 'Rehearse point in time recovery to last Tuesday 14:00',
    description: 'On the spare host, from the backups as they are. We want to know how long it takes.',
    done: 'Recovered to 14:00:03 in 52 minutes; the written steps are in the attachment list.',
  },
  {
    subject: 'Set up pg_stat_statements and a weekly report',
    description: 'On the three production clusters. The ten slowest statements by total time, each Monday.',
    done: 'Extension loaded at the last restart; the first report was sent.',
  },
];
