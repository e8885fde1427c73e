'use strict';
// No PowerShell can be had for these tests: the Windows variant is checked for syntax by a parser, where pip brings it.
const { mkdtempSync, writeFileSync } = require('fs');
const { spawnSync } = require('child_process');
const path = require('path');
const { assert, check } = require('./checks.js');
const { texts } = require('./collect.js');
const { base } = require('./server.js');

const PARSER = `
import sys, tree_sitter, tree_sitter_pwsh
parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_pwsh.language()))
def errors(node):
    if node.type == 'ERROR' or node.is_missing:
        yield node.start_point[0] + 1
    for child in node.children:
        yield from errors(child)
for file in sys.argv[1:]:
    print(file, sorted(set(errors(parser.parse(open(file, 'rb').read()).root_node))))
`;

async function windows() {
  const folder = mkdtempSync(path.join(base, 'windows-'));
  const python = path.join(folder, 'python');
  const made =
    spawnSync('python3', ['-m', 'venv', python], { timeout: 60_000 }).status === 0 &&
    spawnSync(path.join(python, 'bin', 'pip'), ['install', '-q', 'tree-sitter==0.26.1', 'tree-sitter-pwsh==0.38.1'], {
      timeout: 120_000,
    }).status === 0;
  if (!made) {
    console.log('  note tree-sitter-pwsh cannot be had: the syntax of the PowerShell variant is not checked');
    return;
  }
  const parse = (name, text) => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return spawnSync(path.join(python, 'bin', 'python'), ['-c', PARSER, file], { encoding: 'utf8' }).stdout.trim();
  };
  await check('the PowerShell variant has no syntax error', () => {
    assert.match(parse('good.ps1', texts.windows), /\[\]$/);
  });
  await check('the parser sees a brace that is missing', () => {
    assert.doesNotMatch(
      parse('bad.ps1', texts.windows.replace('finally { Remove-Work }', 'finally { Remove-Work')),
      /\[\]$/,
    );
  });
}

module.exports = { windows };
