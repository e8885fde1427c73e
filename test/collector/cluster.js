'use strict';
// A primary under load, its streaming standby and a Barman with a reachable, an unreachable and an ssh server, all full of
// secrets: no archive may hold one of them, and a leaking variant of the collector must be seen to leak every one.
const { execFileSync, spawnSync } = require('child_process');
const { mkdirSync, readFileSync, writeFileSync } = require('fs');
const path = require('path');
const { Canaries, plantErrors, plantFiles, plantHome, plantSql } = require('./canaries.js');
const { assert, check } = require('./checks.js');
const { SAMPLE_PATH, collect, lines, rows, script, texts } = require('./collect.js');
const { debianBin } = require('./engines.js');
const { PORT, Server, account, background, base, isRoot, ownedFolder, sleep } = require('./server.js');
const { checkWhole, status, unread } = require('./shape.js');
const { CONTENT } = require('./versions.js');

const canaries = new Canaries();
const plain = (archive) => execFileSync('bzip2', ['-dc', archive], { maxBuffer: 1 << 28 });

const session = (server, name, sql, env = {}) => {
  const child = background('psql', ['-X', '-q'], {
    env: { ...process.env, PGHOST: server.socket, PGPORT: String(PORT), PGUSER: 'postgres', PGDATABASE: 'app', ...env },
  });
  child.stdin.write(`${sql}\n`);
  return child;
};

/** Sessions, processes and an odd mount that hold a secret while the collector runs. */
function plantRunning(server) {
  session(server, 'idle', `BEGIN; SELECT '${canaries.of('query text of an idle transaction')}';`);
  session(server, 'active', `SELECT pg_sleep(600), '${canaries.of('query text of an active session')}';`);
  session(server, 'named', 'SELECT 1;', { PGAPPNAME: canaries.of('application name of a session') });
  session(server, 'log', `SELECT '${canaries.of('log line')}'::int;`);
  background('sh', ['-c', 'sleep 600', canaries.of('argument of a process')], account('postgres'));
}

/** A mount whose device and options carry secrets, where this machine lets us mount at all. */
function plantMount() {
  const make = (name) => {
    const folder = path.join(base, name);
    mkdirSync(folder);
    return folder;
  };
  const point = make('mount');
  const options = `lowerdir=${make(canaries.of('option of a mount'))},upperdir=${make('upper')},workdir=${make('work')}`;
  const device = `user:${canaries.of('device of a mount')}@nas.example.net:/share`;
  const mounted = isRoot && spawnSync('mount', ['-t', 'overlay', device, '-o', options, point]).status === 0;
  if (!mounted) {
    console.log('  note this machine allows no mounts: secrets in mounts are not tried');
    canaries.secrets.delete('option of a mount');
    canaries.secrets.delete('device of a mount');
  }
  return () => mounted && spawnSync('umount', [point]);
}

function makePrimary() {
  const primary = new Server('primary', 'debian');
  plantFiles(primary, canaries);
  primary.start({ APP_SECRET: canaries.of('environment of the server') });
  primary.sql(CONTENT);
  primary.sql('CREATE ROLE barman SUPERUSER LOGIN');
  plantSql(primary, canaries);
  primary.sql(
    "SELECT pg_create_physical_replication_slot('standby1', true), pg_create_physical_replication_slot('gone_standby', true); SELECT pg_switch_wal();",
  );
  execFileSync(path.join(debianBin(), 'pgbench'), ['-i', '-q', '-s', '2', 'app'], {
    env: pgEnv(primary),
    stdio: 'ignore',
  });
  return primary;
}

const pgEnv = (server) => ({ ...process.env, PGHOST: server.socket, PGPORT: String(PORT), PGUSER: 'postgres' });

function makeStandby(primary) {
  const standby = new Server('standby', 'debian', { copyOf: primary });
  standby.configure(
    `primary_conninfo = 'host=${primary.socket} port=${PORT} user=postgres application_name=standby1 password=${canaries.of('primary_conninfo of a standby')}'
primary_slot_name = standby1
cluster_name = standby`,
  );
  // -R wrote its own line into postgresql.auto.conf, which would win.
  writeFileSync(path.join(standby.data, 'postgresql.auto.conf'), '');
  return standby.start();
}

