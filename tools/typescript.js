// Lets scripts and their worker threads run the project's TypeScript as it lies, aliases and all:
// node -r ./tools/typescript.js test/bench/rebuild.ts
const Module = require('node:module');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { transformSync } = require('@swc/core');

const root = join(__dirname, '..');
const { paths } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')).compilerOptions;
const aliases = Object.entries(paths).map(([alias, [target]]) => ({
  exact: !alias.endsWith('*'),
  alias: alias.replace('*', ''),
  target: join(root, target.replace('*', '')),
}));

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  const found =
    aliases.find(({ exact, alias }) => exact && request === alias) ??
    aliases.find(({ exact, alias }) => !exact && request.startsWith(alias));
  const path = found ? found.target + (found.exact ? '' : request.slice(found.alias.length)) : request;
  return resolve.call(this, path, ...rest);
};

const options = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
    target: 'es2024',
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};
Module._extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), { ...options, filename });
  module._compile(code, filename);
};
