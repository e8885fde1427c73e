'use strict';
// Prints the figures, part by part. `npm run bench -- http list` runs these parts alone. Quiet machines tell more.
const { root } = require('./guard');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { buildIfStale } = require('./build');

const PARTS = {
  append: ['test/bench/append.ts'],
  http: ['test/bench/http.ts'],
  live: ['test/bench/live.ts'],
  start: ['test/bench/start.ts'],
  list: ['test/bench/list.ts'],
  rebuild: ['test/bench/rebuild.ts', '100000', '40000'],
  insights: ['test/bench/insights.ts'],
  engines: ['test/bench/engines.ts'],
};

/** Brotli bytes of everything the browser loads before the sign-in page and the shell with its home page work. */
function portalSize() {
  const directory = path.join(root, 'dist', 'portal', 'browser');
  const html = fs.readFileSync(path.join(directory, 'index.html'), 'utf8');
  const first = [...html.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map(([, name]) => name);
  const bytes = (name) => {
    const file = path.join(directory, name);
    return fs.statSync(fs.existsSync(`${file}.br`) ? `${file}.br` : file).size;
  };
  const initial = [...new Set(first)].reduce((sum, name) => sum + bytes(name), 0);
  const fonts = fs
    .readdirSync(path.join(directory, 'media'))
    .filter((name) => /latin-wght-normal.*woff2$/.test(name) && !/ext/.test(name));
  const fontBytes = fonts.reduce((sum, name) => sum + fs.statSync(path.join(directory, 'media', name)).size, 0);
  console.log(
    `portal: ${Math.round(initial / 1000)} KB compressed scripts and styles before the first page, ${Math.round(fontBytes / 1000)} KB fonts (to reach: 250 KB together)`,
  );
}

buildIfStale(root, { log: (line) => console.log(line) });
const only = process.argv.slice(2);
for (const [name, [script, ...args]] of Object.entries(PARTS)) {
  if (only.length > 0 && !only.includes(name)) continue;
  console.log(`\n== ${name}`);
  spawnSync(process.execPath, [path.join(root, 'tools', 'run-ts.js'), path.join(root, script), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
}
if (only.length === 0 || only.includes('portal')) {
  console.log('\n== portal');
  portalSize();
}
