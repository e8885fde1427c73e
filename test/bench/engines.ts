// The tables of http.ts and live.ts over the servers that the settings name, or over new ones, beside the embedded
// engines' in the same run. Run: npm run bench -- engines. Needs a build.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Engine } from '../engines/process';
import { serverSettings } from '../engines/servers';

const SETTINGS = ['EVENTSTOREDB_URL', 'MONGODB_URL', 'S3_ENDPOINT'];

async function main(): Promise<void> {
  const servers: Engine[] = [];
  const place = mkdtempSync(join(tmpdir(), 'casebook-bench-'));
  try {
    const settings = await serverSettings(servers);
    const embedded = Object.fromEntries(Object.entries(process.env).filter(([name]) => !SETTINGS.includes(name)));
    for (const [name, env] of [
      ['embedded engines', embedded],
      ['servers', { ...process.env, ...settings, MASTER_KEY_FILE: join(place, 'master.key') }],
    ] as const) {
      console.log(`\n-- ${name}`);
      for (const part of ['http.ts', 'live.ts'])
        spawnSync(process.execPath, [resolve(__dirname, '../../tools/run-ts.js'), resolve(__dirname, part)], {
          env,
          stdio: 'inherit',
        });
    }
  } finally {
    for (const server of servers) await server.stop();
    rmSync(place, { recursive: true, force: true });
  }
}

void main();
