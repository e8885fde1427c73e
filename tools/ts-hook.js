'use strict';
// Lets Node load the project's TypeScript as it is: for scripts, and for worker threads that tests start.
const { readFileSync } = require('fs');
const { registerHooks } = require('module');
const path = require('path');
const { transformSync } = require('@swc/core');

const root = path.resolve(__dirname, '..');
const { paths } = JSON.parse(readFileSync(path.join(root, 'tsconfig.json'), 'utf8')).compilerOptions;

const aliases = Object.entries(paths).map(([alias, [target]]) => {
  const [before, after] = alias.split('*');
  return { before, open: after !== undefined, target: path.join(root, target) };
});

function resolveAlias(request) {
  for (const { before, open, target } of aliases) {
    if (open ? request.startsWith(before) : request === before)
      return target.replace('*', request.slice(before.length));
  }
  return undefined;
}

registerHooks({
  resolve: (request, context, next) => next(resolveAlias(request) ?? request, context),
});

require.extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    sourceMaps: 'inline',
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      keepClassNames: true,
      target: 'es2024',
    },
    module: { type: 'commonjs' },
  });
  module._compile(code, filename);
};
