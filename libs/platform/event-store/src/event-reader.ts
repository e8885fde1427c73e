import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  DomainError,
  type DomainEvent,
  type EventCatalog,
  type EventMetadata,
  type RecordedEvent,
} from '@casebook/kernel';
import type { StoredEvent } from './event-store';
import type { BatchKeys, Sealer } from './sealing/sealer';

const MAX_UPCASTS = 100;
/** How long opening may go on before other work gets its turn. */
const TURN_MS = 8;

/** Turns stored events into recorded ones: parses, opens what is sealed, brings old shapes up to date. */
export class EventReader {
  constructor(
    private readonly catalog: EventCatalog,
    private readonly sealer: Sealer,
  ) {}

  /** Opens a page of the log. Events of unknown types keep their name and their raw data. */
  async open(page: readonly StoredEvent[]): Promise<RecordedEvent[]> {
    const keys: BatchKeys = new Map();
    const opened: RecordedEvent[] = [];
    let began = performance.now();
    for (const stored of page) {
      if (performance.now() - began > TURN_MS) {
        await nextTurn();
        began = performance.now();
      }
      const { id, stream, revision, position } = stored;
      const data = await this.sealer.open(stored, JSON.parse(stored.data), keys);
      const metadata = JSON.parse(stored.metadata) as EventMetadata;
      opened.push({ id, stream, revision, position, metadata, ...this.#upcast(stored.type, data) });
    }
    return opened;
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

/** Thrown where a decision would rest on an event that this version cannot read. */
export function unknownType(stream: string, type: string): DomainError {
  return new DomainError(
    'unavailable',
    'log.unknown-type',
    `${stream} holds events of the type ${type}, which this version of Casebook does not know. Run the newer version.`,
  );
}
