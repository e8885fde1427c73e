'use strict';
// Builds server and portal when their sources changed since the last build, and says so.
// One stamp per part: a hash over path, size and modification time of everything the part is made from.
const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const zlib = require('node:zlib');

const PARTS = {
  api: {
    sources: ['apps/api', 'apps/cli', 'apps/collector', 'libs', 'nest-cli.json', 'tsconfig.json', 'package-lock.json'],
    build: ['nest', 'build', 'api'],
    about: 'server',
  },
  portal: {
    sources: ['apps/portal', 'angular.json', 'tsconfig.json', 'package-lock.json'],
    build: ['ng', 'build', '--configuration', 'production', '--progress', 'false'],
    about: 'portal',
  },
};

/** Builds the named parts (default: all) that are missing or stale. Throws an Error with one sentence when a build fails. */
function buildIfStale(root, { parts = Object.keys(PARTS), log = () => {}, output = 'inherit' } = {}) {
  for (const name of parts) {
    const part = PARTS[name];
    if (!part.sources.every((source) => existsSync(path.join(root, source)))) {
      const missing = part.sources.find((source) => !existsSync(path.join(root, source)));
      throw new Error(`Cannot build the ${part.about}: ${missing} is missing.`);
    }
    const stampFile = path.join(root, 'dist', `${name}.stamp`);
    const stamp = stampOf(root, part.sources);
    if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) continue;
    log(`Building the ${part.about} …`);
    rmSync(stampFile, { force: true });
    rmSync(path.join(root, 'dist', name), { recursive: true, force: true });
    run(root, part, output);
    if (name === 'portal') compress(path.join(root, 'dist', 'portal', 'browser'));
    mkdirSync(path.join(root, 'dist'), { recursive: true });
    writeFileSync(stampFile, stamp);
  }
}

function run(root, { build: [tool, ...args], about }, output) {
  const bin = path.join(root, 'node_modules', '.bin', tool);
  const result = spawnSync(bin, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NG_CLI_ANALYTICS: 'false' },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
    throw new Error(`Building the ${about} failed.`);
  }
  if (output === 'stderr') process.stderr.write(result.stdout ?? '');
}

function stampOf(root, sources) {
  const hash = createHash('sha256');
  for (const source of sources)
    walk(path.join(root, source), (file, { size, mtimeMs }) => {
      hash.update(`${path.relative(root, file)}\0${size}\0${mtimeMs}\n`);
    });
  return hash.digest('hex');
}

function walk(file, visit) {
  const stat = statSync(file);
  if (!stat.isDirectory()) return visit(file, stat);
  for (const name of readdirSync(file).sort()) {
    if (name !== 'node_modules' && !name.endsWith('.spec.ts')) walk(path.join(file, name), visit);
  }
}

/** Puts a brotli and a gzip copy beside each text file, so that the server never compresses while people wait. */
function compress(directory) {
  walk(directory, (file, { size }) => {
    if (size < 1024 || !/\.(js|css|html|svg|json)$/.test(file)) return;
    const content = readFileSync(file);
    writeFileSync(
      `${file}.br`,
      zlib.brotliCompressSync(content, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 9 } }),
    );
    writeFileSync(`${file}.gz`, zlib.gzipSync(content, { level: 9 }));
  });
}

module.exports = { buildIfStale };
