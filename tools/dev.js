'use strict';
// API and portal, both rebuilt on change: the portal at http://localhost:4200, the API behind it.
const { root } = require('./guard');
const path = require('node:path');
const { spawn } = require('node:child_process');

const concurrently = path.join(root, 'node_modules', '.bin', 'concurrently');
// The portal's server takes PORT from its environment, so the API's setting must not reach it.
const env = {
  ...process.env,
  PUBLIC_URL: process.env.PUBLIC_URL ?? 'http://localhost:4200',
  NG_CLI_ANALYTICS: 'false',
};
delete env.PORT;
const child = spawn(
  concurrently,
  ['--kill-others', '--names', 'api,portal', 'PORT=3000 nest start api --watch', 'ng serve --port 4200'],
  { cwd: root, stdio: 'inherit', env },
);
child.on('exit', (code) => process.exit(code ?? 1));