/** Barman's configuration in the home of its user, with one finished backup. */
async function makeBarman(primary) {
  const home = ownedFolder('barman', 'barman');
  const c = (place) => canaries.of(`Barman: ${place}`);
  const conninfo = (host, place) => `host=${host} port=${PORT} user=barman dbname=postgres password=${c(place)}`;
  writeFileSync(
    path.join(home, '.barman.conf'),
    `[barman]
barman_home = ${home}
barman_user = ${isRoot ? 'barman' : process.env.USER}
log_file = ${home}/barman.log
log_level = INFO
; ${c('comment in its configuration')}

[lab]
description = ${c('description')}
conninfo = ${conninfo(primary.socket, 'conninfo')}
streaming_conninfo = ${conninfo(primary.socket, 'streaming_conninfo')}
backup_method = postgres
streaming_archiver = on
slot_name = barman
create_slot = auto
path_prefix = ${debianBin()}
retention_policy = RECOVERY WINDOW OF 7 DAYS
minimum_redundancy = 1
pre_backup_script = true ${c('pre_backup_script')}
post_archive_script = true ${c('post_archive_script')}

[dead]
description = Unreachable
conninfo = ${conninfo('/nonexistent', 'conninfo of an unreachable server')}
streaming_conninfo = ${conninfo('/nonexistent', 'streaming_conninfo of an unreachable server')}
backup_method = postgres
streaming_archiver = on
slot_name = barman

[overssh]
description = By ssh
conninfo = ${conninfo(primary.socket, 'conninfo of the ssh server')}
ssh_command = false ${c('ssh_command')}
backup_method = rsync
archiver = on
`,
  );
  const env = { PATH: '/usr/bin:/bin', HOME: home };
  const barman = (...args) =>
    spawnSync('barman', args, { ...account('barman'), env, cwd: home, encoding: 'utf8', timeout: 60_000 });
  barman('receive-wal', '--create-slot', 'lab');
  background('barman', ['receive-wal', 'lab'], { ...account('barman'), env, cwd: home });
  await sleep(1500);
  barman('switch-wal', '--force', '--archive', '--archive-timeout', '20', 'lab');
  const backup = barman('backup', '--wait', '--wait-timeout', '60', 'lab');
  if (backup.status !== 0) console.log(`  note barman backup: ${backup.stdout}${backup.stderr}`);
  return { home, env: { ...env, ...plantHome(home, canaries) } };
}

const clean = (name, result) =>
  check(`canary: ${name} holds none of ${canaries.secrets.size} secrets`, () => {
    assert.ok(result.archive, result.stderr);
    assert.deepEqual(canaries.foundIn(plain(result.archive)), []);
    assert.deepEqual(canaries.foundIn(Buffer.from(result.archive + result.stdout)), []);
  });

const LEAK = `leak() {
  mkdir -p "$ROOT/leak"
  env >"$ROOT/leak/env"; cat "$HOME"/.[a-z]* >"$ROOT/leak/home" 2>/dev/null
  cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ >"$ROOT/leak/processes" 2>/dev/null; cat /proc/mounts >"$ROOT/leak/mounts"
  if [ "$KIND" = barman ]; then barman show-server all >"$ROOT/leak/barman" 2>&1; barman -f json check all >"$ROOT/leak/check"; return 0; fi
  directory=$(psql -X -At -c 'SHOW data_directory'); cat "$directory"/*.conf "$directory"/log/* >"$ROOT/leak/files" 2>/dev/null
  for database in postgres app; do for query in 'TABLE pg_settings' 'TABLE pg_hba_file_rules' 'TABLE pg_file_settings' \\
    'TABLE pg_stat_activity' 'TABLE pg_authid' 'TABLE pg_db_role_setting' 'TABLE pg_shdescription' 'TABLE pg_description' \\
    'SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef' 'SELECT prosrc FROM pg_proc' 'TABLE pg_views' 'TABLE pg_indexes' \\
    'SELECT pg_get_constraintdef(oid) FROM pg_constraint' 'SELECT pg_get_triggerdef(oid) FROM pg_trigger' 'TABLE pg_rules' \\
    'TABLE pg_policies' 'SELECT typdefault FROM pg_type' 'TABLE pg_enum' 'TABLE pg_foreign_data_wrapper' 'TABLE pg_foreign_server' \\
    'TABLE pg_user_mappings' 'TABLE pg_subscription' 'TABLE pg_prepared_xacts' 'TABLE pg_attribute' 'TABLE pg_largeobject' \\
    'TABLE pg_stat_statements' 'SELECT pg_get_expr(prqual, prrelid) FROM pg_publication_rel' 'TABLE secrets' 'TABLE view2' \\
    'SELECT pg_get_expr(relpartbound, oid) FROM pg_class'
  do psql -X -At -d "$database" -c "$query" >>"$ROOT/leak/catalogue" 2>/dev/null; done; done
}
`;

