// Fills the disk under the portal: writing is refused in plain words, reading goes on, and writing resumes with the space.
// Run as root: node tools/run-ts.js test/faults/full-disk.ts. Needs a build, and the right to mount.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Browser, type Answer } from '../../apps/api/src/testing/browser';
import { PortalProcess } from '../portal-process';
import { Tally } from './tally';

const DISK_MB = 480;
/** Below the space that the log keeps free. */
const NEARLY_FULL_MB = 200;
/** The log asks for the free space at most this often while there is enough. */
const SPACE_CHECK_MS = 1_100;

async function main(): Promise<void> {
  const tally = new Tally();
  const disk = mkdtempSync(join(tmpdir(), 'casebook-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'casebook', disk], { encoding: 'utf8' });
  if (mounted.status !== 0) {
    console.log(`skipped: no disk of its own could be mounted (${mounted.stderr.trim()})`);
    rmSync(disk, { recursive: true });
    tally.close();
  }
  const portal = await PortalProcess.start({ directory: join(disk, 'data') });
  try {
    const ada = new Browser(portal.url);
    await ada.signIn('ada@acme.example');
    const { body } = await ada.get<{ items: { number: string }[] }>('/api/tickets?limit=1');
    const path = `/api/tickets/${body.items[0]?.number}`;
    const reply = (text: string) => ada.post<{ code?: string }>(`${path}/replies`, { body: text });
    tally.expect((await reply('There is room.')).status === 201, 'a reply is taken while there is room');

    for (const [state, leave] of [
      ['nearly full', NEARLY_FULL_MB],
      ['full to the last byte', 0],
    ] as const) {
      const filler = join(disk, 'filler');
      fill(disk, filler, leave);
      await wait(SPACE_CHECK_MS);
      const refused = await reply('There is none.');
      tally.expect(isPlainRefusal(refused), `${state}: a reply is refused in plain words: ${refused.text}`);
      const pages = await Promise.all(['/api/me', '/api/tickets', path, '/api/users'].map((one) => ada.get(one)));
      tally.expect(
        pages.every(({ status }) => status === 200),
        `${state}: reading goes on: ${pages.map(({ status, text }) => (status === 200 ? '200' : text)).join(' ')}`,
      );
      rmSync(filler);
      const resumed = await reply('There is room again.');
      tally.expect(resumed.status === 201, `${state}: writing resumes with the space: ${resumed.text}`);
      const timeline = (await ada.get(`${path}/timeline`)).text;
      tally.expect(!timeline.includes('There is none.'), `${state}: nothing of the refused reply was kept`);
    }
    await portal.end('SIGKILL');
    await portal.start();
    tally.expect((await ada.get(path)).text.includes('There is room again.'), 'what was taken is there after a kill');
  } finally {
    await portal.dispose();
    spawnSync('umount', [disk]);
    rmSync(disk, { recursive: true, force: true });
  }
  tally.close();
}

function isPlainRefusal({ status, body }: Answer<{ code?: string }>): boolean {
  return status === 503 && body.code === 'log.disk-full';
}

/** Takes all but `leave` megabytes of the disk. */
function fill(disk: string, filler: string, leave: number): void {
  const piece = Buffer.alloc(64 * 1024);
  const { bsize } = statfsSync(disk);
  try {
    while (statfsSync(disk).bavail * bsize > leave * 1024 * 1024) writeFileSync(filler, piece, { flag: 'a' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

void main();
