-- @item pg.roles
SELECT rolcanlogin, rolsuper, rolreplication, rolcreaterole, rolcreatedb, rolbypassrls,
  coalesce(rolvaliduntil < now(), false) AS expired, count(*) AS roles
FROM pg_roles WHERE rolname !~ '^pg_' GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7;

-- @item pg.password_kinds
SELECT CASE WHEN rolpassword IS NULL THEN 'none' WHEN rolpassword LIKE 'SCRAM-SHA-256$%' THEN 'scram-sha-256'
    WHEN rolpassword ~ '^md5[0-9a-f]{32}$' THEN 'md5' ELSE 'other' END AS kind,
  rolcanlogin, rolsuper, count(*) AS roles
FROM pg_authid WHERE rolname !~ '^pg_' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
