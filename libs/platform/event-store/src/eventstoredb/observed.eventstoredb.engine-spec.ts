import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  ANY,
  BACKWARDS,
  END,
  EventStoreDBClient,
  jsonEvent,
  NO_STREAM,
  streamNameFilter,
  type AppendExpectedRevision,
  type AppendResult,
  type EventData,
  type Position,
} from '@eventstore/db-client';
import { openEventStoreDb } from './open-eventstoredb';
import { credentialsFor } from './client';

const url = process.env['EVENTSTOREDB_URL'] ?? '';
const credentials = credentialsFor(url);

const some = (count: number, bytes = 0): EventData[] =>
  Array.from({ length: count }, (_, n) =>
    jsonEvent({ type: 'test.Happened', id: randomUUID(), data: { n, pad: 'x'.repeat(bytes) } }),
  );

/**
 * What was seen of the real server and the adapter rests on: through the client alone, so that the protocol server and
 * a real one are held to the same answers.
 */
describe('EventStoreDB as it was observed', () => {
  let client: EventStoreDBClient;
  let stream: string;
  beforeAll(() => {
    client = EventStoreDBClient.connectionString(url);
  });
  afterAll(() => client.dispose());
  beforeEach(() => {
    stream = `observed-${randomUUID()}`;
  });

  async function collect<E>(reading: AsyncIterable<E>): Promise<E[]> {
    const all: E[] = [];
    for await (const one of reading) all.push(one);
    return all;
  }

  async function revisions(
    options: Parameters<EventStoreDBClient['readStream']>[1] = {},
  ): Promise<(bigint | undefined)[]> {
    return (await collect(client.readStream(stream, options))).map(({ event }) => event?.revision);
  }

  describe.each([
    ['the plain append', { credentials, deadline: 5_000 }],
    ['the batch append', {}],
  ])('%s', (_, how) => {
    const append = (events: EventData[], expectedRevision: AppendExpectedRevision): Promise<AppendResult> =>
      client.appendToStream(stream, events, { ...how, expectedRevision });

    it('answers the position that reads of the stream and of everything tell of the last event', async () => {
      const answer = await append(some(3), NO_STREAM);
      expect(answer).toMatchObject({ success: true, nextExpectedRevision: 2n });
      const inStream = (await collect(client.readStream(stream))).map(({ event }) => event?.position);
      expect(inStream[2]).toEqual(answer.position);
      expect(inStream[0]!.commit < inStream[1]!.commit && inStream[1]!.commit < inStream[2]!.commit).toBe(true);
      const all = await collect(client.readAll({ fromPosition: inStream[0]!, maxCount: 3 }));
      expect(all.map(({ event }) => event?.position)).toEqual(inStream);
    });

    it('refuses a wrong revision with a type and the actual one', async () => {
      await expect(append(some(1), 3n)).rejects.toMatchObject({
        type: 'wrong-expected-version',
        actualVersion: 'no_stream',
      });
      await append(some(2), NO_STREAM);
      await expect(append(some(1), 0n)).rejects.toMatchObject({ type: 'wrong-expected-version', actualVersion: 1n });
    });

    it('answers the repeat of an append at its exact revision, and writes nothing', async () => {
      const [first, second] = [some(1), some(1)];
      const answers = [await append(first, NO_STREAM), await append(second, 0n)];
      await append(some(1), 1n);
      expect([await append(first, NO_STREAM), await append(second, 0n)]).toEqual(answers);
      expect(await revisions()).toEqual([0n, 1n, 2n]);
    });

    it('refuses a known id together with a new one', async () => {
      const events = some(1);
      await append(events, NO_STREAM);
      await expect(append([...events, ...some(1)], NO_STREAM)).rejects.toMatchObject({
        type: 'wrong-expected-version',
      });
    });

    it('writes a known id again at a later revision, and one id twice in one append', async () => {
      const events = some(1);
      await append(events, NO_STREAM);
      await append(events, 0n);
      const [twice] = some(1);
      await append([twice!, twice!], 1n);
      expect(await revisions()).toEqual([0n, 1n, 2n, 3n]);
    });

    it('knows the repeat of an append at any revision while the server runs', async () => {
      const events = some(2);
      const answer = await append(events, ANY);
      expect(await append(events, ANY)).toMatchObject({ success: true, position: answer.position });
      expect(await revisions()).toEqual([0n, 1n]);
    });

    it('refuses more than 1 MiB together', async () => {
      await expect(append(some(5, 250_000), NO_STREAM)).rejects.toMatchObject({ type: 'maximum-append-size-exceeded' });
      await expect(revisions()).rejects.toMatchObject({ type: 'stream-not-found' });
    });

    it('continues a softly deleted stream, and refuses one with a tombstone', async () => {
      await append(some(2), NO_STREAM);
      await client.deleteStream(stream);
      expect(await append(some(1), NO_STREAM)).toMatchObject({ nextExpectedRevision: 2n });
      await client.tombstoneStream(stream);
      await expect(append(some(1), 2n)).rejects.toMatchObject({ type: 'stream-deleted' });
    });
  });

  it('reads past the end as empty, and backwards from the start only the first event', async () => {
    await client.appendToStream(stream, some(3), { expectedRevision: NO_STREAM, credentials });
    expect(await revisions({ fromRevision: 3n })).toEqual([]);
    expect(await revisions({ fromRevision: 1n, maxCount: 1 })).toEqual([1n]);
    expect(await revisions({ direction: BACKWARDS })).toEqual([0n]);
    expect(await revisions({ direction: BACKWARDS, fromRevision: END, maxCount: 2 })).toEqual([2n, 1n]);
  });

  it('includes the position that a read of everything starts from forwards, and not backwards', async () => {
    await client.appendToStream(stream, some(2), { expectedRevision: NO_STREAM, credentials });
    const [first, second] = (await collect(client.readStream(stream))).map(({ event }) => event?.position);
    const forwards = await collect(client.readAll({ fromPosition: second!, maxCount: 1 }));
    expect(forwards[0]?.event?.position).toEqual(second);
    const backwards = await collect(client.readAll({ fromPosition: second!, maxCount: 1, direction: BACKWARDS }));
    expect(backwards[0]?.event?.position).toEqual(first);
    const inside = { commit: second!.commit + 1n, prepare: second!.prepare + 1n };
    await expect(collect(client.readAll({ fromPosition: inside, maxCount: 1 }))).rejects.toThrow();
  });

  it('follows only what a filter lets through, after the start position, and tells of checkpoints besides', async () => {
    const answer = await client.appendToStream(stream, some(1), { expectedRevision: NO_STREAM, credentials });
    const told: string[] = [];
    const checkpoints: Position[] = [];
    const filter = streamNameFilter({
      prefixes: [stream],
      maxSearchWindow: 8,
      checkpointReached: (_, position) => {
        checkpoints.push(position);
      },
    });
    const following = client.subscribeToAll({ fromPosition: answer.position!, filter, credentials });
    following.on('data', ({ event }) => told.push(`${event?.streamId} ${event?.revision}`));
    following.on('confirmation', () => told.push('confirmed'));
    following.on('caughtUp' as 'confirmation', () => told.push('caught up'));
    await delay(500);
    expect(told).toEqual(['confirmed', 'caught up']);
    await client.appendToStream(`other-${stream}`, some(40), { expectedRevision: NO_STREAM, credentials });
    await client.appendToStream(stream, some(1), { expectedRevision: 0n, credentials });
    await delay(500);
    await following.unsubscribe();
    expect(told).toEqual(['confirmed', 'caught up', `${stream} 1`]);
    expect(checkpoints.length).toBeGreaterThan(0);
  });

  it('follows one stream after a revision', async () => {
    await client.appendToStream(stream, some(3), { expectedRevision: NO_STREAM, credentials });
    const seen: bigint[] = [];
    const following = client.subscribeToStream(stream, { fromRevision: 1n, credentials });
    following.on('data', ({ event }) => seen.push(event!.revision));
    await client.appendToStream(stream, some(1), { expectedRevision: 2n, credentials });
    await delay(500);
    await following.unsubscribe();
    expect(seen).toEqual([2n, 3n]);
  });

  it('has its deletions told by the adapter, which takes no other revision for its own', async () => {
    const store = openEventStoreDb({ url });
    const event = { type: 'test.Happened', data: '{}', metadata: '{}' };
    const gone = { kind: 'unavailable', code: 'log.stream-deleted' };
    await store.append(stream, [{ ...event, id: randomUUID() }], 'no-stream');
    await client.deleteStream(stream);
    expect(await store.read(stream)).toEqual([]);
    await expect(store.append(stream, [{ ...event, id: randomUUID() }], 'no-stream')).rejects.toMatchObject(gone);
    await client.tombstoneStream(stream);
    await expect(store.append(stream, [{ ...event, id: randomUUID() }], 1)).rejects.toMatchObject(gone);
    await expect(store.read(stream)).rejects.toMatchObject(gone);
    await store.close();
  });
});
