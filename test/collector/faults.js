'use strict';
// What goes wrong on real machines: no server, missing programs, locks, lost sessions, nowhere to write, a signal.
const { spawn, spawnSync } = require('child_process');
const { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } = require('fs');
const path = require('path');
const { assert, check } = require('./checks.js');
const { collect, environment, files, lines, openArchive, rows } = require('./collect.js');
const { PORT, Server, account, background, base, end, isRoot, ownedFolder, sleep } = require('./server.js');
const { checkWhole, status } = require('./shape.js');
const { CONTENT, TABLES } = require('./versions.js');

/** A PATH with every program of the system but some. */
function pathWithout(...missing) {
  const folder = path.join(base, `without-${missing.join('-')}`);
  mkdirSync(folder);
  for (const from of ['/usr/bin', '/bin', '/usr/sbin', '/sbin'])
    for (const name of existsSync(from) ? readdirSync(from) : [])
      if (!missing.includes(name) && !existsSync(path.join(folder, name)))
        try {
          symlinkSync(path.join(from, name), path.join(folder, name));
        } catch {
          // A dangling link of the system.
        }
  return folder;
}

function oldPsql() {
  const folder = path.join(base, 'old-psql');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'psql'), "#!/bin/sh\necho 'psql (PostgreSQL) 9.6.24'\n", { mode: 0o755 });
  return folder;
}

async function unreachable() {
  for (const [reason, env] of [
    ['no server', { PGHOST: '/nonexistent' }],
    ['psql is missing', { PATH: pathWithout('psql') }],
    ['psql is too old', { PATH: `${oldPsql()}:/usr/bin:/bin` }],
  ])
    await check(`${reason}: exit 69, one reason, no archive, nothing left behind`, () => {
      const place = ownedFolder(`tmp-${reason.replaceAll(' ', '-')}`);
      const result = collect(null, [], { env: { TMPDIR: place, ...env } });
      assert.equal(result.status, 69, result.stderr);
      assert.equal(result.stdout, '');
      assert.match(result.stderr, /--system-only|version 11/);
      assert.deepEqual(readdirSync(result.out), []);
      assert.deepEqual(readdirSync(place), []);
    });
  await check('barman is missing: exit 69', () => {
    assert.equal(collect(null, ['--barman'], { env: { PATH: pathWithout('barman') } }).status, 69);
  });
}

/** Refusals as servers word them in other languages, said by a psql of ours. */
async function languages() {
  const refusals = [
    ['schon zu viele Verbindungen', '53300'],
    ['現在クライアント数が多すぎます', '53300'],
    ['les emplacements de connexions restants sont réservés', '53300'],
    ['система баз данных запускается', '57P03'],
  ];
  for (const [at, [words, detail]] of refusals.entries())
    await check(`a server that refuses with "${words}": ${detail}, and the system is collected`, () => {
      const folder = path.join(base, `speaking-${at}`);
      mkdirSync(folder);
      writeFileSync(path.join(folder, 'psql'), `#!/bin/sh\necho 'psql: FATAL:  ${words}' >&2\nexit 2\n`, {
        mode: 0o755,
      });
      const result = collect(null, [], { env: { PATH: `${folder}:/usr/bin:/bin` } });
      assert.equal(result.status, 0, result.stderr);
      assert.equal(lines(result, 'pg.connect')[0].detail, detail);
    });
}

async function missingTools(server) {
  const run = (...missing) =>
    collect(server, ['--depth', 'surface'], { env: { PGUSER: 'postgres', PATH: pathWithout(...missing) } });
  const bare = run(
    'bzip2',
    'timeout',
    'sha256sum',
    'dpkg-query',
    'hostname',
    'df',
    'systemd-detect-virt',
    'timedatectl',
    'find.mawk',
  );
  await checkWhole('without bzip2, timeout, sha256sum, df, dpkg-query and hostname', bare);
  await check(
    'without bzip2 the archive is .tar.gz; an item without its program is skipped or an error, the rest is whole',
    () => {
      assert.match(bare.archive, /\.tar\.gz$/);
      assert.equal(status(bare, 'pg.settings'), 'ok');
      assert.notEqual(status(bare, 'host.df'), 'ok');
    },
  );
  await check('without any program for checksums nothing is made', () => {
    const none = run('sha256sum', 'shasum', 'openssl');
    assert.equal(none.status, 69);
    assert.match(none.stderr, /sha256sum/);
  });
}

