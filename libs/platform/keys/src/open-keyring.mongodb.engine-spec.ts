import { basename } from 'node:path';
import { openTestDatabase, type TestDatabase } from '@casebook/mongodb/testing/test-database';
import { openMongoStateStore } from '@casebook/state';
import { keyringSuite } from './keyring.suite';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.drop());

const collectionOf = (directory: string, name: string): string => `${basename(directory)}.${name}`;

keyringSuite('MongoDB', {
  open: (directory, name) =>
    openMongoStateStore({ connection: database.connection, collection: collectionOf(directory, name) }),
  copy: async (directory, from, to) => {
    const { db } = database.connection;
    const records = await db.collection(collectionOf(directory, from)).find().toArray();
    await db.collection(collectionOf(directory, to)).insertMany(records);
  },
});
