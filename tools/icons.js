'use strict';
// Writes apps/portal/src/styles/icons.css: the Tabler icons that the portal names as `i-<name>`, as CSS masks.
// With --check it only says whether the file is as it would be written.
const { root } = require('./guard');
const fs = require('node:fs');
const path = require('node:path');

const sources = path.join(root, 'apps', 'portal', 'src');
const target = path.join(sources, 'styles', 'icons.css');

function filesIn(directory) {
  return fs
    .readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|html)$/.test(entry.name) && !entry.name.endsWith('.spec.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** Names are written in full wherever they are used, so that this search finds them. */
function namesUsed() {
  const names = new Set();
  for (const file of filesIn(path.join(sources, 'app'))) {
    for (const [, name] of fs.readFileSync(file, 'utf8').matchAll(/\bi-([a-z0-9]+(?:-[a-z0-9]+)*)\b/g)) names.add(name);
  }
  return [...names].sort();
}

function rule(name) {
  const file = path.join(root, 'node_modules', '@tabler', 'icons', 'icons', 'outline', `${name}.svg`);
  if (!fs.existsSync(file)) return undefined;
  const paths = [...fs.readFileSync(file, 'utf8').matchAll(/<path d="([^"]+)"/g)].map(
    ([, d]) => `%3Cpath d='${d}'/%3E`,
  );
  const svg = `%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='%23000' stroke-width='1.75' stroke-linecap='round' stroke-linejoin='round'%3E${paths.join('')}%3C/svg%3E`;
  return `.i-${name} {\n  --i: url("data:image/svg+xml,${svg}");\n}\n`;
}

const names = namesUsed();
const missing = names.filter((name) => rule(name) === undefined);
if (missing.length > 0) console.error(`Tabler has no icon of this name: ${missing.join(', ')}`);
const header = '/* Tabler Icons (outline), MIT licence, copyright Paweł Kuna. Written by tools/icons.js. */\n';
const css = header + names.map(rule).filter(Boolean).join('');
if (process.argv.includes('--check')) {
  if (missing.length > 0 || !fs.existsSync(target) || fs.readFileSync(target, 'utf8') !== css) {
    console.error('apps/portal/src/styles/icons.css is not fresh: node tools/icons.js');
    process.exit(1);
  }
} else {
  fs.writeFileSync(target, css);
}
