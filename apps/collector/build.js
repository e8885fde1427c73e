'use strict';
// Prints the one-file collector: node apps/collector/build.js [--no-network] [--windows] [--docs]
require('../../tools/guard.js');
const { readFileSync } = require('fs');
const typescript = require('typescript');

// The builder is TypeScript so that the command line can use it too; here it is compiled as it is read.
require.extensions['.ts'] = (module, file) => {
  const { outputText } = typescript.transpileModule(readFileSync(file, 'utf8'), {
    compilerOptions: { module: typescript.ModuleKind.CommonJS, target: typescript.ScriptTarget.ES2022 },
  });
  module._compile(outputText, file);
};

const { buildCollector } = require('./src/build.ts');

const known = ['--no-network', '--windows'];
const unknown = process.argv.slice(2).find((option) => !known.includes(option));
if (unknown !== undefined) {
  console.error(`build.js does not know ${unknown}; it knows ${known.join(' and ')}.`);
  process.exit(64);
}
const has = (option) => process.argv.includes(option);
process.stdout.write(buildCollector({ network: !has('--no-network'), windows: has('--windows') }));
