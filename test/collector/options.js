'use strict';
// Options and exit codes, other shells, tokens instead of names, the build without network, the PowerShell text.
const { createHmac } = require('crypto');
const { chmodSync, readFileSync, readdirSync, writeFileSync } = require('fs');
const { spawnSync } = require('child_process');
const path = require('path');
const { assert, check } = require('./checks.js');
const { catalogue, collect, files, lines, rows, script, texts } = require('./collect.js');
const { has } = require('./engines.js');
const { Server, base, freePort, ownedFolder } = require('./server.js');
const { checkWhole } = require('./shape.js');
const { CONTENT, TABLES } = require('./versions.js');

const text = (args, options = {}) => collect(null, args, { output: false, ...options });

async function usage() {
  const wrong = [
    ['--nonsense'],
    ['--depth', 'bottomless'],
    ['--depth'],
    ['--output', '/nonexistent'],
    ['--format', 'zip'],
    ['--barman', '--system-only'],
    ['--name-key', '/etc/hostname'],
    ['--upload', 'http://portal.example.com'],
    ['--upload', 'https://portal.example.com', '--no-network'],
    ['--upload', 'https://portal.example.com', '--token-file', '/nonexistent'],
    ['positional'],
  ];
  for (const args of wrong)
    await check(`${args.join(' ')} is wrong usage: 64, one reason, nothing on standard output`, () => {
      const { status, stdout, stderr } = text(args);
      assert.equal(status, 64, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, /^casebook-collector: .+\ncasebook-collector: see --help\n$/);
    });
  await check('--help and --version answer with 0', () => {
    assert.match(text(['--help']).stdout, /--anonymise-names[\s\S]+64 wrong usage, 69/);
    assert.match(text(['--version']).stdout, /^casebook-collector \d+\.\d+\.\d+, catalogue \d+, format 1\.0\n$/);
  });
}

async function weekly(server) {
  await check('the weekly line of --help waits less than two hours, then collects', () => {
    const entry = text(['--help'])
      .stdout.split('\n')
      .find((candidate) => candidate.startsWith('0 3 * * 0 '));
    // cron gives the shell what follows the times, with \% for a percent sign.
    const command = entry.slice('0 3 * * 0 '.length).replaceAll('\\%', '%').replace('sleep', 'echo');
    const here = command.replace('/usr/local/bin/casebook-collector.sh', files.normal).replace('/var/tmp', '"$PWD"');
    const run = script('weekly.sh', `${here}\n`);
    const result = collect(server, [], { output: false, file: run, env: { PGUSER: 'postgres' } });
    const wait = Number(result.stdout.split('\n')[0]);
    assert.ok(wait >= 0 && wait < 7200, result.stdout);
    assert.equal(result.manifest.kind, 'postgresql');
  });
}

async function reading() {
  await check('--describe names every item with what, why and impact, and what is untried', () => {
    const { status, stdout } = text(['--describe']);
    assert.equal(status, 0);
    for (const { item, what, why } of catalogue.items.filter(({ platform }) => platform !== 'windows')) {
      assert.ok(stdout.includes(`\n${item}  (`), item);
      assert.ok(stdout.includes(what) && stdout.includes(why), item);
    }
    assert.match(stdout, /untried/);
  });
  await check('--dry-run prints a manifest without connecting or writing', () => {
    const home = ownedFolder('dry');
    const { status, stdout } = text(['--dry-run', '--depth', 'shallow'], {
      env: { PGHOST: '/nonexistent', HOME: home, TMPDIR: home },
      cwd: home,
    });
    assert.equal(status, 0);
    const { items, kind } = JSON.parse(stdout);
    assert.equal(kind, 'postgresql');
    assert.equal(items.find(({ item }) => item === 'pg.settings').detail, 'dry_run');
    assert.equal(items.find(({ item }) => item === 'db.tables_top').detail, 'depth');
    assert.deepEqual(readdirSync(home), []);
  });
  if (has('shellcheck'))
    await check('shellcheck has no warning about either build', () => {
      for (const file of [files.normal, files.noNetwork]) {
        // One text serves both builds: an option of uploading has no use in the other.
        const { status, stdout } = spawnSync('shellcheck', ['-s', 'sh', '-S', 'warning', '-e', 'SC2034', file], {
          encoding: 'utf8',
        });
        assert.equal(status, 0, stdout);
      }
    });
}

