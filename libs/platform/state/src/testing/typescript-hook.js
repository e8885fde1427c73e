// Lets a child process of a test run the sources as they are: `node --require typescript-hook.js some.ts`.
const { existsSync, readFileSync } = require('node:fs');
const { registerHooks } = require('node:module');
const { resolve } = require('node:path');
const { fileURLToPath, pathToFileURL } = require('node:url');
const { transformSync } = require('@swc/core');

const root = resolve(__dirname, '../../../../..');
const { paths } = JSON.parse(readFileSync(`${root}/tsconfig.json`, 'utf8')).compilerOptions;

/** The source file a specifier stands for, or undefined when it is not one of ours. */
function source(specifier, parent) {
  if (specifier.startsWith('.') && parent?.endsWith('.ts')) {
    const file = fileURLToPath(new URL(specifier, parent));
    return [`${file}.ts`, `${file}/index.ts`].find((candidate) => existsSync(candidate));
  }
  for (const [alias, [target]] of Object.entries(paths)) {
    const [head, tail] = alias.split('*');
    if (tail === undefined ? specifier !== alias : !specifier.startsWith(head)) continue;
    return resolve(root, tail === undefined ? target : `${target.replace('*', specifier.slice(head.length))}.ts`);
  }
  return undefined;
}

registerHooks({
  resolve(specifier, context, next) {
    const file = source(specifier, context.parentURL);
    return file ? { url: pathToFileURL(file).href, format: 'commonjs', shortCircuit: true } : next(specifier, context);
  },
  load(url, context, next) {
    if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
    const { code } = transformSync(readFileSync(fileURLToPath(url), 'utf8'), {
      filename: fileURLToPath(url),
      jsc: {
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
        keepClassNames: true,
        target: 'es2024',
      },
      module: { type: 'commonjs', ignoreDynamic: true },
    });
    return { format: 'commonjs', source: code, shortCircuit: true };
  },
});
