import { jsonEvent, type EventData, type JSONType } from '@eventstore/db-client';
import type { EventToStore, StoredEvent } from '../event-store';
import { toPosition, type LogPosition } from './position';

/** An event as the client hands it out. Data and metadata are parsed JSON, or bytes where they were none. */
export interface ReceivedEvent {
  readonly streamId: string;
  readonly revision: bigint;
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  readonly metadata?: unknown;
  readonly position?: LogPosition;
}

/**
 * An event as the client sends it. Data goes as JSON, so that the server's own pages, projections and tools can read
 * it, and not as bytes: the text comes back unchanged, because the port takes only JSON that parse and stringify leave
 * as it is. Metadata goes as the bytes of its text, since the client leaves out metadata such as `null`.
 */
export function toProposed({ id, type, data, metadata }: EventToStore): EventData {
  return jsonEvent({ id, type, data: JSON.parse(data) as JSONType, metadata: Uint8Array.from(Buffer.from(metadata)) });
}

/** Throws DomainError `unavailable` when the server did not tell the event's position. */
export function toStored(event: ReceivedEvent): StoredEvent {
  return {
    id: event.id,
    stream: event.streamId,
    revision: Number(event.revision),
    type: event.type,
    data: textOf(event.data),
    metadata: textOf(event.metadata),
    position: toPosition(event.position),
  };
}

/** True for what Casebook wrote: names that begin with `$` belong to the server, in streams as in types. */
export function isOurs(event: { readonly streamId: string; readonly type: string }): boolean {
  return !event.streamId.startsWith('$') && !event.type.startsWith('$');
}

/** Bytes are text that was no JSON: it is handed on as it is, and whoever parses it sees the damage. */
function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  return value === undefined ? '' : JSON.stringify(value);
}