async function builds() {
  await check('the build without network holds no upload code and refuses --upload', () => {
    assert.doesNotMatch(texts.noNetwork, /curl|wget|https?:\/\/|Bearer|\/dev\/tcp/);
    const { status, stderr } = text(['--upload', 'https://portal.example.com'], { file: files.noNetwork });
    assert.equal(status, 64);
    assert.match(stderr, /cannot upload/);
  });
  await check('the PowerShell text runs the very same SQL', () => {
    const sql = /server_sql\(\) \{\n {2}cat <<'SQL'\n([\s\S]*?)\nSQL\n/.exec(texts.normal)[1];
    assert.ok(sql.length > 10_000);
    assert.ok(texts.windows.includes(sql));
    assert.match(texts.windows, /UNTRIED ON A REAL WINDOWS/);
  });
}

async function shells(server) {
  const choices = { dash: ['dash'], bash: ['bash', '--posix'], busybox: ['busybox', 'sh'] };
  for (const [name, shell] of Object.entries(choices).filter(([name]) => has(name))) {
    await checkWhole(
      `run by ${name}`,
      collect(server, ['--depth', 'shallow', '--format', 'gz'], { shell, env: { PGUSER: 'postgres' } }),
    );
  }
  await check('the shallow depth leaves tables out, the surface depth leaves databases out', () => {
    const surface = collect(server, ['--depth', 'surface'], { env: { PGUSER: 'postgres' } });
    assert.equal(lines(surface, 'db.extensions')[0].detail, 'depth');
    assert.equal([...surface.content.keys()].filter((name) => name.includes('/db/')).length, 0);
  });
  await check('--system-only asks no database', () => {
    const result = collect(null, ['--system-only'], { env: { PGHOST: '/nonexistent' } });
    assert.equal(result.status, 0);
    assert.equal(result.manifest.kind, 'system');
    assert.ok(result.manifest.items.every(({ item }) => item.startsWith('host.')));
  });
  await check('a service file and a database other than postgres are used as libpq does', () => {
    const service = path.join(base, 'services.conf');
    writeFileSync(service, `[mine]\nhost=${server.socket}\nport=5432\nuser=ins_collector\ndbname=app\n`, {
      mode: 0o644,
    });
    const result = collect(null, ['--depth', 'surface'], { env: { PGSERVICE: 'mine', PGSERVICEFILE: service } });
    assert.equal(rows(result, 'postgresql/instance.ndjson')[0].role, 'ins_collector');
  });
}

async function remote() {
  const server = new Server('remote', 14, { tcpPort: await freePort() });
  server.start();
  const env = { PGHOST: 'db7.example.net', PGHOSTADDR: '127.0.0.1', PGUSER: 'postgres' };
  const result = collect(server, ['--depth', 'surface'], { env });
  await checkWhole('a server on another machine', result);
  await check('a server on another machine: named after it, and our operating system is left out', () => {
    assert.equal(result.manifest.host.name, 'db7.example.net');
    assert.match(path.basename(result.archive), /^insights-db7\.example\.net-postgresql-/);
    assert.equal(result.manifest.options.same_host, false);
    const host = result.manifest.items.filter(({ item }) => item.startsWith('host.'));
    assert.ok(host.length > 10 && host.every(({ status, detail }) => status === 'skipped' && detail === 'remote'));
    assert.equal(lines(result, 'pg.settings')[0].status, 'ok');
  });
  server.stop();
}

const NAMES = [
  'we ird',
  'DROP',
  'customers',
  'orders',
  'odd schema',
  'nearly',
  '"sub"',
  'ins_collector',
  '"app"',
  'plain',
  'parts1',
];

async function anonymise(server) {
  const key = 'a1'.repeat(32);
  const file = path.join(base, 'name.key');
  writeFileSync(file, `${key}\n`, { mode: 0o644 });
  const result = collect(server, ['--anonymise-names', '--name-key', file], { env: { PGUSER: 'ins_collector' } });
  await checkWhole('--anonymise-names', result);
  const names = readFileSync(
    path.join(
      result.out,
      readdirSync(result.out).find((name) => name.endsWith('.names.txt')),
    ),
    'utf8',
  );
  await check('--anonymise-names: no name of a database, role, schema or table is in the archive, nor the key', () => {
    const all = [...result.content]
      .filter(([name]) => name.startsWith('postgresql/'))
      .map(([, bytes]) => bytes.toString('utf8'))
      .join('\n');
    for (const name of NAMES) assert.ok(!all.includes(name), name);
    assert.ok(!all.includes(key) && !all.includes('36'.repeat(16)));
    assert.equal(result.manifest.options.anonymise_names, true);
  });
  await check(
    '--anonymise-names: tokens are HMAC-SHA-256 of the name under the key, and the list beside the archive says which',
    () => {
      const token = createHmac('sha256', Buffer.from(key, 'hex')).update('public.customers').digest('hex').slice(0, 16);
      assert.ok(names.includes(`${token}\tpublic.customers\n`));
      assert.ok([...result.content.values()].some((bytes) => bytes.includes(token)));
      assert.ok(names.startsWith(`# key ${key}\n`));
    },
  );
  await check('--anonymise-names: the weird database is visited and its token is the same in every file', () => {
    const token = createHmac('sha256', Buffer.from(key, 'hex'))
      .update('we ird/name\'"; DROP')
      .digest('hex')
      .slice(0, 16);
    const row = rows(result, 'postgresql/databases.ndjson').find(({ datname }) => datname === token);
    assert.ok(result.content.has(`postgresql/db/${row.oid}/extensions.ndjson`));
  });
}

/** A portal of ten lines in a process of its own. It notes what it got and every process's arguments at that time. */
const RECEIVER = `
const fs = require('fs'), http = require('http'), path = require('path');
const server = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
    const processes = fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).map((pid) => { try { return fs.readFileSync('/proc/' + pid + '/cmdline', 'utf8'); } catch { return ''; } }).join('\\n');
    fs.writeFileSync(process.argv[1] + '/seen.json', JSON.stringify({ url: request.url, method: request.method, headers: request.headers, body: Buffer.concat(chunks).toString('base64'), processes }));
    response.statusCode = Number(fs.readFileSync(process.argv[1] + '/status', 'utf8'));
    response.end();
  });
});
server.listen(0, '127.0.0.1', () => fs.writeFileSync(process.argv[1] + '/port', String(server.address().port)));`;

async function upload() {
  const { background, end, sleep } = require('./server.js');
  const folder = ownedFolder('receiver');
  chmodSync(folder, 0o777);
  const receiver = background(process.execPath, ['-e', RECEIVER, folder]);
  const read = (name) => readFileSync(path.join(folder, name), 'utf8');
  for (let waited = 0; waited < 100 && !readdirSync(folder).includes('port'); waited += 1) await sleep(50);
  const token = path.join(ownedFolder('token'), 'token');
  writeFileSync(token, 'company-token-42\n');
  spawnSync('chown', ['postgres', token]);
  const send = (args = [], port = read('port')) =>
    collect(null, ['--system-only', '--upload', `http://127.0.0.1:${port}`, '--token-file', token, ...args]);
  await check('a token file that others can read is refused', () => {
    chmodSync(token, 0o644);
    const { status, stderr } = send();
    assert.equal(status, 64);
    assert.match(stderr, /chmod 600/);
    chmodSync(token, 0o600);
  });
  for (const [answer, status] of [
    [201, 0],
    [200, 0],
    [401, 75],
    [413, 75],
    [422, 75],
    [500, 75],
  ])
    await check(`the portal answers ${answer}: exit ${status}, the archive is kept`, () => {
      writeFileSync(path.join(folder, 'status'), String(answer));
      const result = send();
      assert.equal(result.status, status, result.stderr);
      assert.ok(result.archive, 'the last line is not the path of an archive');
      const seen = JSON.parse(read('seen.json'));
      assert.deepEqual([seen.method, seen.url], ['POST', '/api/insights/collections']);
      assert.equal(seen.headers.authorization, 'Bearer company-token-42');
      assert.ok(readFileSync(result.archive).equals(Buffer.from(seen.body, 'base64')));
      assert.ok(readFileSync(`${result.archive}.sha256`, 'utf8').startsWith(seen.headers['x-content-sha256']));
      assert.ok(
        seen.processes.includes('curl') && !seen.processes.includes('company-token-42'),
        'the token is in the process list',
      );
    });
  await check('--remove-uploaded removes the archive after it was accepted, and only then', () => {
    writeFileSync(path.join(folder, 'status'), '401');
    assert.ok(send(['--remove-uploaded']).archive);
    writeFileSync(path.join(folder, 'status'), '201');
    const gone = send(['--remove-uploaded']);
    assert.equal(gone.status, 0);
    assert.deepEqual(readdirSync(gone.out), []);
  });
  end(receiver);
  await sleep(100);
  await check('a portal that cannot be reached: exit 75, the archive is kept', () => {
    const result = send();
    assert.equal(result.status, 75);
    assert.ok(result.archive);
  });
}

async function options() {
  await usage();
  await reading();
  await builds();
  const server = new Server('options', 18);
  server.start();
  server.sql(CONTENT);
  server.sql(TABLES, 'app');
  await shells(server);
  await weekly(server);
  await anonymise(server);
  await remote();
  await upload();
  server.stop();
}

module.exports = { options };
