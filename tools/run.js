'use strict';
// Builds what is missing or stale and starts the portal. Required by start.js after the guard.
const { spawn } = require('node:child_process');
const { existsSync } = require('node:fs');
const path = require('node:path');
const { buildIfStale } = require('./build');

module.exports.start = (root) => {
  console.log('Casebook: preparing. The first start takes about half a minute, later ones a second.');
  try {
    buildIfStale(root, { log: (line) => console.log(line) });
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
  const main = path.join(root, 'dist', 'api', 'apps', 'api', 'src', 'main.js');
  if (!existsSync(main)) {
    console.error(`The build left no ${main}.`);
    process.exit(1);
  }
  const child = spawn(process.execPath, ['--enable-source-maps', main], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
};
