import { openMongo } from '@casebook/mongodb';
import { openMongoStateStore } from '../mongodb/mongo-state-store';
import type { StateStore } from '../state-store';

/** How a second process of the contract suite opens the MongoDB store. A place is a URL with its collection as fragment. */
export async function open(place: string): Promise<StateStore> {
  const [url = '', collection = ''] = place.split('#');
  const connection = await openMongo({ url });
  const store = await openMongoStateStore({ connection, collection });
  const close = store.close.bind(store);
  return Object.assign(store, { close: () => close().then(() => connection.close()) });
}