/** The collector with a function that takes everything it should not: the search must see each secret in its archive. */
function leaking() {
  const text = texts.normal
    .replace('\nmain() {', `\n${LEAK}\nmain() {`)
    .replace('\n  collect_host\n', '\n  collect_host\n  leak\n');
  assert.ok(text.includes('  leak\n'));
  return script('leaking.sh', text);
}

/** Places of secrets that only some of the servers know. */
const ofBarman = (place) => place.startsWith('Barman: ');
const ofHome = (place) => /^(\.[a-z_]+|environment of the collector)/.test(place);
const ofStandby = (place) => place === 'primary_conninfo of a standby';

async function negativeControl(primary, standby, barman, home) {
  const file = leaking();
  const leaks = (result) => canaries.foundIn(plain(result.archive));
  const all = [...canaries.secrets.keys()];
  await check('canary: a leaking collector on the primary is caught with every secret planted there', () => {
    const found = leaks(collect(primary, ['--depth', 'surface'], { file, env: { ...home, PGUSER: 'postgres' } }));
    // What the text of a password was, no server knows any more.
    const unknowable = (place) => /^(old )?password of a role$/.test(place);
    const expected = all.filter((place) => !ofBarman(place) && !ofStandby(place) && !unknowable(place));
    assert.deepEqual(
      expected.filter((place) => !found.includes(place)),
      [],
    );
  });
  await check('canary: a leaking collector on the standby is caught', () => {
    const found = leaks(collect(standby, ['--depth', 'surface'], { file, env: { ...home, PGUSER: 'postgres' } }));
    assert.ok(found.includes('primary_conninfo of a standby'), String(found));
  });
  await check('canary: a leaking collector on the Barman server is caught with every secret planted there', () => {
    const found = leaks(collect(null, ['--barman'], { file, user: 'barman', env: barman.env }));
    assert.deepEqual(
      all.filter((place) => (ofBarman(place) || ofHome(place)) && !found.includes(place)),
      [],
    );
  });
}

async function primaryRuns(primary, home, keep) {
  const sample = { ...home, PATH: SAMPLE_PATH };
  const superuser = collect(primary, [], { env: { ...sample, PGUSER: 'postgres' } });
  await checkWhole('primary under load as superuser', superuser);
  await clean('primary as superuser', superuser);
  await check(
    'primary: standby, slots, broken lines, prepared transaction and a command that does nothing are seen',
    () => {
      const row = rows(superuser, 'postgresql/replication.ndjson').find(
        ({ application_name: name }) => name === 'standby1',
      );
      assert.equal(row.state, 'streaming');
      assert.ok(
        rows(superuser, 'postgresql/slots.ndjson').some(
          (slot) => slot.slot_name === 'gone_standby' && !slot.active && slot.retained_bytes > 0,
        ),
      );
      assert.equal(rows(superuser, 'postgresql/prepared_xacts.ndjson').length, 1);
      assert.ok(rows(superuser, 'postgresql/file_settings.ndjson').some(({ error }) => error === 'syntax error'));
      assert.ok(rows(superuser, 'postgresql/hba_rules.ndjson').some(({ error }) => error === 'error, text withheld'));
      assert.ok(
        rows(superuser, 'postgresql/hba_rules.ndjson').some(({ options }) => options?.includes('radiussecrets=***')),
      );
      assert.equal(
        rows(superuser, 'postgresql/commands.ndjson').find(({ name }) => name === 'archive_command').program,
        'test',
      );
      assert.deepEqual(
        rows(superuser, 'postgresql/password_kinds.ndjson')
          .map(({ kind }) => kind)
          .sort(),
        ['md5', 'none', 'none', 'scram-sha-256'],
      );
      assert.ok(
        rows(superuser, 'postgresql/activity_counts.ndjson').some(({ state }) => state === 'idle in transaction'),
      );
    },
  );
  keep('primary-superuser', superuser);
  for (const [user, name] of [
    ['ins_collector', 'pg_monitor'],
    ['plain', 'plain'],
  ]) {
    const result = collect(primary, [], { env: { ...sample, PGUSER: user } });
    await checkWhole(`primary as ${user}`, result);
    await clean(`primary as ${user}`, result);
    keep(`primary-${name}`, result);
  }
}

