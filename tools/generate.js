'use strict';
// Writes the files that are derived from others, or with --check says which are not fresh.
const { root } = require('./guard');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { buildIfStale } = require('./build');

const check = process.argv.includes('--check');
const GENERATORS = [
  ['items of the collector', [path.join('apps', 'collector', 'docs.js')]],
  ['icons of the portal', [path.join('tools', 'icons.js')]],
  [
    'OpenAPI document',
    [path.join('dist', 'api', 'apps', 'api', 'src', 'write-openapi.js'), path.join('docs', 'openapi.json')],
  ],
];

buildIfStale(root, { parts: ['api'], log: (line) => console.error(line), output: 'stderr' });
let stale = 0;
for (const [name, [script, target]] of GENERATORS) {
  const args = [path.join(root, script), ...(target ? [path.join(root, target)] : []), ...(check ? ['--check'] : [])];
  const run = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (run.status !== 0) {
    console.error(`${name}: ${check ? 'not fresh, run "npm run generate"' : 'could not be written'}`);
    stale++;
  }
}
if (!fs.existsSync(path.join(root, 'docs', 'openapi.json'))) stale++;
process.exit(stale === 0 ? 0 : 1);
