import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DomainError, type DomainEvent, type EventCatalog } from '@casebook/kernel';
import type { Keyring } from '@casebook/keys';
import fc from 'fast-check';
import { chainHash, splitHash } from './chain';
import { checkAppend } from './check-append';
import { createEventLog } from './create-event-log';
import type { EventLog, StreamHead } from './event-log';
import { OUTCOME_UNKNOWN, WrongExpectedRevision, type EventStore, type StoredEvent } from './event-store';
import { openSqliteEventStore } from './sqlite/sqlite-event-store';
import { memoryKeyring } from './testing/memory-keyring';
import { metadataAt, sampleCatalog, written, type Written } from './testing/sample-events';

const NOTHING: StreamHead = { revision: 'no-stream', hash: '', time: '' };

describe('event log', () => {
  let directory: string;
  let store: EventStore;
  let keyring: Keyring;
  let log: EventLog;
  const damaged: string[] = [];
  const open = (catalog: EventCatalog = sampleCatalog, on: EventStore = store): EventLog =>
    createEventLog({ store: on, keyring, catalog, onDamage: ({ id }, path) => damaged.push(`${id} ${path}`) });

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'casebook-log-'));
    store = openSqliteEventStore({ directory });
    keyring = memoryKeyring();
    damaged.length = 0;
    log = open();
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  describe('appending and loading', () => {
    it('loads what an append answered', async () => {
      const first = await log.append('a', NOTHING, [written(), written({ count: -0, tags: ['x'] })], metadataAt());
      const second = await log.append('a', first.head, [written({ subject: null })], metadataAt());
      const loaded = await log.load<Written>('a');
      expect(loaded.events).toEqual([...first.events, ...second.events]);
      expect(loaded.head).toEqual(second.head);
      expect(loaded.events.map(({ revision }) => revision)).toEqual([0, 1, 2]);
    });

    it('gives an empty stream without revision, hash and time', async () => {
      expect(await log.load('nobody')).toEqual({ events: [], head: NOTHING, commands: new Map() });
    });

    it('loads a stream from a revision, with the head even when nothing came since', async () => {
      const { head, events } = await log.append('a', NOTHING, [written(), written(), written()], metadataAt());
      expect(await log.load('a', 2)).toMatchObject({ events: [events[2]], head });
      expect(await log.load('a', 3)).toMatchObject({ events: [], head });
      expect(await log.load('a', 30)).toMatchObject({ events: [], head });
    });

    it('names the revisions that each command wrote', async () => {
      const one = metadataAt(undefined, { bodyDigest: 'd1' });
      const two = metadataAt();
      const { head } = await log.append('a', NOTHING, [written(), written()], one);
      await log.append('a', head, [written()], two);
      expect((await log.load('a')).commands).toEqual(
        new Map([
          [one.commandId, { first: 0, last: 1, bodyDigest: 'd1' }],
          [two.commandId, { first: 2, last: 2 }],
        ]),
      );
    });

    it('never lets time go back within a stream', async () => {
      const first = await log.append('a', NOTHING, [written()], metadataAt('2026-05-01T00:00:00.000Z'));
      const second = await log.append('a', first.head, [written()], metadataAt('2026-04-01T00:00:00.000Z'));
      const third = await log.append('a', second.head, [written()], metadataAt('2026-06-01T00:00:00.000Z'));
      const times = [...second.events, ...third.events].map(({ metadata }) => metadata.time);
      expect(times).toEqual(['2026-05-01T00:00:00.000Z', '2026-06-01T00:00:00.000Z']);
    });

    it('stores no metadata but the known fields', async () => {
      const metadata = { ...metadataAt(), email: 'ada@acme.example' };
      await log.append('a', NOTHING, [written()], metadata);
      expect((await store.read('a'))[0]?.metadata).not.toContain('ada@acme');
    });

    it('refuses an append at a head that has moved on', async () => {
      await log.append('a', NOTHING, [written()], metadataAt());
      await expect(log.append('a', NOTHING, [written()], metadataAt())).rejects.toMatchObject({
        name: 'WrongExpectedRevision',
        actual: 0,
      });
    });

    it('lets one of two simultaneous attempts of one command win, so that the other meets the repeat', async () => {
      const metadata = metadataAt();
      const attempts = await Promise.allSettled(
        [1, 2].map((count) => log.append('a', NOTHING, [written({ count })], metadata)),
      );
      expect(attempts.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const { commands, events } = await log.load('a');
      expect(events).toHaveLength(1);
      expect(commands.get(metadata.commandId)).toEqual({ first: 0, last: 0 });
    });

    it('follows the total order in pages and live', async () => {
      const { head, events } = await log.append('a', NOTHING, [written(), written()], metadataAt());
      expect(await log.readAll()).toEqual(events);
      expect(await log.readAll({ after: events[0]!.position, limit: 5 })).toEqual([events[1]]);
      const abort = new AbortController();
      const live = log.subscribe({ after: await log.end(), signal: abort.signal })[Symbol.asyncIterator]();
      const batch = live.next();
      const later = await log.append('a', head, [written()], metadataAt());
      expect((await batch).value).toEqual(later.events);
      abort.abort();
      expect(await live.next()).toMatchObject({ done: true });
    });
  });

  describe('unknown outcomes', () => {
    /** A store whose appends fail `times` times with an unknown outcome, having written or not. */
    const failing = (times: number, written: boolean): EventStore => ({
      ...pass(store),
      append: async (stream, events, expected) => {
        if (times-- <= 0) return store.append(stream, events, expected);
        if (written) await store.append(stream, events, expected);
        throw new DomainError('unavailable', OUTCOME_UNKNOWN, 'No answer');
      },
    });

    it.each([true, false])('writes once when an answer is lost (written: %s)', async (wasWritten) => {
      const { events, head } = await open(sampleCatalog, failing(2, wasWritten)).append(
        'a',
        NOTHING,
        [written()],
        metadataAt(),
      );
      expect(await log.load('a')).toMatchObject({ events, head });
      expect(await store.readAll()).toHaveLength(1);
    });

    it('finds its own events where an engine answers a retry with a wrong revision', async () => {
      const inner = failing(1, true);
      const forgetful: EventStore = {
        ...inner,
        append: async (stream, events, expected) => {
          const [last] = await store.read(stream, { from: events.length - 1 });
          if (last) throw new WrongExpectedRevision(stream, expected, last.revision);
          return inner.append(stream, events, expected);
        },
      };
      const { events, head } = await open(sampleCatalog, forgetful).append(
        'a',
        NOTHING,
        [written(), written()],
        metadataAt(),
      );
      expect(await log.load('a')).toMatchObject({ events, head });
    });

    it('gives up after some attempts', async () => {
      await expect(
        open(sampleCatalog, failing(100, false)).append('a', NOTHING, [written()], metadataAt()),
      ).rejects.toMatchObject({ kind: 'unavailable', code: OUTCOME_UNKNOWN });
    });
  });

  describe('sealing', () => {
    const rich = (): Written =>
      written({
        subject: 'secret-subject',
        name: 'secret-name',
        tags: ['open-tag'],
        members: [
          { personId: 'person-2', email: 'secret-two' },
          { personId: 'person-3', email: 'secret-three' },
        ],
        steps: [
          { text: 'secret-step', done: true },
          { text: null, done: false },
        ],
      });

    it('leaves no plain text of a sealed field in any file, and the open fields as they are', async () => {
      await log.append('a', NOTHING, [rich()], metadataAt());
      const before = readdirSync(directory)
        .map((file) => readFileSync(join(directory, file), 'latin1'))
        .join('');
      await store.close();
      const after = readdirSync(directory)
        .map((file) => readFileSync(join(directory, file), 'latin1'))
        .join('');
      for (const bytes of [before, after]) {
        expect(bytes).toContain('open-tag');
        expect(bytes).not.toContain('secret');
      }
      store = openSqliteEventStore({ directory });
    });

    it('opens a field of a destroyed person to null, and that person’s fields only', async () => {
      const { events } = await log.append('a', NOTHING, [rich()], metadataAt());
      await keyring.destroyPersonKey('person-2');
      const [event] = (await log.load<Written>('a')).events;
      expect(event?.data).toEqual({
        ...events[0]!.data,
        members: [
          { personId: 'person-2', email: null },
          { personId: 'person-3', email: 'secret-three' },
        ],
      });
      expect(damaged).toEqual([]);
    });

    it('opens the text of a redacted event to null, and of no other', async () => {
      const { events } = await log.append('a', NOTHING, [rich(), rich()], metadataAt());
      await keyring.redactText('a', events[0]!.id, [events[1]!.id]);
      const texts = (await log.load<Written>('a')).events.map(({ data }) => [
        data.subject,
        data.steps?.[0]?.text,
        data.name,
      ]);
      expect(texts).toEqual([
        [null, null, 'secret-name'],
        ['secret-subject', 'secret-step', 'secret-name'],
      ]);
    });

    it('stores null for a person who was erased before', async () => {
      await keyring.ensurePersonKey('person-1');
      await keyring.destroyPersonKey('person-1');
      const { events } = await log.append('a', NOTHING, [rich()], metadataAt());
      expect(events[0]?.data).toMatchObject({ name: null, subject: 'secret-subject' });
      expect((await log.load('a')).events).toEqual(events);
    });

    it.each([
      ['a string that is listed nowhere', { ...written().data, extra: 'x' }, /extra is neither sealed nor plain/],
      ['a string in an unlisted place', { ...written().data, steps: ['x'] }, /steps\[0\] is neither sealed nor plain/],
      ['data that is no object', null, /not an object/],
      ['a date', { ...written().data, count: new Date() }, /count is not plain JSON/],
      ['a number that JSON lacks', { ...written().data, count: Number.NaN }, /count is not plain JSON/],
      ['a big integer', { ...written().data, count: 1n }, /count is not plain JSON/],
      ['a hole in an array', { ...written().data, tags: ['x', undefined] }, /tags\[1\] is not plain JSON/],
      ['a person’s field without the person', { ...written().data, by: null }, /no person id for the field name/],
    ])('refuses %s, and writes nothing', async (_, data, message) => {
      const event: DomainEvent = { type: 'test.Written', data };
      await expect(log.append('a', NOTHING, [written(), event], metadataAt())).rejects.toThrow(message);
      expect(await store.end()).toBeUndefined();
    });

    it('stores objects of plain classes by their fields', async () => {
      class Step {
        constructor(
          readonly text: string,
          readonly done: boolean,
        ) {}
      }
      await log.append('a', NOTHING, [written({ steps: [new Step('One', true)] })], metadataAt());
      expect((await log.load<Written>('a')).events[0]?.data.steps).toEqual([{ text: 'One', done: true }]);
    });

    it('refuses a type that is in no catalogue', async () => {
      await expect(log.append('a', NOTHING, [{ type: 'test.Other', data: {} }], metadataAt())).rejects.toThrow(
        /no catalogue/,
      );
    });

    it('refuses a catalogue that lists a field twice', () => {
      const twice = { 'test.Twice': { plain: ['a.b'], sealed: { 'a.b': 'text' as const } } };
      expect(() => open(twice)).toThrow(/a\.b is listed twice/);
    });

    it('reads a changed, moved or foreign sealed text as null and tells of it', async () => {
      const { events } = await log.append('a', NOTHING, [rich(), rich()], metadataAt());
      const [first, second] = (await store.read('a')).map(({ data }) => JSON.parse(data) as Written['data']);
      const tampered: [path: string, data: object][] = [
        ['subject', { ...first, subject: second!.subject }],
        ['subject', { ...first, subject: first!.name }],
        ['subject', { ...first, subject: { $sealed: 'AQ' } }],
        ['steps[1].text', { ...first, steps: [first!.steps![1], first!.steps![0]] }],
      ];
      for (const [path, data] of tampered) {
        const forged: EventStore = {
          ...pass(store),
          read: async (stream, options) => {
            const [changed, ...others] = await store.read(stream, options);
            return changed?.revision === 0 ? [{ ...changed, data: JSON.stringify(data) }, ...others] : [];
          },
        };
        damaged.length = 0;
        const loaded = await open(sampleCatalog, forged).load<Written>('a');
        expect(damaged).toEqual([`${events[0]!.id} ${path}`]);
        expect([loaded.events[0]?.data.subject, loaded.events[0]?.data.steps?.[1]?.text]).toContain(null);
        expect(loaded.events.slice(1)).toEqual(events.slice(1));
      }
    });

    it('survives any text and number', async () => {
      let head = NOTHING;
      const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
      const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ unit, maxLength: 20 }));
      const event = fc.record(
        {
          subject: text,
          name: text,
          tags: fc.array(text, { maxLength: 5 }),
          count: fc.double({ noNaN: true, noDefaultInfinity: true }),
        },
        { requiredKeys: ['subject', 'name', 'tags'] },
      );
      // Many events an append: each append waits for the disk.
      await fc.assert(
        fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 30 }), async (data) => {
          const appended = await log.append('a', head, data.map(written), metadataAt());
          head = appended.head;
          const from = appended.events[0]!.revision;
          expect((await log.load<Written>('a', from)).events).toEqual(appended.events);
          expect(checkAppend('a', await store.read('a', { from }), 0)).toBeGreaterThan(0);
          for (const [index, { subject, name, tags, count }] of data.entries()) {
            expect(appended.events[index]!.data).toMatchObject({
              subject: subject.toWellFormed(),
              name: name.toWellFormed(),
              tags: tags.map((tag) => tag.toWellFormed()),
              ...(count !== undefined && { count: count === 0 ? 0 : count }),
            });
          }
        }),
        { numRuns: 30 },
      );
    }, 60_000);
  });

  describe('events damaged in the store', () => {
    const forged = (field: 'data' | 'metadata', text: string): EventStore => {
      const change = (page: StoredEvent[]): StoredEvent[] =>
        page.map((event) => (event.revision === 1 ? { ...event, [field]: text } : event));
      return {
        ...pass(store),
        read: async (stream, options) => change(await store.read(stream, options)),
        readAll: async (options) => change(await store.readAll(options)),
      };
    };

    it.each([
      ['data', '{"by'],
      ['data', 'null'],
      ['metadata', '{"actor'],
      ['metadata', '{}'],
    ] as const)('reads past %s that became %s, and decides nothing on it', async (field, text) => {
      const { events } = await log.append('a', NOTHING, [written(), written(), written()], metadataAt());
      const broken = open(sampleCatalog, forged(field, text));
      const read = await broken.readAll();
      expect([read[0], read[2]]).toEqual([events[0], events[2]]);
      expect(read[1]).toMatchObject({ id: events[1]!.id, type: 'test.Written', data: null });
      expect(damaged).toEqual([`${events[1]!.id} ${field}`]);
      await expect(broken.load('a')).rejects.toMatchObject({ kind: 'unavailable', code: 'log.damaged' });
    });

    it('reads the field of a person who is not named any more as null', async () => {
      await log.append('a', NOTHING, [written(), written()], metadataAt());
      const [, second] = await store.read('a');
      const data = JSON.stringify({ ...(JSON.parse(second!.data) as object), by: 7 });
      const read = await open(sampleCatalog, forged('data', data)).readAll();
      expect(read[1]?.data).toMatchObject({ name: null, subject: 'It is slow' });
    });
  });

  describe('old and unknown types', () => {
    const renamed: EventCatalog = {
      'test.Written.2': { plain: ['author'], sealed: { title: 'text' } },
      'test.Written': {
        ...sampleCatalog['test.Written']!,
        upcast: (data) => {
          const { by, subject } = data as Written['data'];
          return { type: 'test.Written.2', data: { author: by, title: subject } };
        },
      },
    };

    it('hands out an old shape as the current event, opened', async () => {
      await log.append('a', NOTHING, [written({ subject: 'Old' })], metadataAt());
      const [event] = (await open(renamed).load('a')).events;
      expect(event).toMatchObject({ type: 'test.Written.2', data: { author: 'person-1', title: 'Old' } });
    });

    it('stops with an error when upcasters run in a circle', async () => {
      await log.append('a', NOTHING, [written()], metadataAt());
      const circle = {
        'test.Written': {
          ...sampleCatalog['test.Written']!,
          upcast: (data: unknown) => ({ type: 'test.Written', data }),
        },
      };
      await expect(open(circle).load('a')).rejects.toThrow(/never reach a current shape/);
    });

    it('refuses to load a stream with an unknown type, and reads past it', async () => {
      await log.append('a', NOTHING, [written()], metadataAt());
      const older = open({});
      expect(older.knows('test.Written')).toBe(false);
      await expect(older.load('a')).rejects.toMatchObject({ kind: 'unavailable', code: 'log.unknown-type' });
      expect(await older.readAll()).toMatchObject([
        { type: 'test.Written', data: { by: 'person-1', subject: { $sealed: expect.any(String) as string } } },
      ]);
    });
  });

  describe('the chain', () => {
    it('links each event to the one before it by the bytes as stored', async () => {
      const { head } = await log.append(
        'a',
        NOTHING,
        [written({ tags: ['żółć 👩‍👩‍👧', '10', '1e21'] }), written()],
        metadataAt(),
      );
      await log.append('b', NOTHING, [written()], metadataAt());
      const last = await log.append('a', head, [written({ count: 0.1 })], metadataAt());
      let previous = '';
      for (const stored of await store.read('a')) {
        expect(checkAppend('a', [stored], 0)).toBeGreaterThan(0);
        const parts = splitHash(stored.metadata);
        expect(parts?.hash).toBe(chainHash(previous, { ...stored, metadata: parts!.metadata }));
        previous = parts!.hash;
      }
      expect(last.head.hash).toBe(previous);
    });
  });
});

function pass(store: EventStore): EventStore {
  return {
    append: (stream, events, expected) => store.append(stream, events, expected),
    read: (stream, options) => store.read(stream, options),
    readAll: (options) => store.readAll(options),
    subscribe: (options) => store.subscribe(options),
    end: () => store.end(),
    close: () => store.close(),
  };
}
