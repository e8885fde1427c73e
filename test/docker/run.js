'use strict';
// The image as it is deployed: built, run as nobody special on a read-only root, restarted, asked by its commands; then two
// containers over servers of their own, behind TLS. Needs a Docker engine; without one it says so and skips.
// Run: npm run test:docker. Ends with "N passed, N failed".
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
  const run = spawnSync(process.execPath, ['tools/run-ts.js', 'test/docker/containers.ts'], {
    cwd: root,
    stdio: 'inherit',
    env,
  });
  fs.rmSync(tls, { recursive: true, force: true });
  return run.status ?? 1;
}

process.exit(main());
