'use strict';
// Runs every unit test, contract suite and in-process journey, and closes with one plain line of counts.
const { root } = require('./guard');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const report = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'casebook-test-')), 'report.json');
const jest = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');
const args = [jest, '--json', `--outputFile=${report}`, ...process.argv.slice(2)];
const run = spawnSync(process.execPath, args, { cwd: root, stdio: ['inherit', 'ignore', 'inherit'] });

let counts = { numPassedTests: 0, numFailedTests: 1, numRuntimeErrorTestSuites: 0 };
if (fs.existsSync(report)) counts = JSON.parse(fs.readFileSync(report, 'utf8'));
fs.rmSync(path.dirname(report), { recursive: true, force: true });
// A suite that could not even be loaded counts as one failure.
const failed = counts.numFailedTests + counts.numRuntimeErrorTestSuites;
console.log(`${counts.numPassedTests} passed, ${failed} failed`);
process.exit(run.status === 0 && failed === 0 ? 0 : 1);
