-- Only with --anonymise-names: which token stands for which name. Stays with you, beside the archive.
SELECT DISTINCT :h( name ):e || chr(9) || name FROM (
  SELECT datname AS name FROM pg_database
  UNION SELECT rolname FROM pg_roles
  UNION SELECT slot_name FROM pg_replication_slots
  UNION SELECT application_name FROM pg_stat_replication
  UNION SELECT subname FROM pg_stat_subscription
  UNION SELECT nspname FROM pg_namespace
  UNION SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
  UNION SELECT spcname FROM pg_tablespace
  UNION SELECT conname FROM pg_constraint
) n WHERE name IS NOT NULL ORDER BY 1;
