-- @item db.tables_top
-- Sizes are taken without waiting: where somebody holds or wants an exclusive lock, the catalogue's estimate is used.
WITH busy AS MATERIALIZED (
  SELECT DISTINCT relation FROM pg_locks WHERE locktype = 'relation' AND mode = 'AccessExclusiveLock' AND database = :dboid
), tables AS (
  SELECT c.*, b.relation IS NOT NULL OR :'many' AS heap_guess, pg_stat_get_dead_tuples(c.oid) AS dead,
    CASE WHEN b.relation IS NOT NULL OR :'many' THEN c.relpages::bigint * current_setting('block_size')::bigint
      ELSE pg_relation_size(c.oid) END AS heap,
    -- For the order alone an estimate of the rest will do; opening every index would cost more than all else together.
    (coalesce(t.relpages, 0) + coalesce(i.pages, 0)) * current_setting('block_size')::bigint AS rest
  FROM pg_class c LEFT JOIN busy b ON b.relation = c.oid LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
    LEFT JOIN (SELECT x.indrelid, sum(k.relpages)::bigint AS pages FROM pg_index x JOIN pg_class k ON k.oid = x.indexrelid GROUP BY 1) i
      ON i.indrelid = c.oid
  WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't'
    AND c.relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema'))
), ranked AS MATERIALIZED (
  SELECT * FROM (
    SELECT *, row_number() OVER (ORDER BY heap + rest DESC NULLS LAST, oid) AS by_size,
      row_number() OVER (ORDER BY dead DESC NULLS LAST, oid) AS by_dead
    FROM tables) t
  WHERE by_size <= 180 OR by_dead <= 20
), parts AS (
  -- Indexes and TOAST of the chosen tables, one row each.
  SELECT r.oid AS owner, x.indexrelid AS oid, true AS is_index FROM ranked r JOIN pg_index x ON x.indrelid = r.oid
  UNION ALL SELECT r.oid, r.reltoastrelid, false FROM ranked r WHERE r.reltoastrelid <> 0
  UNION ALL SELECT r.oid, x.indexrelid, false FROM ranked r JOIN pg_index x ON x.indrelid = r.reltoastrelid
), part_sizes AS (
  SELECT p.owner, count(*) FILTER (WHERE is_index) AS indexes,
    coalesce(sum(z.bytes) FILTER (WHERE is_index), 0)::bigint AS index_bytes, sum(z.bytes) FILTER (WHERE NOT is_index)::bigint AS toast,
    sum(pg_stat_get_numscans(p.oid)) FILTER (WHERE is_index)::bigint AS scans, bool_or(z.guess) AS guess
  FROM parts p JOIN pg_class k ON k.oid = p.oid LEFT JOIN busy b ON b.relation = p.oid
    CROSS JOIN LATERAL (SELECT b.relation IS NOT NULL AS guess,
      CASE WHEN b.relation IS NOT NULL THEN k.relpages::bigint * current_setting('block_size')::bigint ELSE pg_relation_size(p.oid) END AS bytes) z
  GROUP BY 1
)
SELECT :h( n.nspname || '.' || c.relname ):e AS "table", CASE relkind WHEN 'm' THEN 'materialized view' ELSE 'table' END AS kind,
  heap + coalesce(index_bytes, 0) + coalesce(toast, 0) AS bytes, coalesce(index_bytes, 0) AS index_bytes, toast AS toast_bytes,
  heap_guess OR coalesce(guess, false) AS size_is_estimate, coalesce(indexes, 0) AS indexes,
  pg_stat_get_live_tuples(c.oid) AS live_rows, dead AS dead_rows, pg_stat_get_mod_since_analyze(c.oid) AS changed_since_analyze,
  pg_stat_get_tuples_inserted(c.oid) AS inserted, pg_stat_get_tuples_updated(c.oid) AS updated,
  pg_stat_get_tuples_hot_updated(c.oid) AS hot_updated, pg_stat_get_tuples_deleted(c.oid) AS deleted,
  pg_stat_get_numscans(c.oid) AS seq_scans, pg_stat_get_tuples_returned(c.oid) AS seq_rows, scans AS index_scans,
  CASE WHEN relfrozenxid <> '0' THEN age(relfrozenxid) END AS xid_age,
  EXISTS (SELECT FROM unnest(reloptions) o WHERE o ~* '^autovacuum_enabled=(f|fa|fal|fals|false|n|no|of|off|0)$') AS autovacuum_disabled,
  extract(epoch FROM now() - pg_stat_get_last_vacuum_time(c.oid))::bigint AS last_vacuum_age_s,
  extract(epoch FROM now() - pg_stat_get_last_autovacuum_time(c.oid))::bigint AS last_autovacuum_age_s,
  extract(epoch FROM now() - pg_stat_get_last_analyze_time(c.oid))::bigint AS last_analyze_age_s,
  extract(epoch FROM now() - pg_stat_get_last_autoanalyze_time(c.oid))::bigint AS last_autoanalyze_age_s
FROM ranked c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN part_sizes p ON p.owner = c.oid
ORDER BY bytes DESC NULLS LAST, c.oid;

-- @item db.freeze_top
SELECT :h( n.nspname || '.' || c.relname ):e AS "table",
  CASE c.relkind WHEN 'm' THEN 'materialized view' WHEN 't' THEN 'toast' ELSE 'table' END AS kind,
  age(c.relfrozenxid) AS xid_age, mxid_age(c.relminmxid) AS mxid_age,
  c.relpages::bigint * current_setting('block_size')::bigint AS estimated_bytes
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm', 't') AND c.relfrozenxid <> '0' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
ORDER BY age(c.relfrozenxid) DESC, c.relpages DESC, c.oid LIMIT 50;

-- @item db.sequences_attention
-- Reading a sequence keeps a small lock until the statement ends, so a few hundred are read at a time, narrow types first.
SELECT format($q$SELECT row_to_json(t) FROM (
SELECT %s AS sequence, format_type(seqtypid, NULL) AS data_type, round(used * 100, 1) AS used_percent, seqcycle AS cycles
FROM (SELECT q.*, CASE WHEN seqmax > seqmin THEN
    CASE WHEN seqincrement > 0 THEN pg_sequence_last_value(seqrelid)::numeric - seqmin ELSE seqmax - pg_sequence_last_value(seqrelid)::numeric END
      / (seqmax::numeric - seqmin) END AS used
  FROM pg_sequence q WHERE seqrelid = ANY (%L::oid[])) q
  JOIN pg_class c ON c.oid = seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE used > 0.5 ORDER BY used DESC LIMIT 200) t$q$, :'sequence_name', array_agg(seqrelid))
FROM (SELECT seqrelid, row_number() OVER (ORDER BY abs(seqmax), seqrelid) - 1 AS place FROM pg_sequence JOIN pg_class c ON c.oid = seqrelid
  WHERE c.relpersistence <> 't' AND has_sequence_privilege(seqrelid, 'SELECT, USAGE')) s
WHERE place < 5000 GROUP BY place / 250 ORDER BY place / 250
\gexec
