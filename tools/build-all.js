'use strict';
// Builds server and portal when they are missing or stale.
const { root } = require('./guard');
const { buildIfStale } = require('./build');

try {
  buildIfStale(root, { log: (line) => console.log(line) });
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
