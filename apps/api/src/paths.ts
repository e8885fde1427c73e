import { join } from 'node:path';

/** Where each kind of data lies in a data directory. Keys lie apart, so that a backup can leave them out. */
export function pathsIn(dataDirectory: string) {
  return {
    log: join(dataDirectory, 'log'),
    state: join(dataDirectory, 'state', 'state.sqlite'),
    keys: join(dataDirectory, 'keys', 'keys.sqlite'),
    readModels: join(dataDirectory, 'read-models'),
    search: join(dataDirectory, 'search'),
    blobs: join(dataDirectory, 'blobs'),
    head: join(dataDirectory, 'log', 'head.json'),
  };
}