async function standbyRuns(standby, home, keep) {
  const sample = { ...home, PATH: SAMPLE_PATH };
  for (const [user, name] of [
    ['postgres', 'superuser'],
    ['ins_collector', 'pg_monitor'],
    ['plain', 'plain'],
  ]) {
    const result = collect(standby, [], { env: { ...sample, PGUSER: user } });
    await checkWhole(`standby as ${user}`, result);
    await clean(`standby as ${user}`, result);
    if (name !== 'plain') keep(`standby-${name}`, result);
    if (name !== 'superuser') continue;
    await check('standby: recovery, receiver and distance are seen, nothing is denied', () => {
      assert.equal(rows(result, 'postgresql/instance.ndjson')[0].in_recovery, true);
      const [receiver] = rows(result, 'postgresql/wal_receiver.ndjson');
      assert.equal(receiver.status, 'streaming');
      assert.equal(receiver.replay_paused, false);
      assert.deepEqual(unread(result), []);
    });
  }
}

async function barmanRuns(barman, keep) {
  const result = collect(null, [], { user: 'barman', env: { ...barman.env, PATH: SAMPLE_PATH } });
  await checkWhole('Barman', result);
  await clean('Barman', result);
  await check(
    'Barman: chosen by the user that runs it; live and dead server, backup and configuration are seen',
    () => {
      assert.equal(result.manifest.kind, isRoot ? 'barman' : 'postgresql');
      assert.deepEqual(unread(result), []);
      const checks = JSON.parse(result.content.get('barman/check.json'));
      assert.deepEqual(Object.keys(checks).sort(), ['dead', 'lab', 'overssh']);
      assert.equal(Object.values(checks.dead).find(({ status: state }) => state === 'FAILED') !== undefined, true);
      const hints = Object.values(checks.overssh).map(({ hint }) => hint);
      assert.ok(
        hints.some((hint) => hint?.includes("'***'") || hint?.includes('***')),
        JSON.stringify(checks.overssh),
      );
      const backups = JSON.parse(result.content.get('barman/list-backups.json'));
      assert.equal(backups.lab[0].status, 'DONE');
      assert.match(backups.lab[0].end_time_timestamp, /^\d+$/);
      const lab = rows(result, 'barman/show-servers.txt').filter(({ server }) => server === 'lab');
      assert.equal(lab.find(({ key }) => key === 'minimum_redundancy').value, '1');
      assert.match(lab.find(({ key }) => key === 'postgres_systemid').value, /^\d+$/);
      assert.equal(status(result, 'host.data_fs'), 'ok');
      assert.equal(lines(result, 'pg.settings').length, 0);
    },
  );
  keep('barman', result);
}

/** `keep(name, result)` is given each whole archive. */
async function cluster(keep) {
  const primary = makePrimary();
  const standby = makeStandby(primary);
  const home = plantHome(ownedFolder('home'), canaries);
  const barman = await makeBarman(primary);
  plantRunning(primary);
  plantErrors(primary, canaries);
  const unmount = plantMount();
  try {
    const load = background(path.join(debianBin(), 'pgbench'), ['-c', '2', '-T', '600', '-R', '50', 'app'], {
      env: pgEnv(primary),
    });
    load.on('error', () => {});
    await sleep(1000);
    await primaryRuns(primary, home, keep);
    await standbyRuns(standby, home, keep);
    await barmanRuns(barman, keep);
    await negativeControl(primary, standby, barman, home);
  } finally {
    unmount();
  }
  const log = readFileSync(path.join(primary.folder, 'server.log'), 'utf8');
  if (/PANIC/.test(log)) console.log(log);
  standby.stop();
  primary.stop();
}

module.exports = { cluster };