const session = (server, sql) => {
  const child = background('psql', ['-X', '-q'], {
    env: { ...process.env, PGHOST: server.socket, PGPORT: String(PORT), PGUSER: 'postgres', PGDATABASE: 'app' },
  });
  child.stdin.write(`${sql}\n`);
  return child;
};

async function waitFor(server, question) {
  for (let waited = 0; waited < 100 && server.sql(question) !== 't'; waited += 1) await sleep(50);
}

async function locks(server) {
  const held = "SELECT count(*) > 0 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND locktype = 'relation'";
  const holder = session(server, 'BEGIN; LOCK TABLE customers IN ACCESS EXCLUSIVE MODE;');
  await waitFor(server, held);
  const result = collect(server, [], { env: { PGUSER: 'postgres' } });
  await checkWhole('a table locked by somebody', result);
  await check('a locked table: its size is an estimate, nothing waits for the lock', () => {
    const app = rows(result, 'postgresql/databases.ndjson').find(({ datname }) => datname === 'app').oid;
    const table = rows(result, `postgresql/db/${app}/tables_top.ndjson`).find(
      (row) => row.table === 'public.customers',
    );
    assert.equal(table.size_is_estimate, true);
    assert.ok(result.manifest.items.every(({ status: state }) => state !== 'timeout'));
  });
  end(holder);
  await waitFor(server, held.replace('> 0', '= 0'));
  const catalogueHolder = session(server, 'BEGIN; LOCK TABLE pg_foreign_server IN ACCESS EXCLUSIVE MODE;');
  await waitFor(server, held);
  const timed = collect(server, [], { env: { PGUSER: 'postgres' } });
  await check('a locked catalogue table: that item times out alone', () => {
    assert.equal(timed.status, 0);
    const app = rows(timed, 'postgresql/databases.ndjson').find(({ datname }) => datname === 'app').oid;
    const line = timed.manifest.items.find(({ path: file }) => file === `postgresql/db/${app}/foreign_servers.ndjson`);
    assert.deepEqual([line.status, line.detail], ['timeout', '55P03']);
    assert.equal(
      timed.manifest.items.find(({ path: file }) => file === `postgresql/db/${app}/tables_top.ndjson`).status,
      'ok',
    );
  });
  const running = collectBeside(server);
  const query =
    "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND backend_type = 'client backend'";
  await waitFor(server, query);
  server.sql(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND backend_type = 'client backend'",
  );
  const ended = await running;
  await check('a session ended by the administrator: exit 0, what was read is kept, the rest is marked', () => {
    assert.equal(ended.status, 0, ended.stderr);
    const { manifest } = openArchive(ended.stdout.trim());
    assert.ok(manifest.items.some(({ item, detail }) => item === 'db.session' && detail.startsWith('connection_lost')));
    assert.equal(manifest.items.find(({ item }) => item === 'pg.settings').status, 'ok');
  });
  end(catalogueHolder);
}

/** The collector running beside us; resolves when it has ended. */
function collectBeside(server, env = {}) {
  const out = ownedFolder(`beside-${Date.now()}`);
  const child = spawn('sh', [files.normal, '--output', out], {
    ...account('postgres'),
    env: environment(server, { PGUSER: 'postgres', ...env }),
    cwd: out,
  });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'])
    child[name].on('data', (chunk) => {
      texts[name] += chunk;
    });
  const answer = new Promise((resolve) => child.on('close', (code) => resolve({ status: code, out, ...texts })));
  answer.pid = child.pid;
  return answer;
}

async function signals(server) {
  const place = ownedFolder('tmp-signal');
  const holder = session(server, 'BEGIN; LOCK TABLE pg_foreign_server IN ACCESS EXCLUSIVE MODE;');
  await waitFor(
    server,
    "SELECT count(*) > 0 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND locktype = 'relation'",
  );
  const running = collectBeside(server, { TMPDIR: place });
  for (let waited = 0; waited < 100 && readdirSync(place).length === 0; waited += 1) await sleep(20);
  process.kill(running.pid, 'SIGTERM');
  const { status: code, out } = await running;
  await check('ended by a signal: no archive, nothing left behind', () => {
    assert.notEqual(code, 0);
    assert.deepEqual(readdirSync(place), []);
    assert.deepEqual(readdirSync(out), []);
  });
  end(holder);
}

