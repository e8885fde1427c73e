'use strict';
// Runs the suites of each engine whose setting is present, and names those it skipped. With --start it first starts the
// servers that can be had on this machine (test/engines) for the settings that are missing.
const { root } = require('./guard');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/** Name, the setting that turns it on, its starter in test/engines. Its suites are `*.NAME.engine-spec.ts`. */
const ENGINES = [
  { name: 'eventstoredb', setting: 'EVENTSTOREDB_URL' },
  { name: 'mongodb', setting: 'MONGODB_URL' },
  { name: 's3', setting: 'S3_ENDPOINT' },
];

async function main(args) {
  const start = args.includes('--start');
  const only = args.filter((word) => !word.startsWith('--'));
  const totals = { passed: 0, failed: 0 };
  for (const engine of ENGINES.filter(({ name }) => only.length === 0 || only.includes(name))) {
    const server = start && !process.env[engine.setting] ? await startServer(engine) : undefined;
    if (!server && !process.env[engine.setting]) {
      console.log(`skipped ${engine.name}: ${engine.setting} is not set`);
      continue;
    }
    try {
      const { passed, failed } = runSuites(engine, { ...process.env, ...server?.settings });
      totals.passed += passed;
      totals.failed += failed;
    } finally {
      await server?.stop();
    }
  }
  console.log(`${totals.passed} passed, ${totals.failed} failed`);
  process.exit(totals.failed === 0 ? 0 : 1);
}

async function startServer({ name }) {
  require('./ts-hook');
  console.log(`-- starting ${name}`);
  return require(path.join(root, 'test', 'engines', `${name}.ts`)).start();
}

function runSuites({ name }, env) {
  console.log(`-- ${name}`);
  const report = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'casebook-engines-')), 'report.json');
  const jest = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const args = [jest, '--json', `--outputFile=${report}`, '--runInBand', `\\.${name}\\.engine-spec\\.ts$`];
  const run = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: ['inherit', 'ignore', 'inherit'],
    env: { ...env, CASEBOOK_SUITES: 'engines' },
  });
  let counts = { numPassedTests: 0, numFailedTests: 1, numRuntimeErrorTestSuites: 0 };
  if (fs.existsSync(report)) counts = JSON.parse(fs.readFileSync(report, 'utf8'));
  fs.rmSync(path.dirname(report), { recursive: true, force: true });
  const failed = counts.numFailedTests + counts.numRuntimeErrorTestSuites;
  return { passed: counts.numPassedTests, failed: run.status !== 0 && failed === 0 ? 1 : failed };
}

void main(process.argv.slice(2));
