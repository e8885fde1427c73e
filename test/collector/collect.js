'use strict';
// Runs the collector as an unprivileged user and opens what it made.
const { spawnSync } = require('child_process');
const { createHash } = require('crypto');
const { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } = require('fs');
const path = require('path');
const { account, base, ownedFolder } = require('./server.js');
const { run } = require('./engines.js');

const project = path.resolve(__dirname, '..', '..');
const build = (...options) => run(process.execPath, [path.join(project, 'apps', 'collector', 'build.js'), ...options]);

mkdirSync(path.join(base, 'bin'));
/** Writes a script that everybody may read and answers its path. */
function script(name, text) {
  const file = path.join(base, 'bin', name);
  writeFileSync(file, text, { mode: 0o755 });
  return file;
}

const texts = { normal: build(), noNetwork: build('--no-network'), windows: build('--windows') };
const files = {
  normal: script('casebook-collector.sh', texts.normal),
  noNetwork: script('casebook-collector-no-network.sh', texts.noNetwork),
};
const catalogue = JSON.parse(readFileSync(path.join(project, 'apps', 'collector', 'src', 'catalogue.json'), 'utf8'));

// Samples are kept for other tests: they name a made-up machine.
script(
  'uname',
  `#!/bin/sh
case $1 in
  -n) echo db1.example.net ;; -r) echo 6.1.0-28-amd64 ;; -v) echo '#1 SMP Debian 6.1.119-1' ;; -m) echo x86_64 ;; *) echo Linux ;;
esac
`,
);
/** PATH of a run whose archive is kept. */
const SAMPLE_PATH = `${path.join(base, 'bin')}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`;

let count = 0;

/** Environment of a run: nothing of ours but PATH. */
function environment(server, env) {
  const where = server === null ? {} : { PGHOST: server.socket, PGPORT: String(server.port) };
  return { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', HOME: base, ...where, ...env };
}

/**
 * Runs the collector. Answers status, texts, seconds, the folder of its output and, when it made an archive, its
 * opened content.
 */
function collect(
  server,
  args = [],
  { env = {}, user = 'postgres', shell = ['sh'], file = files.normal, cwd, output = true, timeout = 120_000 } = {},
) {
  count += 1;
  const out = ownedFolder(`out-${count}`, user);
  const started = process.hrtime.bigint();
  const result = spawnSync(shell[0], [...shell.slice(1), file, ...(output ? ['--output', out] : []), ...args], {
    ...account(user),
    env: environment(server, env),
    cwd: cwd ?? out,
    encoding: 'utf8',
    timeout,
  });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const answer = { status: result.status, stdout: result.stdout, stderr: result.stderr, seconds, out };
  const last = result.stdout.trim().split('\n').at(-1) ?? '';
  return last.startsWith('/') && existsSync(last) ? { ...answer, archive: last, ...openArchive(last) } : answer;
}

/** Every file of an archive by its path under the top folder, the manifest, and all bytes together. */
function openArchive(archive) {
  const folder = path.join(base, `open-${path.basename(archive)}`);
  mkdirSync(folder, { recursive: true });
  run('tar', ['-xf', archive, '-C', folder]);
  const tops = readdirSync(folder);
  const top = path.join(folder, tops[0]);
  const names = readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(top, path.join(entry.parentPath, entry.name)));
  const content = new Map(names.map((name) => [name, readFileSync(path.join(top, name))]));
  const manifest = JSON.parse(content.get('manifest.json').toString('utf8'));
  return { tops, top, content, manifest, bytes: readFileSync(archive).length };
}

/** Rows of a file of JSON lines. */
const rows = (result, name) =>
  result.content
    .get(name)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** Lines of the manifest for one item. */
const lines = (result, item) => result.manifest.items.filter((line) => line.item === item);
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

module.exports = {
  SAMPLE_PATH,
  catalogue,
  collect,
  environment,
  files,
  lines,
  openArchive,
  project,
  rows,
  script,
  sha256,
  texts,
};
