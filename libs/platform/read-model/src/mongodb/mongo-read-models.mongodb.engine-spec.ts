import { openTestDatabase, type TestDatabase } from '@casebook/mongodb/testing/test-database';
import { differentialSuite } from '../differential.suite';
import { readModelSuite } from '../read-model.suite';
import { openMongoReadModels } from './mongo-read-models';

let database: TestDatabase;
let places = 0;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.drop());

readModelSuite('MongoDB', async () => {
  const options = { connection: database.connection, prefix: `suite-${places++}.` };
  const engine = await openMongoReadModels(options);
  return { engine, reopen: () => openMongoReadModels(options), close: () => engine.close() };
});

differentialSuite('MongoDB', async () => {
  const engine = await openMongoReadModels({ connection: database.connection, prefix: 'differential.' });
  return { engine, close: () => engine.close() };
});
