import { eventStoreSuite, type StoreUnderTest } from '../event-store.suite';
import { newScope, scopedStore } from '../testing/scoped-store';
import { openEventStoreDb } from './open-eventstoredb';

const url = process.env['EVENTSTOREDB_URL'] ?? '';

async function createEventStoreDb(): Promise<StoreUnderTest> {
  let store = openEventStoreDb({ url });
  const scope = await newScope(store);
  let scoped = scopedStore(store, scope);
  return {
    get store() {
      return scoped;
    },
    reopen: async () => {
      await store.close();
      store = openEventStoreDb({ url });
      scoped = scopedStore(store, scope);
      return scoped;
    },
    dispose: () => store.close(),
  };
}

eventStoreSuite('EventStoreDB', createEventStoreDb);
