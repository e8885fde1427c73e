// Large files that the browser seals and puts into an S3 server itself, with a reload on the way, in real Chromium over a
// real S3 server. Run: npm run test:direct.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Engine } from '../engines/process';
import { start as startS3 } from '../engines/s3';
import { openTicket } from '../journeys/api';
import { RealBrowser } from '../journeys/browser';
import { runJourneys, type Journey, type Place } from '../journeys/journey';
import { PortalProcess } from '../portal-process';

const MIB = 1024 * 1024;
/** Four parts of 8 MiB, the last one smaller. */
const FILE_BYTES = 30 * MIB + 7;

interface DirectPlace extends Place {
  readonly files: string;
  readonly directory: string;
}

const reloaded: Journey<DirectPlace> = {
  name: 'a file of 30 MB goes to the bucket part by part, goes on after a reload, and comes back whole',
  async run({ browser, url, files, directory }) {
    const bytes = randomBytes(FILE_BYTES);
    const path = join(directory, 'pg.log');
    writeFileSync(path, bytes);
    const ada = await browser.signIn('ada@acme.example');
    const number = await openTicket(ada, 'A large log');
    const sent = watchParts(ada, files);
    let held = true;
    await ada.route(`${files}/**`, async (route) => {
      if (held && partOf(route.request().url()) > 2) return;
      await route.continue();
    });
    await ada.goto(`${url}/tickets/${number}`);
    await ada.getByLabel('Files to attach').setInputFiles(path);
    while (sent.put.size < 2) await ada.waitForTimeout(50);
    await ada.reload();
    held = false;
    await ada.getByLabel('Files to attach').setInputFiles(path);
    await ada.locator('.tl').getByText('pg.log').first().waitFor({ timeout: 60_000 });
    assert.deepEqual(
      [1, 2, 3, 4].map((part) => sent.put.get(part)),
      [1, 1, 1, 1],
      'each part was put once',
    );
    assert.equal(sent.throughPortal, 0, 'no byte went through the portal');
    const back = await ada.evaluate(async (ticket) => {
      const { timeline } = (await (await fetch(`/api/tickets/${ticket}`)).json()) as {
        timeline: { items: { kind: string; data: { attachmentId: string } }[] };
      };
      const id = timeline.items.find(({ kind }) => kind === 'attachment')?.data.attachmentId ?? '';
      const file = await (await fetch(`/api/tickets/${ticket}/attachments/${id}`)).arrayBuffer();
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', file));
      return { size: file.byteLength, hash: [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('') };
    }, number);
    assert.deepEqual(back, { size: FILE_BYTES, hash: createHash('sha256').update(bytes).digest('hex') });
  },
};

const small: Journey<DirectPlace> = {
  name: 'a small file goes through the portal as ever',
  async run({ browser, url, files, directory }) {
    const path = join(directory, 'small.log');
    writeFileSync(path, randomBytes(MIB));
    const ada = await browser.signIn('ada@acme.example');
    const number = await openTicket(ada, 'A small log');
    const sent = watchParts(ada, files);
    await ada.goto(`${url}/tickets/${number}`);
    await ada.getByLabel('Files to attach').setInputFiles(path);
    await ada.locator('.tl').getByText('small.log').first().waitFor({ timeout: 30_000 });
    assert.equal(sent.put.size, 0);
    assert.ok(sent.throughPortal > 0);
  },
};

/** Counts parts that the store took, and requests with bytes that went through the portal. */
function watchParts(page: Page, files: string): { put: Map<number, number>; throughPortal: number } {
  const sent = { put: new Map<number, number>(), throughPortal: 0 };
  page.on('response', (response) => {
    const request = response.request();
    const part = partOf(request.url());
    if (request.url().startsWith(files) && request.method() === 'PUT' && response.ok())
      sent.put.set(part, (sent.put.get(part) ?? 0) + 1);
    if (request.method() === 'PATCH') sent.throughPortal++;
  });
  return sent;
}

function partOf(url: string): number {
  return Number(new URL(url).searchParams.get('partNumber') ?? 0);
}

async function main(): Promise<number> {
  const toStop: Engine['stop'][] = [];
  const directory = mkdtempSync(join(tmpdir(), 'casebook-direct-'));
  try {
    const s3 = await startS3();
    toStop.push(() => s3.stop());
    const files = s3.settings['S3_ENDPOINT'] ?? '';
    const portal = await PortalProcess.start({ env: { ...s3.settings, S3_PUBLIC_ENDPOINT: files } });
    toStop.push(() => portal.dispose());
    const browser = await RealBrowser.launch(portal.url, files);
    toStop.push(() => browser.close());
    return await runJourneys([reloaded, small], { browser, url: portal.url, files, directory });
  } finally {
    for (const stop of toStop.reverse()) await stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

void main().then(
  (failures) => process.exit(failures === 0 ? 0 : 1),
  (error: unknown) => {
    console.error(error);
    console.log('0 passed, 1 failed');
    process.exit(1);
  },
);
