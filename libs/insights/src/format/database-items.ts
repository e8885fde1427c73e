import { opt, req, type Columns } from './columns';
import { item, type Item } from './item';
import { ndjson } from './shapes';

const db = <C extends Columns>(name: string, about: string, columns: C): Item<C> =>
  item(`db.${name}`, `postgresql/db/<oid>/${name}.ndjson`, about, columns, ndjson);

/** Items with a file per database, by the oid of the database. */
export const databaseItems = {
  extensions: db('extensions', 'Installed extensions, their version and the version that the packages offer.', {
    name: req.text,
    version: opt.text,
    default_version: opt.text,
    schema: opt.text,
  }),
  relationTotals: db(
    'relation_totals',
    'Number of tables, indexes and other relations, totals of rows and pages, tables without autovacuum. One row.',
    {
      tables: opt.integer,
      partitioned_tables: opt.integer,
      foreign_tables: opt.integer,
      indexes: opt.integer,
      views: opt.integer,
      materialized_views: opt.integer,
      sequences: opt.integer,
      toast_tables: opt.integer,
      unlogged: opt.integer,
      autovacuum_disabled: opt.integer,
      estimated_bytes: opt.integer,
      live_rows: opt.integer,
      dead_rows: opt.integer,
      never_vacuumed: opt.integer,
      never_analyzed: opt.integer,
    },
  ),
  publicSchemaAcl: db(
    'public_schema_acl',
    'Whether everyone may create objects in the schema public. One row; none when there is no such schema.',
    {
      public_can_create: req.boolean,
    },
  ),
  subscriptions: db('subscriptions', 'Logical subscriptions: name, state, counters. Never connection strings.', {
    name: req.text,
    enabled: opt.boolean,
    worker_running: opt.boolean,
    last_message_age_s: opt.integer,
    tables_not_ready: opt.integer,
    apply_errors: opt.integer,
    sync_errors: opt.integer,
  }),
  foreignServers: db(
    'foreign_servers',
    'Number of foreign servers and user mappings by wrapper. No names, no options.',
    {
      wrapper: opt.text,
      servers: opt.integer,
      user_mappings: opt.integer,
    },
  ),
  tablesTop: db(
    'tables_top',
    'The 200 largest tables and those with most dead rows: name, sizes, row counts, vacuum state. No columns, no contents.',
    {
      table: req.text,
      kind: opt.text,
      bytes: opt.integer,
      index_bytes: opt.integer,
      toast_bytes: opt.integer,
      size_is_estimate: opt.boolean,
      indexes: opt.integer,
      live_rows: opt.integer,
      dead_rows: opt.integer,
      changed_since_analyze: opt.integer,
      inserted: opt.integer,
      updated: opt.integer,
      hot_updated: opt.integer,
      deleted: opt.integer,
      seq_scans: opt.integer,
      seq_rows: opt.integer,
      index_scans: opt.integer,
      xid_age: opt.integer,
      autovacuum_disabled: opt.boolean,
      last_vacuum_age_s: opt.integer,
      last_autovacuum_age_s: opt.integer,
      last_analyze_age_s: opt.integer,
      last_autoanalyze_age_s: opt.integer,
    },
  ),
  freezeTop: db('freeze_top', 'The 50 tables with the oldest transaction age.', {
    table: opt.text,
    kind: opt.text,
    xid_age: opt.integer,
    mxid_age: opt.integer,
    estimated_bytes: opt.integer,
  }),
  indexesAttention: db(
    'indexes_attention',
    'Indexes that are invalid, duplicate or never used: names and sizes. No definitions.',
    {
      issue: req.text,
      index: req.text,
      table: opt.text,
      bytes: opt.integer,
      size_is_estimate: opt.boolean,
      being_built: opt.boolean,
      stats_age_s: opt.integer,
    },
  ),
  fkWithoutIndex: db('fk_without_index', 'Foreign keys whose columns no index covers: names and size of the table.', {
    constraint: req.text,
    table: req.text,
    references: opt.text,
    bytes: opt.integer,
    size_is_estimate: opt.boolean,
  }),
  sequencesAttention: db(
    'sequences_attention',
    'Sequences of which more than half is used: name, share, type. Not the value.',
    {
      sequence: req.text,
      data_type: opt.text,
      used_percent: req.number,
      cycles: opt.boolean,
    },
  ),
} as const;
