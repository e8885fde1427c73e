'use strict';
// What must be true of every archive, whatever it was collected from.
const { assert, check } = require('./checks.js');
const { catalogue, lines, rows, sha256 } = require('./collect.js');
const { readFileSync } = require('fs');
const { spawnSync } = require('child_process');
const path = require('path');

const known = new Map(catalogue.items.map((item) => [item.item, item]));

const fits = {
  text: (value) => typeof value === 'string',
  integer: (value) => Number.isInteger(value),
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  texts: (value) => Array.isArray(value) && value.every((element) => typeof element === 'string'),
};

/** Columns of every row are those of the catalogue, with their types. */
function checkColumns(result) {
  for (const line of result.manifest.items) {
    const item = known.get(line.item);
    if (item?.columns === undefined || !result.content.has(line.path)) continue;
    for (const row of rows(result, line.path))
      for (const [name, value] of Object.entries(row)) {
        assert.ok(item.columns[name], `${line.item} has a column ${name} that the catalogue does not know`);
        assert.ok(
          value === null || fits[item.columns[name]](value),
          `${line.item}.${name} is ${JSON.stringify(value)}`,
        );
      }
  }
}

function checkManifest(result) {
  const { manifest, content } = result;
  assert.equal(manifest.format_version, '1.0');
  assert.equal(result.tops.length, 1);
  assert.match(result.tops[0], /^insights-[A-Za-z0-9.-]+-(postgresql|barman|system)-\d{8}T\d{6}Z-[0-9a-f]{8}$/);
  const listed = new Set();
  for (const line of manifest.items) {
    if (line.path !== null && content.has(line.path)) {
      listed.add(line.path);
      assert.equal(line.bytes, content.get(line.path).length, line.path);
      assert.equal(line.sha256, sha256(content.get(line.path)), line.path);
    } else {
      if (line.item !== 'pg.connect') assert.notEqual(line.status, 'ok', `${line.item} is ok without a file`);
      assert.equal(line.sha256, null);
    }
    assert.ok(['ok', 'partial', 'denied', 'timeout', 'error', 'skipped'].includes(line.status));
  }
  for (const name of content.keys())
    assert.ok(
      listed.has(name) || name === 'manifest.json' || name === 'SHA256SUMS',
      `${name} is in no line of the manifest`,
    );
}

function checkSums(result) {
  const sums = spawnSync('sha256sum', ['-c', '--strict', '--quiet', 'SHA256SUMS'], {
    cwd: result.top,
    encoding: 'utf8',
  });
  assert.equal(sums.status, 0, sums.stderr + sums.stdout);
  assert.equal(result.content.get('SHA256SUMS').toString().trim().split('\n').length, result.content.size - 1);
  const beside = spawnSync('sha256sum', ['-c', '--strict', '--quiet', `${path.basename(result.archive)}.sha256`], {
    cwd: path.dirname(result.archive),
    encoding: 'utf8',
  });
  assert.equal(beside.status, 0, beside.stderr);
  assert.match(readFileSync(`${result.archive}.sha256`, 'utf8'), /^[0-9a-f]{64} {2}insights-/);
}

/** All of the above as one check. */
const checkWhole = (name, result) =>
  check(`${name}: exit 0, one folder, manifest, checksums and columns agree with the catalogue`, () => {
    assert.equal(result.status, 0, result.stderr);
    assert.ok(result.archive, 'no archive');
    checkManifest(result);
    checkSums(result);
    checkColumns(result);
  });

/** Items of the manifest that were neither read nor skipped, as `item detail`. */
const unread = (result) =>
  result.manifest.items
    .filter(({ status }) => status !== 'ok' && status !== 'skipped')
    .map(({ item, status, detail }) => `${item} ${status} ${detail}`);

const status = (result, item) => lines(result, item)[0]?.status;

module.exports = { checkWhole, status, unread };
