import { manual, source, type RuleText } from './rule-text';

const versioning = source('PostgreSQL versioning policy', 'https://www.postgresql.org/support/versioning/');
const security = source('PostgreSQL security information', 'https://www.postgresql.org/support/security/');
const wraparound = manual('routine-vacuuming', 'Routine Vacuuming, Preventing Transaction ID Wraparound Failures');

/** Versions, vacuum, connections, memory. */
export const healthTexts: Readonly<Record<string, RuleText>> = {
  'pg.version.minor': {
    title: 'Up-to-date minor release',
    why: 'Minor releases hold only fixes, among them those of known vulnerabilities and of data corruption. They need no dump and no pg_upgrade.',
    says: {
      pass: '{installed} is the newest minor release known on {releases_as_of}.',
      fail: '{installed} is installed; {latest} is known ({behind} behind).',
      fail_cve:
        '{installed} is installed; {latest} is known. The releases between fix {fixes} known vulnerabilities that apply to this server.',
    },
    remedy: [
      'Read the release notes between the two versions for steps after the update.',
      'Install the packages of the newest minor release and restart the server; update standbys first.',
    ],
    sources: [versioning],
  },
  'pg.version.eol': {
    title: 'Major version supported',
    why: 'After its final release a major version gets no fixes, not even for vulnerabilities.',
    says: {
      pass: 'PostgreSQL {major} is supported until {final_release}.',
      fail: 'PostgreSQL {major} gets its final release on {final_release}, in {days_left} days.',
      fail_ended: 'PostgreSQL {major} got its final release on {final_release} and is no longer fixed.',
    },
    remedy: [
      'Plan the upgrade to a newer major version: pg_upgrade with --link for short outages, logical replication for almost none.',
      'Rehearse it on a copy, with the same extensions.',
    ],
    sources: [versioning],
  },
  'pg.cve.affected': {
    title: 'Known vulnerabilities',
    why: 'Published vulnerabilities are attacked. A version inside an affected range is open until it is updated.',
    says: {
      pass: 'No vulnerability known on {known_as_of} affects {installed}.',
      info: '{count} known vulnerabilities affect {installed}, all in extensions that are not installed.',
      fail: '{count} known vulnerabilities affect {installed}; the highest score is {highest_score}. {unscored} have no published score.',
    },
    remedy: [
      'Update to the newest minor release: it fixes all that are listed.',
      'Compare with the distribution: some packages carry fixes under an older number.',
    ],
    sources: [security],
  },
  'pg.autovacuum.enabled': {
    title: 'Autovacuum enabled',
    why: 'Without autovacuum tables bloat, plans go stale, and at last the server stops accepting writes to protect itself from wraparound. It needs track_counts.',
    says: {
      pass: 'autovacuum and track_counts are on.',
      fail: 'autovacuum is {autovacuum}, track_counts is {track_counts}; both must be on.',
    },
    remedy: [
      'Set autovacuum = on and track_counts = on, then reload: SELECT pg_reload_conf();',
      'If it was switched off because it disturbed the load, tune autovacuum_vacuum_cost_limit instead.',
    ],
    sources: [manual('runtime-config-vacuum', 'Vacuuming')],
  },
  'pg.autovacuum.table_off': {
    title: 'Tables without autovacuum',
    why: 'A table whose storage parameter switches autovacuum off bloats unless somebody vacuums it by hand.',
    says: {
      pass: 'No table has autovacuum switched off.',
      fail: '{tables} tables have autovacuum switched off: {databases|list}.',
    },
    remedy: ['Ask who vacuums these tables. If nobody: ALTER TABLE … RESET (autovacuum_enabled);'],
    sources: [manual('sql-createtable', 'CREATE TABLE, Storage Parameters')],
  },
  'pg.xid.wraparound': {
    title: 'Danger of transaction id wraparound',
    why: 'Transaction ids are used up at about 2.1 billion unfrozen ones; before that the server refuses writes. The age must go down by freezing.',
    says: {
      pass: 'The oldest database is {database} with an age of {age|number}.',
      fail: 'Database {database} has an age of {age|number}: warning from {warning_from|number}, high from {high_from|number}, critical from {critical_from|number}. Oldest tables: {tables|list}.',
    },
    remedy: [
      'Find what holds the horizon: old transactions, prepared transactions, replication slots (see pg.xmin.held).',
      'VACUUM (FREEZE, VERBOSE) the oldest tables of that database, largest age first; do not use VACUUM FULL.',
      'Let autovacuum work faster: raise autovacuum_vacuum_cost_limit and the number of workers.',
    ],
    sources: [wraparound],
  },
  'pg.mxid.wraparound': {
    title: 'Danger of multixact wraparound',
    why: 'Row locks shared by several transactions use multixact ids, which run out like transaction ids do.',
    says: {
      pass: 'The oldest database is {database} with a multixact age of {age|number}.',
      fail: 'Database {database} has a multixact age of {age|number}: warning from {warning_from|number}, high from {high_from|number}, critical from {critical_from|number}. Oldest tables: {tables|list}.',
    },
    remedy: [
      'VACUUM the tables with the oldest relminmxid of that database.',
      'Look for foreign keys or SELECT … FOR SHARE that lock the same rows very often.',
    ],
    sources: [manual('routine-vacuuming', 'Routine Vacuuming, Multixacts and Wraparound')],
  },
  'pg.xmin.held': {
    title: 'Cleanup horizon held back',
    why: 'The oldest snapshot decides which dead rows may go. One forgotten session or slot stops cleanup in all tables.',
    says: {
      pass: 'The oldest horizon is {age|number} transactions old.',
      fail: 'The oldest horizon is {age|number} transactions old, held by {holder}.',
    },
    remedy: [
      'End the session, commit or roll back the prepared transaction, or drop the slot if its consumer is gone.',
      'Set idle_in_transaction_session_timeout.',
    ],
    sources: [wraparound],
  },
  'pg.dead_rows': {
    title: 'Dead rows',
    why: 'Many dead rows mean that autovacuum does not keep up: tables and indexes grow and scans slow down.',
    says: {
      pass: 'No large table has too many dead rows.',
      fail: '{tables} tables have many dead rows: {names|list}.',
    },
    remedy: [
      'Check first that nothing holds the horizon (pg.xmin.held).',
      'Lower autovacuum_vacuum_scale_factor for these tables, or raise the cost limit.',
    ],
    sources: [manual('routine-vacuuming', 'Routine Vacuuming'), source('radar-analyst, table checks')],
  },
  'pg.connections.used': {
    title: 'Connected clients',
    why: 'When all connections are taken, clients are refused. Connections reserved for superusers do not help applications, so they are not counted.',
    says: {
      pass: '{client_backends} of {limit} connections are used ({percent} %).',
      fail: '{client_backends} of {limit} connections are used ({percent} %).',
      fail_refused: 'The server refused the collector: all connections that ordinary roles may use were taken.',
    },
    remedy: [
      'Find the application that opens them: SELECT application_name, state, count(*) FROM pg_stat_activity GROUP BY 1, 2 ORDER BY 3 DESC;',
      'Put a pooler such as PgBouncer before the server, or fix the leak.',
      'Raise max_connections only with the memory for it.',
    ],
    sources: [manual('runtime-config-connection', 'Connections and Authentication')],
  },
  'pg.connections.max': {
    title: 'Very high max_connections',
    why: 'Every connection is a process with its own memory; beyond a few hundred active ones throughput falls.',
    says: {
      pass: 'max_connections is {max_connections}.',
      info: 'max_connections is {max_connections}, which a pooler could lower.',
      fail: 'max_connections is {max_connections}.',
    },
    remedy: ['Put a pooler before the server and lower max_connections to what the cores can serve.'],
    sources: [source('radar-analyst and pg-healthcheck, connection checks')],
  },
  'pg.idle_in_transaction': {
    title: 'Idle in transaction',
    why: 'A session that idles inside a transaction keeps its locks and holds back the cleanup of all tables.',
    says: {
      pass: 'No session idles long inside a transaction (oldest {oldest_seconds|duration}).',
      fail: 'A session has idled inside a transaction for {oldest_seconds|duration}.',
    },
    remedy: [
      'Fix the application: commit or roll back before waiting for anything else.',
      'Set idle_in_transaction_session_timeout.',
    ],
    sources: [manual('runtime-config-client', 'Client Connection Defaults')],
  },
  'pg.long_transaction': {
    title: 'Long transactions',
    why: 'Long transactions hold back cleanup and keep locks; some are intended, such as a nightly dump.',
    says: {
      pass: 'The oldest client transaction is {oldest_seconds|duration} old.',
      fail: 'A client transaction is {oldest_seconds|duration} old.',
    },
    remedy: [
      'Find out whether it is intended; if not, end it with pg_terminate_backend.',
      'Set transaction_timeout (PostgreSQL 17) or statement_timeout for the role.',
    ],
    sources: [source('postgres-checkup G002')],
  },
  'pg.prepared.old': {
    title: 'Forgotten prepared transactions',
    why: 'A prepared transaction survives restarts, keeps its locks and holds back cleanup until somebody ends it.',
    says: {
      pass: 'No prepared transaction is old ({prepared} exist).',
      fail: '{prepared} prepared transactions are old; the oldest was prepared {oldest_seconds|duration} ago.',
    },
    remedy: [
      'Ask the transaction manager; then COMMIT PREPARED or ROLLBACK PREPARED.',
      'Without a transaction manager set max_prepared_transactions = 0.',
    ],
    sources: [manual('sql-prepare-transaction', 'PREPARE TRANSACTION')],
  },
  'pg.shared_buffers': {
    title: 'Sensible shared buffers',
    why: 'A quarter of memory is a good start for a dedicated server. Far less wastes memory, more than 40 % rarely helps and takes it from the page cache.',
    says: {
      pass: 'shared_buffers is {shared_buffers|bytes} of {ram|bytes} memory ({percent} %).',
      fail_low: 'shared_buffers is {shared_buffers|bytes} of {ram|bytes} memory ({percent} %), less than is usual.',
      fail_high: 'shared_buffers is {shared_buffers|bytes} of {ram|bytes} memory ({percent} %), more than is usual.',
    },
    remedy: [
      'Judge whether the memory serves other programs too.',
      'On a dedicated server start at 25 % of memory and measure. The change needs a restart.',
    ],
    sources: [manual('runtime-config-resource', 'Resource Consumption')],
  },
  'pg.work_mem.budget': {
    title: 'work_mem against memory',
    why: 'Each sort or hash may use work_mem; all connections at once may use more memory than there is, and the kernel then kills processes.',
    says: {
      pass: 'Every connection using work_mem once takes {budget|bytes} of {ram|bytes}.',
      fail: 'Every connection using work_mem once takes {budget|bytes}, more than the {ram|bytes} of memory.',
    },
    remedy: [
      'Lower work_mem globally and raise it for the roles or statements that need it.',
      'Lower max_connections with a pooler.',
    ],
    sources: [manual('runtime-config-resource', 'Resource Consumption'), source('radar-analyst, memory checks')],
  },
};