async function privileges(server) {
  server.sql('REVOKE CONNECT ON DATABASE app FROM PUBLIC');
  const result = collect(server, ['--depth', 'shallow'], { env: { PGUSER: 'ins_collector' } });
  await check('a database that the role may not enter is listed as denied, the others are read', () => {
    assert.equal(result.status, 0);
    const app = rows(result, 'postgresql/databases.ndjson').find(({ datname }) => datname === 'app').oid;
    const states = lines(result, 'db.extensions').map(({ path: file, status: state }) => [
      file.split('/')[2] === app,
      state,
    ]);
    assert.deepEqual(
      states.filter(([isApp]) => isApp),
      [[true, 'denied']],
    );
    assert.deepEqual(
      states.filter(([isApp]) => !isApp),
      [
        [false, 'ok'],
        [false, 'ok'],
      ],
    );
  });
  server.sql('GRANT CONNECT ON DATABASE app TO PUBLIC');
}

async function writing(server) {
  await check('the server notes no transaction that could have changed anything', () => {
    const next = () => Number(server.sql('SELECT txid_current()'));
    const before = next();
    collect(server, [], { env: { PGUSER: 'postgres' } });
    assert.equal(next(), before + 1);
  });
  await check('it writes in its temporary directory and the output alone, and leaves the first empty', () => {
    const [home, place] = [ownedFolder('home-watched'), ownedFolder('tmp-watched')];
    const result = collect(server, [], { env: { PGUSER: 'postgres', HOME: home, TMPDIR: place } });
    assert.deepEqual([readdirSync(home), readdirSync(place)], [[], []]);
    assert.deepEqual(readdirSync(result.out).sort(), [
      path.basename(result.archive),
      `${path.basename(result.archive)}.sha256`,
    ]);
  });
  await check('a current directory that cannot be written to: the archive goes to the temporary one', () => {
    const place = ownedFolder('tmp-instead');
    const result = collect(server, ['--depth', 'surface'], {
      output: false,
      cwd: '/',
      env: { PGUSER: 'postgres', TMPDIR: place },
    });
    assert.equal(result.status, 0, result.stderr);
    assert.equal(path.dirname(result.archive), isRoot ? place : '/');
  });
  if (!isRoot || spawnSync('unshare', ['-m', 'mount', '-o', 'remount,bind,ro', '/']).status !== 0) {
    console.log('  note this machine allows no private mounts: a read-only file system is not tried');
    return;
  }
  const out = ownedFolder('writable');
  // Everything is read-only but one folder; with none at all there is nothing to be done.
  const confined = (writable) => {
    const keep = writable === null ? '' : `mount --bind ${writable} ${writable} && `;
    const others =
      'for place in /tmp /var/tmp /dev/shm /run; do mountpoint -q $place && mount -o remount,bind,ro $place; done; true';
    return spawnSync(
      'unshare',
      [
        '-m',
        'sh',
        '-c',
        `${keep}mount -o remount,bind,ro / && { ${others}; } && cd / && exec setpriv --reuid=postgres --regid=postgres --clear-groups env -i "$@"`,
        'sh',
        ...Object.entries(environment(server, { PGUSER: 'postgres', TMPDIR: writable ?? '/tmp' })).map(
          ([name, value]) => `${name}=${value}`,
        ),
        'sh',
        files.normal,
        ...(writable === null ? [] : ['--output', writable]),
      ],
      { encoding: 'utf8', timeout: 60_000 },
    );
  };
  await check('on a read-only file system one writable folder is enough', () => {
    const result = confined(out);
    assert.equal(result.status, 0, result.stderr);
    assert.equal(readdirSync(out).length, 2);
  });
  await check('with nowhere to write: exit 73 and one reason', () => {
    const result = confined(null);
    assert.equal(result.status, 73, result.stdout + result.stderr);
    assert.match(result.stderr, /TMPDIR/);
  });
}

async function faults() {
  await unreachable();
  await languages();
  const server = new Server('faults', 16);
  server.configure('autovacuum = off');
  server.start();
  server.sql(CONTENT);
  server.sql(TABLES, 'app');
  await missingTools(server);
  await locks(server);
  await signals(server);
  await privileges(server);
  await writing(server);
  server.stop();
}

module.exports = { faults };
