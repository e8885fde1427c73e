import { randomUUID } from 'node:crypto';
import { channel } from 'node:diagnostics_channel';
import { setTimeout as delay } from 'node:timers/promises';
import { DomainError, type DomainEvent, type EventCatalog, type Position, type RecordedEvent } from '@casebook/kernel';
import type { Keyring } from '@casebook/keys';
import { chainHash, withHash } from './chain';
import { vouchFor } from './check-append';
import type { AppendMetadata, EventLog, LoadedStream, RecordedCommand, StreamHead } from './event-log';
import { damaged, EventReader, unknownType } from './event-reader';
import {
  OUTCOME_UNKNOWN,
  WrongExpectedRevision,
  type EventStore,
  type EventToStore,
  type ExpectedRevision,
  type StoredEvent,
} from './event-store';
import { Sealer, type OnDamage } from './sealing/sealer';

export interface EventLogOptions {
  readonly store: EventStore;
  readonly keyring: Keyring;
  readonly catalog: EventCatalog;
  /** Told of what was changed in the store and cannot be read any more; it reads as null. */
  readonly onDamage?: OnDamage;
}

/** Waits between the attempts of an append whose outcome is unknown, in milliseconds. */
const RETRY_AFTER_MS = [50, 250, 1_000];

/** Told when an append is sent again because nobody knows whether it was written. */
export const retryChannel = channel('casebook.append-retry');

/** The event log over a store and a keyring. */
export function createEventLog(options: EventLogOptions): EventLog {
  return new SealedEventLog(options);
}

class SealedEventLog implements EventLog {
  readonly #store: EventStore;
  readonly #catalog: EventCatalog;
  readonly #sealer: Sealer;
  readonly #reader: EventReader;

  constructor({ store, keyring, catalog, onDamage = () => undefined }: EventLogOptions) {
    this.#store = store;
    this.#catalog = catalog;
    this.#sealer = new Sealer(catalog, keyring, onDamage);
    this.#reader = new EventReader(catalog, this.#sealer, onDamage);
  }

