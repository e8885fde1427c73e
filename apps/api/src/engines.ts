import { openEventStoreDb, type EventStore } from '@casebook/event-store';
import { openMongo } from '@casebook/mongodb';
import { openMongoReadModels, type ReadModelEngine } from '@casebook/read-model';
import { openMongoStateStore, type StateStore } from '@casebook/state';
import type { BlobStore } from '@casebook/storage';
import { allowOrigin, openS3BlobStore } from '@casebook/storage/s3';
import type { EngineSettings } from './config';

/** The ports that lie on servers; a missing one uses its embedded engine. */
export interface ServerEngines {
  readonly store?: EventStore;
  readonly state?: StateStore;
  readonly keys?: StateStore;
  readonly readModels?: ReadModelEngine;
  readonly blobs?: BlobStore;
  /** Closes connections that the ports share; the ports are closed before. */
  close(): Promise<void>;
}

/** Connects to the servers that the settings name. Loaded only then: the drivers take time and memory. */
export async function openServerEngines(
  { eventStoreDb, mongoDb, s3 }: EngineSettings,
  onInterrupted: (message: string) => void,
): Promise<ServerEngines> {
  const blobs = s3 && (await openS3BlobStore(s3));
  const store = eventStoreDb === undefined ? undefined : openEventStoreDb({ url: eventStoreDb, onInterrupted });
  // Asked at once, so that a wrong address or user is said at the start.
  await store?.end();
  const logAndFiles = { ...(store && { store }), ...(blobs && { blobs }) };
  if (mongoDb === undefined) return { ...logAndFiles, close: async () => undefined };
  const connection = await openMongo({ url: mongoDb });
  try {
    return {
      ...logAndFiles,
      state: await openMongoStateStore({ connection, collection: 'state' }),
      keys: await openMongoStateStore({ connection, collection: 'keys' }),
      readModels: await openMongoReadModels({ connection }),
      close: () => connection.close(),
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Lets the portal's pages put parts into the bucket. False where the owner of the server has to allow it. */
export async function letBrowsersPutParts(s3: NonNullable<EngineSettings['s3']>, publicUrl: string): Promise<boolean> {
  return allowOrigin(s3, new URL(publicUrl).origin);
}
