'use strict';
// Everything that can be known without running the product: types, lint, import rules, unused code, fresh generated files.
const { root } = require('./guard');
const { spawnSync } = require('node:child_process');
const path = require('node:path');

const bin = (name) => path.join(root, 'node_modules', '.bin', name);
const CHECKS = [
  ['types', bin('tsc'), '-p', 'tsconfig.json'],
  ['types of the portal', bin('ngc'), '-p', 'apps/portal/tsconfig.spec.json', '--noEmit'],
  ['lint', bin('eslint'), '.', '--max-warnings', '0'],
  ['format', bin('prettier'), '--check', '--log-level', 'warn', '.'],
  ['import rules', bin('depcruise'), '--config', '.dependency-cruiser.cjs', 'apps', 'libs', 'test'],
  ['unused code', bin('knip'), '--no-progress'],
  ['generated files', process.execPath, 'tools/generate.js', '--check'],
];

const only = process.argv.slice(2);
let failed = 0;
for (const [name, command, ...args] of CHECKS) {
  if (only.length > 0 && !only.some((word) => name.includes(word))) continue;
  const started = Date.now();
  const run = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${run.status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
  if (run.status !== 0) failed++;
}
process.exit(failed === 0 ? 0 : 1);