  knows(type: string): boolean {
    return Object.hasOwn(this.#catalog, type);
  }

  async load<E extends DomainEvent>(stream: string, from = 0): Promise<LoadedStream<E>> {
    const events: RecordedEvent[] = [];
    let head: StreamHead = { revision: 'no-stream', hash: '', time: '' };
    // From one event earlier, since the head is needed even when nothing has come since.
    for await (const page of this.#pages(stream, Math.max(0, from - 1))) {
      const unknown = page.find(({ type }) => !this.knows(type));
      if (unknown) throw unknownType(stream, unknown.type);
      const opened = await this.#reader.open(page);
      const broken = opened.find(({ data, metadata }) => data === null || metadata.hash === '');
      if (broken) throw damaged(broken);
      head = headAt(opened.at(-1)) ?? head;
      events.push(...opened.filter(({ revision }) => revision >= from));
    }
    if (head.revision === 'no-stream' && from > 0) ({ head } = await this.load(stream));
    return { events: events as unknown as RecordedEvent<E>[], head, commands: commandsIn(events) };
  }

  async append<E extends DomainEvent>(
    stream: string,
    head: StreamHead,
    events: readonly E[],
    metadata: AppendMetadata,
  ): Promise<{ readonly events: readonly RecordedEvent<E>[]; readonly head: StreamHead }> {
    const first = head.revision === 'no-stream' ? 0 : head.revision + 1;
    const stamped = stamp(metadata, head.time);
    const open = JSON.stringify(stamped);
    const toStore: EventToStore[] = [];
    const recorded: Omit<RecordedEvent, 'position'>[] = [];
    let hash = head.hash;
    for (const [index, { type, data }] of events.entries()) {
      // Random, so that one id never stands for two contents: two attempts of one command that run at the same time
      // differ in time, keys and looked-up numbers. Repeated commands are recognised by the command id.
      const id = randomUUID();
      const revision = first + index;
      const { json, plain } = await this.#sealer.seal({ stream, id, type }, data);
      hash = chainHash(hash, { stream, revision, id, type, data: json, metadata: open });
      toStore.push(vouchFor({ id, type, data: json, metadata: withHash(open, hash) }));
      recorded.push({ id, stream, revision, type, data: plain, metadata: { ...stamped, hash } });
    }
    const positions = await this.#appendSurely(stream, toStore, head.revision);
    return {
      events: recorded.map((event, index) => ({ ...event, position: positions[index] })) as RecordedEvent<E>[],
      head: { revision: first + toStore.length - 1, hash, time: stamped.time },
    };
  }

  async readAll(options: { after?: Position | undefined; limit?: number } = {}): Promise<readonly RecordedEvent[]> {
    return this.#reader.open(await this.#store.readAll(options));
  }

  async *subscribe(options: {
    after?: Position | undefined;
    signal: AbortSignal;
    batch?: number;
  }): AsyncGenerator<readonly RecordedEvent[]> {
    for await (const page of this.#store.subscribe(options)) yield await this.#reader.open(page);
  }

  async end(): Promise<Position | undefined> {
    return this.#store.end();
  }

  async *#pages(stream: string, from: number): AsyncGenerator<StoredEvent[]> {
    let next = from;
    for (;;) {
      const page = await this.#store.read(stream, { from: next });
      const last = page.at(-1);
      if (!last) return;
      yield page;
      next = last.revision + 1;
    }
  }

  /** Appends, and sends the same again as long as nobody knows whether it was written. */
  async #appendSurely(
    stream: string,
    events: readonly EventToStore[],
    expected: ExpectedRevision,
  ): Promise<readonly Position[]> {
    for (let attempt = 0; ; attempt++) {
      try {
        return (await this.#store.append(stream, events, expected)).positions;
      } catch (error) {
        if (error instanceof WrongExpectedRevision && attempt > 0) {
          const written = await this.#find(stream, events, expected);
          if (written) return written;
        }
        const wait = RETRY_AFTER_MS[attempt];
        if (wait === undefined || !(error instanceof DomainError && error.code === OUTCOME_UNKNOWN)) throw error;
        retryChannel.publish({ attempt: attempt + 1 });
        await delay(wait);
      }
    }
  }

  /** The positions of these very events, when they stand where they were to be written. */
  async #find(
    stream: string,
    events: readonly EventToStore[],
    expected: ExpectedRevision,
  ): Promise<readonly Position[] | undefined> {
    const positions: Position[] = [];
    for await (const page of this.#pages(stream, expected === 'no-stream' ? 0 : expected + 1)) {
      for (const { id, position } of page) {
        if (id !== events[positions.length]?.id) return undefined;
        positions.push(position);
        if (positions.length === events.length) return positions;
      }
    }
    return undefined;
  }
}

/** Metadata in its one order of fields and nothing besides, its time never before the event before it. */
function stamp(metadata: AppendMetadata, notBefore: string): AppendMetadata {
  const { actor, onBehalfOf, companyId, correlationId, causationId, commandId, bodyDigest, time } = metadata;
  return {
    actor,
    ...(onBehalfOf !== undefined && { onBehalfOf }),
    ...(companyId !== undefined && { companyId }),
    correlationId,
    causationId,
    commandId,
    ...(bodyDigest !== undefined && { bodyDigest }),
    time: time > notBefore ? time : notBefore,
  };
}

function headAt(event: RecordedEvent | undefined): StreamHead | undefined {
  return event && { revision: event.revision, hash: event.metadata.hash, time: event.metadata.time };
}

function commandsIn(events: readonly RecordedEvent[]): Map<string, RecordedCommand> {
  const commands = new Map<string, RecordedCommand>();
  for (const { revision, metadata } of events) {
    const { commandId, bodyDigest } = metadata;
    const first = commands.get(commandId)?.first ?? revision;
    commands.set(commandId, { first, last: revision, ...(bodyDigest !== undefined && { bodyDigest }) });
  }
  return commands;
}
