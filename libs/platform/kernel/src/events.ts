/** A fact in the past tense. `type` carries context (and version, from 2 on): `ticketing.TicketOpened`. */
export interface DomainEvent<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

/** What is stored beside an event's data. Never personal data: it is not sealed. */
export interface EventMetadata {
  /** Who did it: a person's id, or `system:<name>`. */
  readonly actor: string;
  /** Whose behalf it was done on, when that is somebody else. */
  readonly onBehalfOf?: string;
  /** The company the event belongs to; absent for the vendor's own streams. */
  readonly companyId?: string;
  /** The id of the first cause (one per user action) and of the direct cause (event or command). */
  readonly correlationId: string;
  readonly causationId: string;
  /** The command that made the event, and the SHA-256 of its request body, by which repeats are recognised. */
  readonly commandId: string;
  readonly bodyDigest?: string;
  /** The only time that counts, ISO in UTC with milliseconds; never goes back within a stream. */
  readonly time: string;
  /** Hex SHA-256 over the previous hash of the stream and the stored bytes of this event. */
  readonly hash: string;
}

/**
 * A place in the one total order over all events: fixed-width text, ordered as text, strictly
 * increasing per event. Gaps are normal.
 */
export type Position = string;

/** An event as it was recorded, opened (plain values, `null` where a key was destroyed) and upcast. */
export interface Recorded {
  readonly id: string;
  readonly stream: string;
  /** 0 for the first event of its stream. */
  readonly revision: number;
  readonly position: Position;
  readonly metadata: EventMetadata;
}

/** A recorded event. Distributes over a union, so that checking `type` narrows `data`. */
export type RecordedEvent<E extends DomainEvent = DomainEvent> = E extends DomainEvent ? Recorded & E : never;
