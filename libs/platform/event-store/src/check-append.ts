import { DomainError } from '@casebook/kernel';
import { MAX_APPEND_BYTES, MAX_EVENT_BYTES, type EventToStore, type ExpectedRevision } from './event-store';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
// Printable ASCII without blanks; names that begin with `$` belong to EventStoreDB itself.
const STREAM = /^(?!\$)[!-~]{1,200}$/;
const TYPE = /^(?!\$)[!-~]{1,200}$/;

/**
 * Refuses what no engine may be sent: every adapter calls it first, since some engines hang or end the process on it.
 * Answers the size of the append in bytes. Throws DomainError `invalid` or `too-large`.
 */
export function checkAppend(stream: string, events: readonly EventToStore[], expected: ExpectedRevision): number {
  if (!STREAM.test(stream)) throw invalid('stream', `"${stream}" cannot be the name of a stream`);
  if (expected !== 'no-stream' && !(Number.isSafeInteger(expected) && expected >= 0)) {
    throw invalid('revision', `${expected} is not a revision`);
  }
  if (events.length === 0) throw invalid('empty', 'An append holds at least one event');
  const ids = new Set<string>();
  let total = 0;
  for (const event of events) {
    if (ids.has(event.id)) throw invalid('duplicate-id', `Two events of one append have the id ${event.id}`);
    ids.add(event.id);
    total += checkEvent(event);
  }
  if (total > MAX_APPEND_BYTES) throw tooLarge(`${events.length} events of together ${total} bytes`, MAX_APPEND_BYTES);
  return total;
}

function checkEvent(event: EventToStore): number {
  if (!UUID.test(event.id)) throw invalid('id', `"${event.id}" is not a UUID in lower case`);
  if (!TYPE.test(event.type)) throw invalid('type', `"${event.type}" cannot be the type of an event`);
  const bytes = Buffer.byteLength(event.data) + Buffer.byteLength(event.metadata);
  if (bytes > MAX_EVENT_BYTES) throw tooLarge(`The event ${event.type} of ${bytes} bytes`, MAX_EVENT_BYTES);
  if (vouched.has(event)) return bytes;
  if (!isStableJson(event.data)) throw invalid('json', `The data of ${event.type} is not JSON that keeps its form`);
  if (!isStableJson(event.metadata)) {
    throw invalid('json', `The metadata of ${event.type} is not JSON that keeps its form`);
  }
  return bytes;
}

const vouched = new WeakSet<EventToStore>();

/** Marks an event whose JSON JSON.stringify has just made of plain objects: its form need not be checked again. */
export function vouchFor(event: EventToStore): EventToStore {
  vouched.add(event);
  return event;
}

/** True for JSON that comes out of parse and stringify as it went in: the chain is computed over these very bytes. */
function isStableJson(text: string): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === text;
  } catch {
    return false;
  }
}

function invalid(what: string, message: string): DomainError {
  return new DomainError('invalid', `log.${what}`, message);
}

function tooLarge(what: string, limit: number): DomainError {
  return new DomainError(
    'too-large',
    'log.too-large',
    `${what} cannot be stored: the limit is ${limit}. Attach large content as a file.`,
  );
}
