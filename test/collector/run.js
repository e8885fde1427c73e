'use strict';
// Proves the collector on real servers. Needs root (or the packages installed) and npm; brings what is missing, stops
// every server it starts, ends with "N passed, N failed".
require('../../tools/guard.js');
const { mkdirSync, copyFileSync } = require('fs');
const path = require('path');
const { installPackages } = require('./engines.js');
installPackages();
const { totals } = require('./checks.js');
const { stopAll } = require('./server.js');

const LIMIT_MINUTES = 12;
const suites = {
  versions: (keep) => require('./versions.js').versions(keep),
  cluster: (keep) => require('./cluster.js').cluster(keep),
  connections: (keep) => require('./connections.js').connections(keep),
  options: () => require('./options.js').options(),
  faults: () => require('./faults.js').faults(),
  figures: () => require('./figures.js').figures(),
  windows: () => require('./windows.js').windows(),
};

/** With --keep DIR archives are kept there, as samples. */
function keeper(args) {
  const at = args.indexOf('--keep');
  const folder = at < 0 ? null : path.resolve(args[at + 1] ?? '.');
  if (folder !== null) mkdirSync(folder, { recursive: true });
  return (name, result) => {
    if (folder !== null && result.archive)
      copyFileSync(
        result.archive,
        path.join(folder, `${name}${path.extname(result.archive) === '.gz' ? '.tar.gz' : '.tar.bz2'}`),
      );
  };
}

async function main(args) {
  const started = Date.now();
  const chosen = Object.keys(suites).filter((name) => args.includes(name));
  for (const name of chosen.length > 0 ? chosen : Object.keys(suites)) {
    console.log(`${name} (${Math.round((Date.now() - started) / 1000)} s)`);
    await suites[name](keeper(args));
  }
  console.log(`${Math.round((Date.now() - started) / 1000)} s`);
}

setTimeout(() => {
  console.log(`stopped after ${LIMIT_MINUTES} minutes`);
  totals.failed += 1;
  finish();
}, LIMIT_MINUTES * 60_000).unref();

function finish() {
  stopAll();
  console.log(`${totals.passed} passed, ${totals.failed} failed`);
  process.exit(totals.failed === 0 ? 0 : 1);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    totals.failed += 1;
    finish();
  });

main(process.argv.slice(2))
  .catch((error) => {
    totals.failed += 1;
    console.log(error);
  })
  .finally(finish);
