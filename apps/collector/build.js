'use strict';
// Prints the one-file collector: node apps/collector/build.js [--no-network] [--windows]
require('../../tools/guard.js');
require('../../tools/ts-hook.js');
const { buildCollector } = require('./src/build.ts');

const known = ['--no-network', '--windows'];
const unknown = process.argv.slice(2).find((option) => !known.includes(option));
if (unknown !== undefined) {
  console.error(`build.js does not know ${unknown}; it knows ${known.join(' and ')}.`);
  process.exit(64);
}
const has = (option) => process.argv.includes(option);
process.stdout.write(buildCollector({ network: !has('--no-network'), windows: has('--windows') }));
