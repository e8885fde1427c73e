'use strict';
// The image as it is deployed: built, run as nobody special on a read-only root, restarted, asked by its commands; then two
// containers over servers of their own, behind TLS; then docker/compose.yaml as a whole. Needs a Docker engine; without
// one it says so and skips. Run: npm run test:docker. Each part ends with "N passed, N failed".
const { root } = require('../../tools/guard');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const docker = (...args) => spawnSync('docker', args, { encoding: 'utf8', cwd: root });
const IMAGE = 'casebook:test';

function main() {
  if (docker('version').status !== 0) {
    console.log('skipped: there is no Docker engine');
    console.log('0 passed, 0 failed');
    return 0;
  }
  console.log('building the image …');
  const built = spawnSync('docker', ['build', '-q', '-f', 'docker/Dockerfile', '-t', IMAGE, '.'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DOCKER_BUILDKIT: '1' },
  });
  if (built.status !== 0) {
    console.log('0 passed, 1 failed');
    return 1;
  }
  const size = Number(docker('image', 'inspect', '-f', '{{.Size}}', IMAGE).stdout) / 1e6;
  console.log(`the image has ${size.toFixed(0)} MB, its base included`);
  // The certificate is made before the process that trusts it: Node reads extra authorities at its start.
  const tls = fs.mkdtempSync(path.join(os.tmpdir(), 'casebook-tls-'));
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const files = ['-keyout', path.join(tls, 'tls.key'), '-out', path.join(tls, 'tls.crt')];
  spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files]);
  const env = {
    ...process.env,
    NODE_EXTRA_CA_CERTS: path.join(tls, 'tls.crt'),
    CASEBOOK_TLS: tls,
    CASEBOOK_IMAGE: IMAGE,
  };
  const parts = ['containers.ts'];
  if (spawnSync('docker-compose', ['version']).status === 0) parts.push('composed.ts');
  else console.log('skipped: composed.ts, since there is no docker-compose');
  const codes = parts.map((part) => {
    const args = ['tools/run-ts.js', `test/docker/${part}`];
    return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env }).status ?? 1;
  });
  fs.rmSync(tls, { recursive: true, force: true });
  return Math.max(...codes);
}

process.exit(main());
