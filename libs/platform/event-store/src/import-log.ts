import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@casebook/kernel';
import { ChainCheck } from './audit/chain-check';
import { EMPTY_HEAD, type HeadCheckpoint } from './audit/verify-log';
import { nextHead } from './chain';
import {
  MAX_APPEND_BYTES,
  OUTCOME_UNKNOWN,
  WrongExpectedRevision,
  type EventStore,
  type EventToStore,
  type StoredEvent,
} from './event-store';

/** Waits between attempts of an append whose outcome is unknown, in milliseconds. */
const RETRY_MS = [100, 500, 2_000, 5_000];
const MAX_EVENTS = 500;

/**
 * Writes an exported log into an empty store, in its order, with ids, revisions, times and hashes as they were. Each
 * event is checked against the chain before it is written. What is there already, from an import that was cut short,
 * is recognised and not written again. Answers the global head, which equals that of the log it came from.
 * DomainError `invalid` for a line that is no event or was changed, `conflict` when the store holds another log.
 */
export async function importLog(
  store: EventStore,
  lines: AsyncIterable<string>,
  onProgress: (events: number) => void = () => undefined,
): Promise<HeadCheckpoint> {
  const check = new ChainCheck();
  let { count, head } = EMPTY_HEAD;
  let group: StoredEvent[] = [];
  const write = async () => {
    if (group.length > 0) await append(store, group);
    group = [];
    onProgress(count);
  };
  for await (const line of lines) {
    if (line === '') continue;
    const event = parse(line, count + 1);
    const step = await check.follow(event);
    if ('finding' in step) throw new DomainError('invalid', 'log.import-changed', step.finding.message);
    if (!fits(group, event)) await write();
    group.push(event);
    head = nextHead(head, step.hash);
    count += 1;
  }
  await write();
  return { count, head };
}

/** True when the event can go into one append with the group: it follows it in its stream, and all of it is small. */
function fits(group: readonly StoredEvent[], event: StoredEvent): boolean {
  const last = group.at(-1);
  if (!last) return true;
  const bytes = [...group, event].reduce((sum, { data, metadata }) => sum + Buffer.byteLength(data + metadata), 0);
  return last.stream === event.stream && group.length < MAX_EVENTS && bytes < MAX_APPEND_BYTES / 2;
}

async function append(store: EventStore, group: readonly StoredEvent[]): Promise<void> {
  const [first] = group;
  if (!first) return;
  const events: EventToStore[] = group.map(({ id, type, data, metadata }) => ({ id, type, data, metadata }));
  const expected = first.revision === 0 ? 'no-stream' : first.revision - 1;
  for (let attempt = 0; ; attempt++) {
    try {
      await store.append(first.stream, events, expected);
      return;
    } catch (error) {
      if (error instanceof WrongExpectedRevision) {
        const there = await writtenOf(store, group);
        if (there > 0) {
          await append(store, group.slice(there));
          return;
        }
        throw new DomainError(
          'conflict',
          'log.import-other',
          `Stream ${first.stream} holds other events already; a log is imported into an empty store.`,
        );
      }
      const wait = RETRY_MS[attempt];
      if (wait === undefined || !(error instanceof DomainError && error.code === OUTCOME_UNKNOWN)) throw error;
      await delay(wait);
    }
  }
}

/** How many of these events stand in the store already, counted from the first. */
async function writtenOf(store: EventStore, group: readonly StoredEvent[]): Promise<number> {
  for (const [index, { stream, revision, id }] of group.entries()) {
    const [found] = await store.read(stream, { from: revision, limit: 1 });
    if (found?.revision !== revision || found.id !== id) return index;
  }
  return group.length;
}

function parse(line: string, number: number): StoredEvent {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new DomainError('invalid', 'log.import-line', `Line ${number} is not an exported event.`);
  }
  const { position, stream, revision, id, type, data, metadata } = (value ?? {}) as Record<string, unknown>;
  if (
    typeof position !== 'string' ||
    typeof stream !== 'string' ||
    !Number.isSafeInteger(revision) ||
    typeof id !== 'string' ||
    typeof type !== 'string' ||
    typeof metadata !== 'object'
  ) {
    throw new DomainError('invalid', 'log.import-line', `Line ${number} is not an exported event.`);
  }
  // Stored texts survive parse and stringify unchanged; the chain check that follows would notice if one did not.
  const texts = { data: JSON.stringify(data), metadata: JSON.stringify(metadata) };
  return { position, stream, revision: revision as number, id, type, ...texts };
}
