import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, NO_STREAM } from '@eventstore/db-client';
import fc from 'fast-check';
import { chainHash, splitHash } from '../chain';
import { createEventLog } from '../create-event-log';
import type { EventStore } from '../event-store';
import { memoryKeyring } from '../testing/memory-keyring';
import { metadataAt, sampleCatalog, written } from '../testing/sample-events';
import { anEvent, take } from '../testing/stored-events';
import { openEventStoreDb } from './open-eventstoredb';
import { toProposed } from './messages';

const url = process.env['EVENTSTOREDB_URL'] ?? '';

describe('what the chain covers, through EventStoreDB', () => {
  let store: EventStore;
  beforeAll(() => {
    store = openEventStoreDb({ url });
  });
  afterAll(() => store.close());

  const json = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }).map((value) => JSON.stringify(value));

  it('comes back byte for byte by every way of reading, whatever JSON it is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ data: json, metadata: json }), { minLength: 1, maxLength: 5 }),
        async (all) => {
          const after = await store.end();
          const stream = `round-trip-${randomUUID()}`;
          const events = all.map((texts) => anEvent(texts));
          const { positions } = await store.append(stream, events, 'no-stream');
          const stored = events.map((event, n) => ({ ...event, stream, revision: n, position: positions[n] }));
          expect(await store.read(stream)).toEqual(stored);
          expect(await store.readAll({ after })).toEqual(stored);
          expect(await take(store, events.length, { after })).toEqual(stored);
        },
      ),
      { numRuns: 100 },
    );
  }, 60_000);

  it.each(['null', 'false', '0', '""', '{}', '{"$maxAge":1}', '{"__proto__":{"a":1}}'])(
    'keeps %s as data and as metadata',
    async (text) => {
      const stream = `round-trip-${randomUUID()}`;
      await store.append(stream, [anEvent({ data: text, metadata: text })], 'no-stream');
      expect(await store.read(stream)).toMatchObject([{ data: text, metadata: text }]);
    },
  );

  it('holds link by link over sealed events', async () => {
    const stream = `round-trip-${randomUUID()}`;
    const log = createEventLog({ store, keyring: memoryKeyring(), catalog: sampleCatalog });
    const events = [
      written({ subject: 'żółć 𝒳 👩‍👩‍👧 \u0000\u2028 "\\', count: 1e21 }),
      written({ tags: ['1', 'ü'], count: 0.1 }),
    ];
    const { head } = await log.append(stream, { revision: 'no-stream', hash: '', time: '' }, events, metadataAt());
    let hash = '';
    for (const event of await store.read(stream)) {
      const parts = splitHash(event.metadata);
      hash = chainHash(hash, { ...event, metadata: parts?.metadata ?? '' });
      expect(parts?.hash).toBe(hash);
    }
    expect(head.hash).toBe(hash);
    expect((await log.load(stream)).events.map(({ data }) => data)).toEqual(events.map(({ data }) => data));
  });

  it('hands on what others damaged, so that the damage is seen where it is parsed', async () => {
    const stream = `round-trip-${randomUUID()}`;
    const client = EventStoreDBClient.connectionString(url);
    const damaged = { ...toProposed(anEvent()), metadata: Uint8Array.from(Buffer.from('{"actor":')) };
    await client.appendToStream(stream, [damaged], { expectedRevision: NO_STREAM });
    await client.dispose();
    expect(await store.read(stream)).toMatchObject([{ metadata: '{"actor":' }]);
  });
});
