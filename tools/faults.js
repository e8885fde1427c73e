'use strict';
// Fault runs: each script in test/faults prints what it counted and closes with "N passed, N failed".
const { root } = require('./guard');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { buildIfStale } = require('./build');

/** What the scripts share. */
const SHARED = ['tally.ts', 'tickets.ts'];

buildIfStale(root, { parts: ['api'], log: (line) => console.log(line) });
const directory = path.join(root, 'test', 'faults');
const scripts = fs.readdirSync(directory).filter((name) => name.endsWith('.ts') && !SHARED.includes(name));
let passed = 0;
let failed = 0;
for (const script of scripts) {
  console.log(`-- ${script}`);
  const run = spawnSync(process.execPath, [path.join(root, 'tools', 'run-ts.js'), path.join(directory, script)], {
    cwd: root,
    encoding: 'utf8',
  });
  process.stdout.write(run.stdout ?? '');
  process.stderr.write(run.stderr ?? '');
  const counts = /^(\d+) passed, (\d+) failed/m.exec(run.stdout ?? '');
  passed += Number(counts?.[1] ?? 0);
  failed += counts ? Number(counts[2]) : 1;
  if (counts && run.status !== 0 && counts[2] === '0') failed++;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
