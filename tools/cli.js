'use strict';
// Runs a command of the CLI; a missing or stale build is made first, with all its words on standard error.
const { root } = require('./guard');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const { buildIfStale } = require('./build');

try {
  buildIfStale(root, { parts: ['api'], log: (line) => console.error(line), output: 'stderr' });
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
const main = path.join(root, 'dist', 'api', 'apps', 'cli', 'src', 'main.js');
const run = spawnSync(process.execPath, ['--enable-source-maps', main, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(run.status ?? 1);
