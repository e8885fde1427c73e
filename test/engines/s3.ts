import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cached, freePort, run, serve, type Engine } from './process';

const RELEASE = '1.8.0';
const KEYS = { S3_ACCESS_KEY_ID: 'casebook', S3_SECRET_ACCESS_KEY: 'casebook-secret' };
const BUCKET = 'casebook';

/** The server's program, built by the Go tools when it is missing. */
export function versitygw(): string {
  const binaries = cached(`versitygw-${RELEASE}`, (directory) => {
    run('go', ['install', `github.com/versity/versitygw/cmd/versitygw@v${RELEASE}`], {
      env: { ...process.env, GOBIN: directory, GOFLAGS: '-modcacherw' },
    });
  });
  return join(binaries, 'versitygw');
}

/** A real S3 server (versitygw) over a new directory, with one bucket. */
export async function start(): Promise<Engine> {
  const program = versitygw();
  const files = mkdtempSync(join(tmpdir(), 'casebook-s3-'));
  mkdirSync(join(files, BUCKET));
  const port = await freePort();
  const server = await serve(
    program,
    ['--port', `127.0.0.1:${port}`, '--quiet', '--health', '/healthz', 'posix', files],
    {
      env: { ROOT_ACCESS_KEY: KEYS.S3_ACCESS_KEY_ID, ROOT_SECRET_KEY: KEYS.S3_SECRET_ACCESS_KEY },
      ready: () => healthy(port),
    },
  );
  return {
    settings: { ...KEYS, S3_ENDPOINT: `http://127.0.0.1:${port}`, S3_REGION: 'us-east-1', S3_BUCKET: BUCKET },
    async stop() {
      await server.stop();
      rmSync(files, { recursive: true, force: true });
    },
  };
}

function healthy(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    get({ port, host: '127.0.0.1', path: '/healthz' }, (answer) => {
      resolve(answer.resume().statusCode === 200);
    }).on('error', () => {
      resolve(false);
    });
  });
}
