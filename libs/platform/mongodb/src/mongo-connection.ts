import { DomainError } from '@casebook/kernel';
import type { Db, Document, MongoClient } from 'mongodb';

/** A database, reached through one pool of connections that all adapters of a process share. */
export interface MongoConnection {
  readonly db: Db;
  /** Bytes of a document as MongoDB stores it. */
  sizeOf(document: Document): number;
  close(): Promise<void>;
}

export interface MongoOptions {
  /** `mongodb://` or `mongodb+srv://`; its path names the database, `casebook` without one. */
  readonly url: string;
  /** Sees each command that is sent, for tests. */
  readonly onCommand?: (name: string, command: Document) => void;
}

const WAIT_MS = 5_000;
/** A server that is silent for so long is taken for gone; no operation of the adapters lasts a fraction of it. */
const SILENCE_MS = 20_000;
/** Writes wait for a majority so long; the answer then is an error with an unknown outcome. */
const MAJORITY_MS = 10_000;

/** Connects. Throws DomainError `unavailable` when no server answers within 5 s, `invalid` for a URL that is none. */
export async function openMongo({ url, onCommand }: MongoOptions): Promise<MongoConnection> {
  // Loaded here, so that an installation without MongoDB does not pay for the driver at its start.
  const { BSON, MongoClient: Client, ReadConcern } = await import('mongodb');
  let client: MongoClient;
  try {
    client = new Client(url, {
      appName: 'casebook',
      serverSelectionTimeoutMS: WAIT_MS,
      connectTimeoutMS: WAIT_MS,
      socketTimeoutMS: SILENCE_MS,
      retryWrites: true,
      retryReads: true,
      monitorCommands: onCommand !== undefined,
    });
  } catch (error) {
    throw new DomainError('invalid', 'mongodb.url', `MONGODB_URL cannot be used: ${words(error)}`);
  }
  if (onCommand)
    client.on('commandStarted', ({ commandName, command }) => {
      onCommand(commandName, command);
    });
  try {
    await client.connect();
  } catch (error) {
    await client.close();
    throw new DomainError('unavailable', 'mongodb.unreachable', `MongoDB does not answer: ${words(error)}`);
  }
  // What every adapter relies on: a write is on the disks of a majority when it answers, a read never shows what a
  // failover could take back, and goes to the primary. A URL can weaken what is set on the client, but not this.
  const db = client.db(databaseOf(url), {
    writeConcern: { w: 'majority', journal: true, wtimeoutMS: MAJORITY_MS },
    readConcern: new ReadConcern('majority'),
    readPreference: 'primary',
  });
  return {
    db,
    sizeOf: (document) => BSON.calculateObjectSize(document),
    close: () => client.close(),
  };
}

function databaseOf(url: string): string {
  const [, path = ''] = /^[^:]+:\/\/[^/]+\/([^?]*)/.exec(url) ?? [];
  return path === '' ? 'casebook' : decodeURIComponent(path);
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
