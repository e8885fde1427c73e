'use strict';
// The README's run command, as a new user would give it: a clean clone, an empty home, `npm ci && npm start`.
const { root } = require('./guard');
const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');

const READY_MS = 240_000;

async function main() {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'casebook-smoke-'));
  const home = path.join(directory, 'home');
  const clone = path.join(directory, 'casebook');
  fs.mkdirSync(home);
  const port = await freePort();
  const env = { PATH: cleanPath(), HOME: home, PORT: String(port), LANG: 'C.UTF-8' };
  // The package registry of this machine is a setting of its npm, not of the project.
  for (const [name, value] of Object.entries(process.env)) {
    if (/^(npm_config_|NPM_CONFIG_|NODE_EXTRA_CA_CERTS$|SSL_CERT|https?_proxy$|no_proxy$)/i.test(name))
      env[name] = value;
  }
  const registry = spawnSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).stdout.trim();
  if (registry !== '') env.npm_config_registry = registry;
  let passed = 0;
  const problems = [];
  const expect = (what, holds) => (holds ? passed++ : problems.push(what));
  let child;
  try {
    const cloned = spawnSync('git', ['clone', '-q', root, clone], { encoding: 'utf8' });
    expect(`git clone: ${cloned.stderr}`, cloned.status === 0);
    child = spawn('sh', ['-c', 'npm ci && exec npm start'], { cwd: clone, env, detached: true });
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (output += text));
    const base = `http://localhost:${port}`;
    const started = Date.now();
    let ready = false;
    while (!ready && Date.now() - started < READY_MS && child.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      ready = await fetch(`${base}/health/ready`).then(
        (answer) => answer.ok,
        () => false,
      );
    }
    console.log(output.trim());
    console.log(`Ready after ${((Date.now() - started) / 1000).toFixed(0)} s (install, build and demo data included)`);
    expect('the portal is ready', ready);
    if (ready) {
      const page = await fetch(base).then((answer) => answer.text());
      expect('the start page is the portal', page.includes('<cb-root'));
      const document = await fetch(`${base}/api/openapi.json`).then((answer) => answer.json());
      expect('the API describes itself', Object.keys(document.paths).includes('/api/tickets'));
      const me = await fetch(`${base}/api/me`);
      expect('nobody is signed in', me.status === 401);
      expect('it says how to sign in', output.includes('ada@acme.example'));
    }
  } finally {
    if (child?.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    fs.rmSync(directory, { recursive: true, force: true });
  }
  for (const problem of problems) console.error(`failed: ${problem}`);
  console.log(`${passed} passed, ${problems.length} failed`);
  process.exit(problems.length === 0 ? 0 : 1);
}

/** Without the project's own tools, which a new user does not have. */
function cleanPath() {
  return process.env.PATH.split(path.delimiter)
    .filter((entry) => !entry.includes('node_modules'))
    .join(path.delimiter);
}

function freePort() {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

main();
