import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEventLog } from '../create-event-log';
import type { EventStore } from '../event-store';
import { openSqliteEventStore } from '../sqlite/sqlite-event-store';
import { memoryKeyring } from '../testing/memory-keyring';
import { metadataAt, sampleCatalog, written } from '../testing/sample-events';
import { GlobalHead } from './global-head';
import { checkCheckpoints, keepCheckpoint, signCheckpoint, type SignedCheckpoint } from './signed-checkpoint';

function newSigner() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const spki = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  return {
    publicKey: spki,
    sign: (text: string) => ({
      signature: sign(null, Buffer.from(text), privateKey).toString('base64'),
      publicKey: spki,
    }),
  };
}

describe('signed checkpoints', () => {
  const directory = mkdtempSync(join(tmpdir(), 'casebook-checkpoints-'));
  const stores: EventStore[] = [];
  const signer = newSigner();
  afterAll(async () => {
    for (const store of stores) await store.close();
    rmSync(directory, { recursive: true });
  });

  /** A log of `sizes.length` streams, with a checkpoint after each append, kept in its own file. */
  async function aLog(sizes: readonly number[]): Promise<{ store: EventStore; lines: string[] }> {
    const place = join(directory, String(stores.length));
    const elsewhere = join(directory, `kept-${stores.length}`);
    const store = openSqliteEventStore({ directory: place, minFreeBytes: 0 });
    stores.push(store);
    const log = createEventLog({ store, keyring: memoryKeyring(), catalog: sampleCatalog });
    let hour = 0;
    const head = new GlobalHead(store, join(place, 'head.json'), (at) => {
      keepCheckpoint(elsewhere, signCheckpoint(at, new Date(Date.UTC(2026, 1, 28, 20 + hour++)), signer));
    });
    for (const [n, size] of sizes.entries()) {
      const stream = `s-${n}`;
      const events = Array.from({ length: size }, (_, count) => written({ count }));
      await log.append(stream, (await log.load(stream)).head, events, metadataAt());
      await head.checkpoint();
    }
    const files = readdirSync(elsewhere).toSorted();
    const lines = files.flatMap((file) => readFileSync(join(elsewhere, file), 'utf8').trimEnd().split('\n'));
    return { store, lines };
  }
  const change = (line: string, changes: Partial<SignedCheckpoint>) =>
    JSON.stringify({ ...(JSON.parse(line) as SignedCheckpoint), ...changes });

  it('are kept by month and agree with the log that they were taken of', async () => {
    const { store, lines } = await aLog([2, 1, 700, 1, 1, 3]);
    expect(lines.map((line) => (JSON.parse(line) as SignedCheckpoint).count)).toEqual([2, 3, 703, 704, 705, 708]);
    expect(readdirSync(join(directory, 'kept-0'))).toEqual([
      'checkpoints-2026-02.ndjson',
      'checkpoints-2026-03.ndjson',
    ]);
    expect(await checkCheckpoints(store, lines, signer.publicKey)).toEqual({
      checked: 6,
      publicKey: signer.publicKey,
    });
  });

  it('notice a log whose end was cut off', async () => {
    const { lines } = await aLog([2, 3, 4]);
    const { store } = await aLog([2]);
    const { finding } = await checkCheckpoints(store, lines.slice(1));
    expect(finding?.message).toContain('ends after 2 events');
  });

  it('notice a log that was written anew, though its chains hold', async () => {
    const { lines } = await aLog([2, 3]);
    const { store } = await aLog([2, 3]);
    expect((await checkCheckpoints(store, lines)).finding?.message).toContain('another head');
  });

  it('count only with a true signature of the right key', async () => {
    const { store, lines } = await aLog([1, 1]);
    const [first = '', second = ''] = lines;
    const { head } = JSON.parse(first) as SignedCheckpoint;
    const other = signCheckpoint({ count: 1, head }, new Date(), newSigner());
    for (const forged of [
      [change(first, { count: 2 }), second],
      [change(first, { at: '2026-01-01T00:00:00.000Z' }), second],
      [first, change(second, { signature: 'AAAA' })],
      [first, JSON.stringify(other)],
      [change(first, { publicKey: 'nonsense' })],
    ]) {
      expect((await checkCheckpoints(store, forged)).finding?.message).toContain('not signed');
    }
    expect((await checkCheckpoints(store, lines, other.publicKey)).finding?.message).toContain('not signed');
    await expect(checkCheckpoints(store, ['nonsense'])).rejects.toMatchObject({ code: 'audit.checkpoint' });
  });
});
