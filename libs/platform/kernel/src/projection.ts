import type { DomainEvent, RecordedEvent } from './events';

/** Returned by a fold when the event leaves the document as it is. */
export const UNCHANGED = Symbol('unchanged');

/**
 * A fold of events into documents. It owns neither position nor checkpoint nor retry: the runner does.
 * `id` names the documents an event touches; `on` gives the new document, `null` to delete it, or UNCHANGED.
 */
export interface Projection<Doc, E extends DomainEvent = DomainEvent> {
  readonly name: string;
  /** Raise it when the fold or the document changes: the new version is filled beside the live one, then swapped. */
  readonly version: number;
  /** Stored event types it wants; others only move the checkpoint. */
  readonly handles: readonly E['type'][];
  readonly id: (event: RecordedEvent<E>) => string | readonly string[] | undefined;
  readonly on: (event: RecordedEvent<E>, document: Doc | undefined, id: string) => Doc | null | typeof UNCHANGED;
}
