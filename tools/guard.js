'use strict';
// First line of every script: goes on under Node >= 24.15, else runs the same script again under the
// project's own Node (node_modules/.bin/node). Plain ES2020, so that old Nodes can read it.
const { spawnSync } = require('child_process');
const { existsSync } = require('fs');
const path = require('path');

const root = path.resolve(__dirname, '..');
const [major, minor] = process.versions.node.split('.').map(Number);
const newEnough = major > 24 || (major === 24 && minor >= 15);

if (!newEnough) {
  const own = path.join(root, 'node_modules', '.bin', 'node');
  if (process.env.CASEBOOK_NODE_GUARD || !existsSync(own)) {
    console.error(
      `Casebook needs Node 24.15 or newer and found ${process.versions.node}. Run "npm ci" first (on Linux x64 it brings its own Node), or install Node 24 and try again.`,
    );
    process.exit(1);
  }
  const run = spawnSync(own, process.argv.slice(1), {
    stdio: 'inherit',
    env: { ...process.env, CASEBOOK_NODE_GUARD: '1' },
  });
  process.exit(run.status === null ? 1 : run.status);
}

// Tools with a "#!/usr/bin/env node" line must find this Node, and the project's own binaries.
process.env.PATH = [path.dirname(process.execPath), path.join(root, 'node_modules', '.bin'), process.env.PATH].join(
  path.delimiter,
);

module.exports = { root };
