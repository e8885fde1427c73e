import { manual, source, type RuleText } from './rule-text';

const wal = manual('runtime-config-wal', 'Write Ahead Log');
const archiving = manual('continuous-archiving', 'Continuous Archiving and Point-in-Time Recovery');
const slots = manual('warm-standby', 'Replication Slots');
const statistics = manual('monitoring-stats', 'The Cumulative Statistics System');

/** Durability, WAL, archive, slots, replication. */
export const safetyTexts: Readonly<Record<string, RuleText>> = {
  'pg.fsync': {
    title: 'fsync enabled',
    why: 'Without fsync a crash of the machine can leave the database beyond repair.',
    says: { pass: 'fsync is {value}.', fail: 'fsync is {value}.' },
    remedy: ['Set fsync = on, reload, run sync on the machine, then take a new base backup.'],
    sources: [wal],
  },
  'pg.full_page_writes': {
    title: 'Full page writes',
    why: 'Pages half written at a crash can only be repaired from their full images in the WAL.',
    says: { pass: 'full_page_writes is {value}.', fail: 'full_page_writes is {value}.' },
    remedy: [
      'Turn it on, unless the storage proves that it never writes half a page (some copy-on-write filesystems).',
    ],
    sources: [wal],
  },
  'pg.synchronous_commit': {
    title: 'Asynchronous commit',
    why: 'With synchronous_commit off a crash loses the last fraction of a second of confirmed transactions.',
    says: { pass: 'synchronous_commit is {value}.', fail: 'synchronous_commit is {value}.' },
    remedy: [
      'Confirm that losing the last transactions is accepted; otherwise turn it on and off only for the roles that may lose.',
    ],
    sources: [wal],
  },
  'pg.checksums.failures': {
    title: 'Checksum failures',
    why: 'A checksum failure means that a page on disk is not what was written: storage, memory or controller is faulty.',
    says: { pass: 'No checksum failure was counted.', fail: '{failures} checksum failures in {databases|list}.' },
    remedy: [
      'Stop the server and copy the data directory before anything else.',
      'Check the hardware and its logs.',
      'Restore the affected database from a backup that passes a verification.',
    ],
    sources: [manual('checksums', 'Data Checksums')],
  },
  'pg.checksums.off': {
    title: 'Data checksums',
    why: 'Without checksums damage on disk is found late or never.',
    says: { pass: 'Data checksums are on.', info: 'Data checksums are off.' },
    remedy: ['Enable them at the next outage with pg_checksums --enable, or on a standby first.'],
    sources: [manual('app-pgchecksums', 'pg_checksums')],
  },
  'pg.database.invalid': {
    title: 'Half-dropped database',
    why: 'A DROP DATABASE that was interrupted leaves a database that cannot be used but still counts for wraparound and space.',
    says: { pass: 'No database is half dropped.', fail: '{databases} databases are half dropped: {names|list}.' },
    remedy: ['Run DROP DATABASE again.'],
    sources: [manual('sql-dropdatabase', 'DROP DATABASE')],
  },
  'pg.archive.missing': {
    title: 'WAL archiving configured',
    why: 'Without archived WAL there is no recovery to a point in time, only to the last base backup.',
    says: {
      pass: 'WAL leaves this server (archive_mode {archive_mode}, receiving slots {receiving_slots|list}).',
      fail: 'archive_mode is {archive_mode}, nothing useful is configured to take the WAL, and no slot streams it to a backup server.',
    },
    remedy: [
      'Set up Barman or another backup tool with archive_command or a streaming slot.',
      'If backups are taken on a standby or by storage snapshots, note that and acknowledge this test.',
    ],
    sources: [archiving],
  },
  'pg.archive.failing': {
    title: 'WAL archiving works',
    why: 'WAL that cannot be archived is kept: the disk fills, and the backup ends before the failure.',
    says: {
      pass: 'No attempt failed since the last success; {ready_files} files wait.',
      fail: 'Archiving works again, but failed {last_failure_seconds|duration} ago.',
      fail_stuck:
        'The last attempt failed {last_failure_seconds|duration} ago and none succeeded since; {ready_files} files wait.',
      fail_backlog: '{ready_files} WAL files wait to be archived.',
    },
    remedy: [
      'Read the server log for the message of archive_command.',
      'Check space, network and rights of the target; then watch pg_stat_archiver.',
    ],
    sources: [archiving, source('pg-healthcheck: recency instead of cumulative counts')],
  },
  'pg.wal.size': {
    title: 'Size of the WAL directory',
    why: 'WAL far beyond max_wal_size means that something keeps it: a slot, a failing archive, or a slow checkpoint.',
    says: {
      pass: 'The WAL directory holds {bytes|bytes}.',
      fail: 'The WAL directory holds {bytes|bytes}; max_wal_size is {max_wal_size|bytes}.',
    },
    remedy: ['Look at pg_replication_slots and pg_stat_archiver; never delete files in pg_wal by hand.'],
    sources: [wal],
  },
  'pg.slot.inactive': {
    title: 'Inactive replication slot',
    why: 'A slot without a consumer keeps WAL and dead rows until the disk is full.',
    says: {
      pass: 'None of {slots} slots is without a consumer.',
      fail: 'Without consumer: {inactive|list}. The most kept WAL is {retained_bytes|bytes}.',
    },
    remedy: ['Reconnect the consumer, or drop the slot: SELECT pg_drop_replication_slot(…);'],
    sources: [slots, source('radar-analyst, replication checks')],
  },
  'pg.slot.lost': {
    title: 'Lost replication slot',
    why: 'A lost slot has had its WAL removed: its consumer can no longer continue.',
    says: { pass: 'No slot is lost or about to be.', fail: 'Slots: {slots|list}.' },
    remedy: [
      'Rebuild the consumer (pg_basebackup, or a new initial copy), then drop and create the slot.',
      'Raise max_slot_wal_keep_size if consumers may be away for long.',
    ],
    sources: [slots],
  },
  'pg.slot.unbounded': {
    title: 'Unbounded slot retention',
    why: 'With max_slot_wal_keep_size -1 a stuck consumer fills the disk of the primary.',
    says: {
      pass: 'What slots may keep is bounded, or there are none.',
      fail: 'max_slot_wal_keep_size is {max_slot_wal_keep_size}; slots: {slots|list}.',
    },
    remedy: ['Set max_slot_wal_keep_size below the free space of the WAL disk.'],
    sources: [manual('runtime-config-replication', 'Replication')],
  },
  'pg.checkpoints.requested': {
    title: 'Forced checkpoints',
    why: 'More requested than timed checkpoints mean that max_wal_size is too small for the load; pages are then written far too often.',
    says: {
      pass: '{timed} checkpoints were timed, {requested} requested.',
      fail: '{requested} checkpoints were requested, only {timed} timed.',
    },
    remedy: ['Raise max_wal_size until checkpoints follow checkpoint_timeout.'],
    sources: [manual('wal-configuration', 'WAL Configuration')],
  },
  'pg.replication.lag': {
    title: 'Standby lag',
    why: 'A standby that is behind serves old data and loses more at a failover.',
    says: {
      pass: '{standbys} standbys, at most {most_bytes|bytes} and {most_seconds|duration} behind.',
      fail: 'Behind: {behind|list}; at most {most_bytes|bytes} and {most_seconds|duration}.',
    },
    remedy: ['Look at disk and CPU of the standby, long queries there, and the network between.'],
    sources: [statistics, source('radar-analyst, replication checks')],
  },
  'pg.replication.state': {
    title: 'Standby state',
    why: 'A standby in another state than streaming, backup or catchup does not follow.',
    says: { pass: 'All {receivers} receivers follow.', fail: 'Not following: {receivers|list}.' },
    remedy: ['Read the log of the standby.'],
    sources: [statistics],
  },
  'pg.sync.alone': {
    title: 'Synchronous standby missing',
    why: 'With synchronous replication and no synchronous standby every commit waits for ever.',
    says: {
      pass: 'Synchronous: {synchronous|list}.',
      fail: 'synchronous_standby_names is set, but no standby is synchronous.',
    },
    remedy: ['Bring a standby back, or take its name out of synchronous_standby_names and reload.'],
    sources: [manual('warm-standby', 'Synchronous Replication')],
  },
  'pg.standby.receiver': {
    title: 'WAL receiver running',
    why: 'A standby without a WAL receiver does not follow its primary, unless it restores from an archive by design.',
    says: { pass: 'The WAL receiver is {status}.', fail: 'This standby has no WAL receiver.' },
    remedy: ['Check primary_conninfo, the slot on the primary and the log of the standby.'],
    sources: [statistics],
  },
  'pg.standby.paused': {
    title: 'Replay paused',
    why: 'A standby with paused replay falls behind and keeps WAL.',
    says: { pass: 'Replay is running.', fail: 'Replay is paused.' },
    remedy: ['If nobody paused it on purpose: SELECT pg_wal_replay_resume();'],
    sources: [manual('functions-admin', 'Recovery Control Functions')],
  },
  'pg.subscription.down': {
    title: 'Subscription running',
    why: 'An enabled subscription without a worker does not replicate, and its slot keeps WAL on the publisher.',
    says: { pass: 'All {subscriptions} subscriptions run or are disabled.', fail: 'Without worker: {down|list}.' },
    remedy: ['Read the server log for the conflict or connection error, resolve it, or skip the transaction.'],
    sources: [manual('logical-replication', 'Logical Replication'), source('radar-analyst, replication checks')],
  },
};
