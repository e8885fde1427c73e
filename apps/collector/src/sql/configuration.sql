-- @item pg.settings
SELECT name, vartype, unit, context, nullif(source, 'session') AS source, sourcefile, sourceline, pending_restart,
  CASE WHEN shown THEN reset_val END AS setting,
  CASE WHEN shown THEN boot_val END AS boot_val,
  NOT shown AS withheld,
  coalesce(reset_val, '') <> '' AS is_set
FROM (SELECT s.*, (vartype <> 'string' OR name = ANY ('{
    DateStyle,TimeZone,archive_library,config_file,data_directory,default_table_access_method,default_text_search_config,
    edb_audit,edb_audit_directory,hba_file,icu_validation_level,ident_file,lc_collate,lc_ctype,lc_messages,lc_monetary,lc_numeric,
    lc_time,listen_addresses,local_preload_libraries,log_destination,log_directory,log_filename,log_timezone,
    server_encoding,server_version,session_preload_libraries,shared_preload_libraries,ssl_ciphers,ssl_tls13_ciphers,
    synchronous_standby_names,unix_socket_directories,wal_consistency_checking}'))
    -- The names of standbys are among those to be replaced.
    AND NOT (:'anonymise' AND name = 'synchronous_standby_names') AS shown
  FROM pg_settings s) s
ORDER BY name;

-- @item pg.commands
SELECT name,
  coalesce(reset_val, '') <> '' AND reset_val <> '(disabled)' AS is_set,
  -- The first word of the command that is a well-known program: never anything else of its text.
  (SELECT program FROM (SELECT regexp_replace(word, '^.*/', '') AS program, place
      FROM regexp_split_to_table(reset_val, '[[:space:]"'';|&()]+') WITH ORDINALITY AS w (word, place)) w
    WHERE program = ANY ('{barman-wal-archive,barman-wal-restore,barman-cloud-wal-archive,barman-cloud-wal-restore,pgbackrest,
      wal-g,wal-e,pg_probackup,pg_archivecleanup,pg_standby,rsync,scp,ssh,cp,copy,mv,install,gzip,lz4,zstd,aws,gsutil,azcopy,
      envdir,test,true,exit,echo}')
    ORDER BY program IN ('test', 'echo', 'true', 'exit'), place LIMIT 1) AS program,
  coalesce(reset_val ~ '^[[:space:]]*((/usr)?/bin/true|true|:|exit 0|cd [.]|rem|echo)[[:space:]]*$', false) AS is_noop
FROM pg_settings
WHERE name IN ('archive_command', 'restore_command', 'archive_cleanup_command', 'recovery_end_command', 'ssl_passphrase_command')
ORDER BY name;

-- @item pg.role_settings
SELECT :h( d.datname ):e AS database, :h( r.rolname ):e AS role,
  (SELECT array_agg(split_part(c, '=', 1) ORDER BY c) FROM unnest(s.setconfig) c) AS settings
FROM pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase LEFT JOIN pg_roles r ON r.oid = s.setrole
ORDER BY s.setdatabase, s.setrole LIMIT 200;

-- @item pg.hba_rules
SELECT to_jsonb(r) ->> 'file_name' AS file_name, line_number, type,
  (SELECT array_agg(CASE WHEN x IN ('all', 'sameuser', 'samerole', 'replication') THEN x ELSE :h( x ):e END) FROM unnest(database) x) AS database,
  (SELECT array_agg(CASE WHEN x = 'all' THEN x ELSE :h( x ):e END) FROM unnest(user_name) x) AS user_name,
  address, netmask, auth_method,
  (SELECT array_agg(CASE WHEN o ~ '^(map|clientcert|clientname|include_realm|compat_realm|upn_username|ldaptls|ldapscheme|ldapport)='
      THEN o ELSE split_part(o, '=', 1) || '=***' END) FROM unnest(options) o) AS options,
  CASE WHEN error ~ '^[A-Za-z ,.-]+$' THEN error WHEN error IS NOT NULL THEN 'error, text withheld' END AS error
FROM pg_hba_file_rules r ORDER BY 1, line_number LIMIT 500;

-- @item pg.file_settings
SELECT sourcefile, sourceline, name, applied,
  CASE WHEN error ~ '^[A-Za-z ,.-]+$' THEN error WHEN error ~ '^syntax error' THEN 'syntax error' ELSE 'error, text withheld' END AS error
FROM pg_file_settings WHERE error IS NOT NULL ORDER BY seqno LIMIT 200;
