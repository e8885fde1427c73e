'use strict';
// Writes the files that are derived from others, or with --check says which are not fresh.
const { root } = require('./guard');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { buildIfStale } = require('./build');

const check = process.argv.includes('--check');
const flag = check ? ['--check'] : [];
const run = (...args) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status === 0;

const GENERATORS = {
  'icons of the portal': () => run('tools/icons.js', ...flag),
  'OpenAPI document': () => run('dist/api/apps/api/src/write-openapi.js', 'docs/openapi.json', ...flag),
  'API types of the portal': apiTypes,
  'pages of rules and collection format': () => run('tools/run-ts.js', 'tools/generate-insights-docs.ts', ...flag),
  'items of the collector': () => run('apps/collector/docs.js', ...flag),
};

/** Models of the API as the server describes them; apps/portal/src/app/api/types.ts is checked against them by the compiler. */
function apiTypes() {
  const target = path.join(root, 'apps', 'portal', 'src', 'app', 'api', 'generated', 'models');
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'casebook-api-'));
  const script = path.join(root, 'node_modules', 'ng-openapi-gen', 'lib', 'index.js');
  const options = [
    '--input',
    path.join(root, 'docs', 'openapi.json'),
    '--output',
    made,
    '--services',
    'false',
    '--silent',
    'true',
  ];
  const generated = spawnSync(process.execPath, [script, ...options], { cwd: root, encoding: 'utf8' });
  if (generated.status !== 0) {
    process.stderr.write(generated.stdout + generated.stderr);
    return false;
  }
  const models = fs.readdirSync(path.join(made, 'models')).sort();
  const files = new Map(models.map((name) => [name, fs.readFileSync(path.join(made, 'models', name), 'utf8')]));
  fs.rmSync(made, { recursive: true, force: true });
  if (check) {
    const present = fs.existsSync(target) ? fs.readdirSync(target).sort() : [];
    return (
      present.join() === models.join() &&
      models.every((name) => fs.readFileSync(path.join(target, name), 'utf8') === files.get(name))
    );
  }
  fs.rmSync(target, { recursive: true, force: true });
  fs.mkdirSync(target, { recursive: true });
  for (const [name, text] of files) fs.writeFileSync(path.join(target, name), text);
  return true;
}

buildIfStale(root, { parts: ['api'], log: (line) => console.error(line), output: 'stderr' });
let stale = 0;
for (const [name, generate] of Object.entries(GENERATORS)) {
  if (generate()) continue;
  console.error(`${name}: ${check ? 'not fresh, run "npm run generate"' : 'could not be written'}`);
  stale++;
}
process.exit(stale === 0 ? 0 : 1);
