-- Into the database by its number: a name may hold anything, so every byte of it is written as %XX.
SET search_path = pg_catalog, pg_temp;
SELECT 'postgresql:///' || regexp_replace(encode(convert_to(datname::text, getdatabaseencoding()), 'hex'), '(..)', '%' || chr(92) || '1', 'g') AS target
  FROM pg_database WHERE oid = :dboid \gset
\c -reuse-previous=on :target
