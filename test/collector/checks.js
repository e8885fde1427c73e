'use strict';
// Counts checks: each has a sentence and a function that throws when it does not hold.
const assert = require('assert/strict');

const totals = { passed: 0, failed: 0 };

async function check(sentence, body) {
  try {
    await body();
    totals.passed += 1;
    console.log(`  ok   ${sentence}`);
  } catch (error) {
    totals.failed += 1;
    console.log(
      `  FAIL ${sentence}\n       ${String(error.stack ?? error)
        .split('\n')
        .slice(0, 6)
        .join('\n       ')}`,
    );
  }
}

module.exports = { assert, check, totals };
