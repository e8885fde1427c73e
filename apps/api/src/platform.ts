import {
  companyCatalog,
  companiesModel,
  companiesProjection,
  peopleModel,
  peopleProjection,
  personCatalog,
  staffCatalog,
} from '@casebook/accounts';
import { createEventLog, openSqliteEventStore, type EventLog, type EventStore } from '@casebook/event-store';
import type { EventCatalog } from '@casebook/kernel';
import { openKeyring, type ManagedKeyring } from '@casebook/keys';
import { openSqliteReadModels, type ProjectionEntry, type ReadModelEngine } from '@casebook/read-model';
import { openSqliteSearch, type SqliteSearch } from '@casebook/search';
import { lockDataDirectory } from '@casebook/sqlite';
import { openFileBlobStore, type BlobStore } from '@casebook/storage';
import { openSqliteStateStore, type StateStore } from '@casebook/state';
import {
  accessCatalog,
  downloadsModel,
  downloadsProjection,
  ticketCatalog,
  ticketSearchSource,
  ticketsModel,
  ticketsProjection,
  timelineModel,
  timelineProjection,
} from '@casebook/ticketing';
import type { EngineSettings } from './config';
import type { ServerEngines } from './engines';
import { pathsIn } from './paths';

/** Every event type of the installation. */
export const CATALOG: EventCatalog = {
  ...companyCatalog,
  ...personCatalog,
  ...staffCatalog,
  ...ticketCatalog,
  ...accessCatalog,
};

/** Every read model with the fold that fills it. */
export const PROJECTIONS: readonly ProjectionEntry[] = [
  { projection: peopleProjection, definition: peopleModel },
  { projection: companiesProjection, definition: companiesModel },
  { projection: ticketsProjection, definition: ticketsModel },
  { projection: timelineProjection, definition: timelineModel },
  { projection: downloadsProjection, definition: downloadsModel },
];

/** The engines of one process, open. */
export interface Platform {
  readonly store: EventStore;
  readonly log: EventLog;
  readonly state: StateStore;
  readonly keyring: ManagedKeyring;
  readonly readModels: ReadModelEngine;
  readonly blobs: BlobStore;
  readonly search: SqliteSearch;
  /** True when read models, state and keys lie on a server, where other instances write them too. */
  readonly shared: boolean;
  close(): Promise<void>;
}

/** What differs between the process that owns a data directory and one that reads beside it. */
export interface OpenOptions {
  readonly dataDirectory: string;
  readonly masterKeyFile: string;
  /** Servers to use in place of embedded engines. */
  readonly engines?: EngineSettings;
  /** Opens the log for reading only and takes no lock: for a thread or command beside the process that owns it. */
  readonly readonly?: boolean;
  /** Told of texts that do not open although their key exists. */
  readonly onDamage?: (message: string) => void;
}

/** Opens the engines. Throws DomainError when another process holds the directory. */
export async function openPlatform(options: OpenOptions): Promise<Platform> {
  const { dataDirectory, masterKeyFile, engines, readonly = false, onDamage = () => undefined } = options;
  const paths = pathsIn(dataDirectory);
  const lock = readonly ? undefined : lockDataDirectory(dataDirectory);
  try {
    const servers = await openServers(engines, onDamage);
    const shared = servers?.readModels !== undefined;
    const store = servers?.store ?? openSqliteEventStore({ directory: paths.log, readonly });
    const state = servers?.state ?? openSqliteStateStore(paths.state);
    const keyring = await openKeyring({
      state: servers?.keys ?? openSqliteStateStore(paths.keys, { leaveNoTrace: true }),
      masterKeyFile,
      exclusive: !readonly && !shared,
    });
    const readModels = servers?.readModels ?? openSqliteReadModels({ directory: paths.readModels });
    const search = openSqliteSearch({ directory: paths.search, sources: [ticketSearchSource] });
    return {
      store,
      log: createEventLog({
        store,
        keyring,
        catalog: CATALOG,
        onDamage: ({ stream, id }, path) => {
          onDamage(`${path} of event ${id} in ${stream} does not open although its key exists`);
        },
      }),
      state,
      keyring,
      readModels,
      blobs: servers?.blobs ?? openFileBlobStore(paths.blobs),
      search,
      shared,
      async close() {
        await search.close();
        await readModels.close();
        await store.close();
        await keyring.close();
        await state.close();
        await servers?.close();
        lock?.release();
      },
    };
  } catch (error) {
    lock?.release();
    throw error;
  }
}

/** Opens the log alone, for reading, beside whatever else runs. The caller closes it. */
export async function openLogToRead({
  dataDirectory,
  engines,
}: Pick<OpenOptions, 'dataDirectory' | 'engines'>): Promise<EventStore> {
  const { eventStoreDb } = engines ?? {};
  const servers = await openServers(eventStoreDb === undefined ? undefined : { eventStoreDb }, () => undefined);
  return servers?.store ?? openSqliteEventStore({ directory: pathsIn(dataDirectory).log, readonly: true });
}

async function openServers(
  engines: EngineSettings | undefined,
  say: (message: string) => void,
): Promise<ServerEngines | undefined> {
  if (!engines || Object.keys(engines).length === 0) return undefined;
  const { openServerEngines } = await import('./engines.js');
  return openServerEngines(engines, say);
}
