import { EventStoreDBClient } from '@eventstore/db-client';
import { DomainError } from '@casebook/kernel';
import type { Credentials } from './open-eventstoredb';

/** What an insecure server gets as credentials; it looks at none. */
const ANYBODY: Credentials = { username: 'admin', password: 'changeit' };

/** With the interval of 10 s a dead connection is noticed after 13 s. */
const KEEP_ALIVE_TIMEOUT = 'keepAliveTimeout=3000';

/** The number that gRPC has for the state of a channel that was shut down. */
const SHUT_DOWN = 4;

/** The client for a connection string, connecting when it is first used. Throws DomainError `invalid`. */
export function openClient(url: string): EventStoreDBClient {
  const known = /[?&]keep[_-]?alive[_-]?timeout=/i.test(url);
  const complete = known ? url : `${url}${url.includes('?') ? '&' : '?'}${KEEP_ALIVE_TIMEOUT}`;
  try {
    return guarded(EventStoreDBClient.connectionString(complete));
  } catch {
    // The client's own words would repeat the password.
    throw new DomainError(
      'invalid',
      'log.url',
      'EVENTSTOREDB_URL cannot be used; it looks like esdb://user:password@host:2113?tls=true, or ?tls=false.',
    );
  }
}

/**
 * The credentials of every call: given with the call, they make the client use the plain append, which keeps its
 * deadline. Throws DomainError `invalid` when a server with TLS would get none.
 */
export function credentialsFor(url: string, given?: Credentials): Credentials {
  if (given) return given;
  const [, username, password] = /^[^:]+:\/\/([^:/]+):([^@]+)@/.exec(url.trim()) ?? [];
  if (username !== undefined && password !== undefined) {
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  }
  if (/[?&]tls=false/i.test(url)) return ANYBODY;
  throw new DomainError(
    'invalid',
    'log.credentials',
    'EVENTSTOREDB_URL names no user: esdb://user:password@host:2113 (or ?tls=false for a server without TLS).',
  );
}

/** The two inner methods of the client that need care. */
interface Inner {
  execute: (service: unknown, name: string, action: (grpc: GrpcClient) => Promise<unknown>) => Promise<unknown>;
  handleError: (grpc: unknown, error: Error) => Promise<void>;
}

interface GrpcClient {
  getChannel(): { getConnectivityState(tryToConnect: boolean): number };
}

/**
 * Closes two holes through which the client would end the process. It starts an append in an async executor: a channel
 * that an error elsewhere has just shut down makes that a rejection which nobody handles. And nobody waits for
 * handleError, which rejects while no node of a cluster can be found.
 */
function guarded(client: EventStoreDBClient): EventStoreDBClient {
  const inner = client as unknown as Inner;
  const { execute, handleError } = inner;
  inner.handleError = (grpc, error) => handleError(grpc, error).catch(() => undefined);
  inner.execute = (service, name, action) =>
    execute(service, name, async (grpc) => {
      if (grpc.getChannel().getConnectivityState(false) === SHUT_DOWN) throw new Error('The connection was replaced');
      return action(grpc);
    });
  return client;
}
