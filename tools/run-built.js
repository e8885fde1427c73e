'use strict';
// node tools/run-built.js FILE [ARGUMENTS]: builds what is stale, then runs a TypeScript file that drives the built portal.
const { root } = require('./guard');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { buildIfStale } = require('./build');

buildIfStale(root, { log: (line) => console.log(line) });
const [file, ...args] = process.argv.slice(2);
const runner = path.join(root, 'tools', 'run-ts.js');
const run = spawnSync(process.execPath, [runner, path.join(root, file), ...args], { cwd: root, stdio: 'inherit' });
process.exit(run.status ?? 1);
