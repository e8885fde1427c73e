'use strict';
// Journeys in real Chromium, with axe on every page: builds what is stale, then runs test/journeys.
const { root } = require('./guard');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { buildIfStale } = require('./build');

buildIfStale(root, { log: (line) => console.log(line) });
const run = spawnSync(
  process.execPath,
  [path.join(root, 'tools', 'run-ts.js'), path.join(root, 'test', 'journeys', 'run.ts'), ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
process.exit(run.status ?? 1);
