-- @item db.indexes_attention
WITH busy AS MATERIALIZED (
  SELECT DISTINCT relation FROM pg_locks WHERE locktype = 'relation' AND mode = 'AccessExclusiveLock' AND database = :dboid
), indexes AS MATERIALIZED (
  SELECT x.*, c.relname, c.relpages, c.relnamespace, pg_stat_get_numscans(x.indexrelid) AS scans,
    -- Equal in every respect but the name; expressions are compared here and never leave the server.
    row_number() OVER (PARTITION BY x.indrelid, x.indkey::text, x.indclass::text, x.indcollation::text, x.indoption::text, c.relam,
        x.indexprs::text, x.indpred::text
      ORDER BY x.indisvalid DESC, x.indisprimary DESC, x.indisunique DESC, x.indisreplident DESC, x.indexrelid) AS copy
  FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid
  WHERE c.relpersistence <> 't' AND c.relkind = 'i'
    AND c.relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema', 'pg_toast'))
), found AS MATERIALIZED (
  SELECT *, CASE WHEN NOT indisvalid THEN 'invalid' WHEN copy > 1 THEN 'duplicate' ELSE 'unused' END AS issue
  FROM indexes
  WHERE NOT indisvalid OR copy > 1
    OR (scans = 0 AND NOT indisunique AND NOT indisexclusion AND NOT indisreplident AND relpages >= 128)
), sized AS (
  SELECT f.*, b.relation IS NOT NULL AS guess,
    CASE WHEN b.relation IS NOT NULL THEN f.relpages::bigint * current_setting('block_size')::bigint ELSE pg_relation_size(f.indexrelid) END AS bytes
  FROM found f LEFT JOIN busy b ON b.relation = f.indexrelid
)
SELECT issue, :h( n.nspname || '.' || s.relname ):e AS "index", :h( rn.nspname || '.' || r.relname ):e AS "table", bytes,
  guess AS size_is_estimate,
  EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = indexrelid) AS being_built,
  (SELECT extract(epoch FROM now() - coalesce(stats_reset, pg_postmaster_start_time()))::bigint FROM pg_stat_database
    WHERE datname = current_database()) AS stats_age_s
FROM sized s JOIN pg_class r ON r.oid = indrelid JOIN pg_namespace n ON n.oid = s.relnamespace JOIN pg_namespace rn ON rn.oid = r.relnamespace
ORDER BY issue <> 'invalid', bytes DESC NULLS LAST, indexrelid LIMIT 200;

-- @item db.fk_without_index
WITH busy AS MATERIALIZED (
  SELECT DISTINCT relation FROM pg_locks WHERE locktype = 'relation' AND mode = 'AccessExclusiveLock' AND database = :dboid
), bare AS MATERIALIZED (
  SELECT k.oid, k.conname, n.nspname, r.relname, r.oid AS relid, r.relpages, r.relkind, fn.nspname AS other_schema, f.relname AS other
  FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace
    JOIN pg_class f ON f.oid = k.confrelid JOIN pg_namespace fn ON fn.oid = f.relnamespace
  WHERE k.contype = 'f' AND NOT EXISTS (SELECT FROM pg_index x
    WHERE x.indrelid = k.conrelid AND x.indisvalid AND x.indpred IS NULL
      -- The key columns lead the index, in any order.
      AND (x.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey AND k.conkey @> (x.indkey::int2[])[0:cardinality(k.conkey) - 1])
)
SELECT :h( conname ):e AS "constraint", :h( nspname || '.' || relname ):e AS "table", :h( other_schema || '.' || other ):e AS "references",
  CASE WHEN relkind <> 'r' OR b.relation IS NOT NULL THEN relpages::bigint * current_setting('block_size')::bigint ELSE pg_relation_size(relid) END AS bytes,
  relkind <> 'r' OR b.relation IS NOT NULL AS size_is_estimate
FROM bare LEFT JOIN busy b ON b.relation = relid
ORDER BY 4 DESC NULLS LAST, oid LIMIT 200;
