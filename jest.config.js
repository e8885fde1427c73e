// One run for the whole project. ESM-only packages are listed so that swc turns them into CommonJS.
const { readFileSync } = require('node:fs');
const { paths } = JSON.parse(readFileSync(`${__dirname}/tsconfig.json`, 'utf8')).compilerOptions;

const swc = [
  '@swc/jest',
  {
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      keepClassNames: true,
      target: 'es2024',
    },
    module: { type: 'commonjs' },
  },
];
const esmOnly =
  '@nestjs/|oidc-provider/|jose/|@tus/|srvx/|openid-client/|oauth4webapi/|file-type/|strtok3/|token-types/|@tokenizer/|@borewit/|uint8array-extras/|content-disposition/|@fastify/cookie/|cookie/|commander/';
const moduleNameMapper = Object.fromEntries(
  Object.entries(paths).map(([alias, [target]]) => [
    `^${alias.replace('/*', '/(.*)')}$`,
    `<rootDir>/${target.slice(2).replace('*', '$1')}`,
  ]),
);

/** A project that runs on Node: the libraries, the API, the CLI. */
const node = (displayName, roots, testMatch = '**/*.spec.ts') => ({
  displayName,
  rootDir: __dirname,
  roots: roots.map((r) => `<rootDir>/${r}`),
  testEnvironment: 'node',
  testMatch: [testMatch],
  transform: { '^.+\\.m?[jt]s$': swc },
  transformIgnorePatterns: [`/node_modules/(?!(?:${esmOnly}))`],
  moduleNameMapper,
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
});

const { existsSync } = require('node:fs');
const portal = `${__dirname}/apps/portal/jest.config.js`;

const apps = ['apps/api', 'apps/cli', 'apps/collector', 'tools'].filter((d) => existsSync(`${__dirname}/${d}`));
// Suites that need a server of their own run apart, by tools/test-engines.js.
module.exports = {
  projects:
    process.env.CASEBOOK_SUITES === 'engines'
      ? [node('engines', ['libs', 'apps/api'], '**/*.engine-spec.ts')]
      : [node('libs', ['libs']), node('apps', apps), ...(existsSync(portal) ? [portal] : [])],
};
