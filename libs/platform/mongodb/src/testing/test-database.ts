import { randomBytes } from 'node:crypto';
import { openMongo, type MongoConnection } from '../mongo-connection';

/** A database of one suite on the server that `MONGODB_URL` names. */
export interface TestDatabase {
  readonly url: string;
  readonly connection: MongoConnection;
  /** Drops it and closes the connection. */
  drop(): Promise<void>;
}

/** Makes a database that nobody else uses. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const server = process.env['MONGODB_URL'] ?? '';
  const url = withDatabase(server, `casebook-test-${randomBytes(6).toString('hex')}`);
  const connection = await openMongo({ url });
  return {
    url,
    connection,
    drop: async () => {
      await connection.db.dropDatabase();
      await connection.close();
    },
  };
}

/** True for a real MongoDB, which has indexes and explains its plans; the server that the tests start has neither. */
export const REAL_SERVER = process.env['MONGODB_STAND_IN'] === undefined;

/** The same URL with these parameters in place of its own of the same name. */
export function withParameters(url: string, parameters: Readonly<Record<string, string>>): string {
  const [base = '', query = ''] = url.split('?');
  return `${base}?${new URLSearchParams({ ...Object.fromEntries(new URLSearchParams(query)), ...parameters }).toString()}`;
}

function withDatabase(url: string, name: string): string {
  const [, server = '', query = ''] = /^([^:]+:\/\/[^/?]+)\/?[^?]*(.*)$/.exec(url) ?? [];
  return `${server}/${name}${query}`;
}
