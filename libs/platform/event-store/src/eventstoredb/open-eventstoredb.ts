import type { EventStore } from '../event-store';
import type * as Adapter from './eventstoredb-event-store';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface EventStoreDbOptions {
  /** Connection string: `esdb://user:password@host:2113?tls=true`, or `esdb+discover://` for a cluster. */
  readonly url: string;
  /** How long one call to the server may take, in milliseconds; it settles at most two seconds later. Default 5,000. */
  readonly deadlineMs?: number;
  /** User of every call; default the one in the url. */
  readonly credentials?: Credentials;
  /** How long a subscription may show no sign of life before it is begun anew, in milliseconds. Default 10,000. */
  readonly idleMs?: number;
  /** Told why a subscription was interrupted; it goes on by itself. */
  readonly onInterrupted?: (reason: string) => void;
}

/**
 * Opens the event log on EventStoreDB; it connects when it is first used. One for each process: the client keeps
 * pending appends in one place for all. Throws DomainError `invalid` for a url that cannot be used.
 */
export function openEventStoreDb(options: EventStoreDbOptions): EventStore {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the client takes 180 ms and 23 MB to load, which an embedded log shall not pay
  const { EventStoreDbEventStore } = require('./eventstoredb-event-store') as typeof Adapter;
  return new EventStoreDbEventStore(options);
}
