import { jsonEvent, NO_STREAM, UnavailableError, type EventStoreDBClient } from '@eventstore/db-client';
import { freePort } from '../../../../../test/engines/process';
import { credentialsFor, openClient } from './client';
import { openEventStoreDb } from './open-eventstoredb';

/** The inner side of the client that these specs bring into the states that end a process. */
interface Inner {
  getChannel(): Promise<{ close(): void }>;
  handleError(grpc: object, error: Error): Promise<void>;
  dispose(): Promise<void>;
}

const innerOf = (client: EventStoreDBClient): Inner => client as unknown as Inner;

function failureOf(url: string): unknown {
  try {
    return openEventStoreDb({ url });
  } catch (error) {
    return error;
  }
}

describe('the credentials of every call', () => {
  it.each([
    ['esdb://ada:secret@db:2113', { username: 'ada', password: 'secret' }],
    ['esdb+discover://a%40b:p%3Aq%40r@one:2113,two:2113?tls=true', { username: 'a@b', password: 'p:q@r' }],
    ['esdb://127.0.0.1:2113?tls=false', { username: 'admin', password: 'changeit' }],
  ])('come from %s', (url, credentials) => {
    expect(credentialsFor(url)).toEqual(credentials);
  });

  it('come from the settings before the url', () => {
    const given = { username: 'x', password: 'y' };
    expect(credentialsFor('esdb://ada:secret@db:2113', given)).toBe(given);
  });

  it('are asked for where a server with TLS would get none', () => {
    expect(failureOf('esdb://db:2113')).toMatchObject({ kind: 'invalid', code: 'log.credentials' });
  });
});

describe('the client', () => {
  it.each(['mongodb://ada:secret@db', 'esdb://ada:secret@', 'esdb://ada:secret@db:x', 'esdb://ada:secret%@db'])(
    'refuses a url like %s without repeating the password',
    (url) => {
      const failure = failureOf(url);
      expect(failure).toMatchObject({ kind: 'invalid', code: 'log.url' });
      expect(String(failure)).not.toContain('secret');
    },
  );

  it('rejects an append on a connection that was shut down, instead of ending the process', async () => {
    const client = openClient(`esdb://127.0.0.1:${await freePort()}?tls=false`);
    const options = {
      expectedRevision: NO_STREAM,
      credentials: { username: 'admin', password: 'changeit' },
      deadline: 200,
    } as const;
    const append = (): Promise<unknown> => client.appendToStream('a', [jsonEvent({ type: 'a', data: {} })], options);
    const first = append().catch(() => undefined);
    (await innerOf(client).getChannel()).close();
    await expect(append()).rejects.toThrow('The connection was replaced');
    await first;
    await client.dispose();
  });

  it('handles an error while no node of the cluster can be found', async () => {
    const client = openClient(`esdb+discover://127.0.0.1:${await freePort()}?tls=false&maxDiscoverAttempts=1`);
    const inner = innerOf(client);
    const channel = inner.getChannel();
    const handled = inner.handleError({ getChannel: () => ({}) }, new UnavailableError());
    await expect(channel).rejects.toThrow('Failed to discover');
    await expect(handled).resolves.toBeUndefined();
    await client.dispose();
  });
});
