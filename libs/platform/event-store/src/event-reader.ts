import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  DomainError,
  type DomainEvent,
  type EventCatalog,
  type EventMetadata,
  type RecordedEvent,
} from '@casebook/kernel';
import type { StoredEvent } from './event-store';
import type { BatchKeys, OnDamage, Sealer } from './sealing/sealer';

const MAX_UPCASTS = 100;
/** How long opening may go on before other work gets its turn. */
const TURN_MS = 8;

/** Metadata of an event whose own cannot be read any more. */
const NO_METADATA: EventMetadata = {
  actor: '',
  correlationId: '',
  causationId: '',
  commandId: '',
  time: '',
  hash: '',
};

/** Turns stored events into recorded ones: parses, opens what is sealed, brings old shapes up to date. */
export class EventReader {
  constructor(
    private readonly catalog: EventCatalog,
    private readonly sealer: Sealer,
    private readonly onDamage: OnDamage,
  ) {}

  /**
   * Opens a page of the log. Events of unknown types keep their name and their raw data. An event that is not JSON any
   * more has null as its data: what depends on it fails there, and the rest of the log goes on.
   */
  async open(page: readonly StoredEvent[]): Promise<RecordedEvent[]> {
    const keys: BatchKeys = new Map();
    const opened: RecordedEvent[] = [];
    let began = performance.now();
    for (const stored of page) {
      if (performance.now() - began > TURN_MS) {
        await nextTurn();
        began = performance.now();
      }
      const { id, stream, revision, position, type } = stored;
      const metadata = this.#parse(stored, 'metadata', hasHash);
      const data = this.#parse(stored, 'data', isObject);
      const event =
        metadata && data ? this.#upcast(type, await this.sealer.open(stored, data, keys)) : { type, data: null };
      opened.push({ id, stream, revision, position, metadata: metadata ?? NO_METADATA, ...event });
    }
    return opened;
  }

  #parse<T>(stored: StoredEvent, field: 'data' | 'metadata', sound: (value: unknown) => value is T): T | undefined {
    try {
      const value: unknown = JSON.parse(stored[field]);
      if (sound(value)) return value;
    } catch {
      // Told below, like JSON of another form.
    }
    this.onDamage(stored, field);
    return undefined;
  }

  #upcast(type: string, data: unknown): DomainEvent {
    let event: DomainEvent = { type, data };
    for (let step = 0; step < MAX_UPCASTS; step++) {
      const known = Object.hasOwn(this.catalog, event.type) ? this.catalog[event.type] : undefined;
      if (!known?.upcast) return event;
      event = known.upcast(event.data);
    }
    throw new Error(`The upcasters of ${type} never reach a current shape`);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function hasHash(value: unknown): value is EventMetadata {
  return isObject(value) && 'hash' in value && typeof value.hash === 'string';
}

/** Thrown where a decision would rest on an event that this version cannot read. */
export function unknownType(stream: string, type: string): DomainError {
  return new DomainError(
    'unavailable',
    'log.unknown-type',
    `${stream} holds events of the type ${type}, which this version of Casebook does not know. Run the newer version.`,
  );
}

/** Thrown where a decision would rest on an event that was changed in the store. */
export function damaged({ stream, revision, id }: RecordedEvent): DomainError {
  return new DomainError(
    'unavailable',
    'log.damaged',
    `Event ${id} (${stream}, revision ${revision}) is damaged in the log. Run "audit verify" and restore a backup.`,
  );
}
