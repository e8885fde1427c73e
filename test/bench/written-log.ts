import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createEventLog, openSqliteEventStore, type EventLog, type StreamHead } from '@casebook/event-store';
import type { EventCatalog } from '@casebook/kernel';
import { openKeyring } from '@casebook/keys';
import { openSqliteStateStore } from '@casebook/state';
import { OPEN, syntheticEvent, TYPES } from './synthetic-tickets';

const plain = ['entry', 'audience', 'companyId'];
const catalog: EventCatalog = Object.fromEntries(
  TYPES.map((type) => [type, { plain, sealed: { subject: 'text', body: 'text' } }]),
);

/** Opens a log that `writeLog` wrote. */
export async function openLog(
  directory: string,
  masterKey: string,
): Promise<{ log: EventLog; close: () => Promise<void> }> {
  const state = openSqliteStateStore(join(directory, 'keys.sqlite'));
  const keyring = await openKeyring({ state, masterKey: Buffer.from(masterKey, 'hex') });
  const store = openSqliteEventStore({ directory });
  return {
    log: createEventLog({ store, keyring, catalog }),
    close: async () => {
      await store.close();
      await keyring.close();
    },
  };
}

/** Writes synthetic tickets into a log as the portal would keep it: on disk, chained, texts sealed. Answers its key. */
export async function writeLog(directory: string, size: number): Promise<string> {
  const masterKey = randomBytes(32).toString('hex');
  const { log, close } = await openLog(directory, masterKey);
  const heads = new Map<string, StreamHead>();
  // One event of each open ticket at a time: they go to disk together, and the order within a ticket holds.
  for (let from = 0; from < size; from += OPEN) {
    const round = Array.from({ length: Math.min(OPEN, size - from) }, (_, at) => syntheticEvent(from + at));
    await Promise.all(
      round.map(async ({ stream, type, data, metadata }) => {
        const head = heads.get(stream) ?? { revision: 'no-stream', hash: '', time: '' };
        heads.set(stream, (await log.append(stream, head, [{ type, data }], metadata)).head);
      }),
    );
  }
  await close();
  return masterKey;
}
