'use strict';
// Writes the list of items in docs/collector.md, or with --check says whether it is fresh.
require('../../tools/guard.js');
require('../../tools/ts-hook.js');
const { readFileSync, writeFileSync } = require('fs');
const path = require('path');
const { withItems } = require('./src/describe.ts');

const file = path.resolve(__dirname, '../../docs/collector.md');
const before = readFileSync(file, 'utf8');
const after = withItems(before);
if (before !== after && process.argv.includes('--check')) {
  console.error('docs/collector.md does not list what the collector takes: run npm run generate.');
  process.exit(1);
}
if (before !== after) writeFileSync(file, after);
