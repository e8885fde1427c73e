import type { StateRecord, StateStore } from './state-store';

const PAGE = 200;

/**
 * Writes every record of one store into another that nobody else writes to, with what is left of its time. Versions
 * are new: whoever held an old one, as the owner of a lease does, begins anew. `wanted` leaves records out. Can be
 * repeated after it was cut short. Answers how many records there are by space.
 */
export async function copyRecords(
  from: StateStore,
  to: StateStore,
  wanted: (space: string, record: StateRecord<unknown>) => boolean = () => true,
  now: () => number = Date.now,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const space of await from.spaces()) {
    let after: string | undefined;
    do {
      const page = await from.list<unknown>(space, { limit: PAGE, ...(after !== undefined && { after }) });
      const records = page.filter((record) => wanted(space, record));
      await Promise.all(
        records.map(({ key, value, expiresAt }) =>
          to.set(
            space,
            key,
            value,
            expiresAt === undefined ? {} : { ttlSeconds: Math.max(1, Math.ceil((expiresAt - now()) / 1_000)) },
          ),
        ),
      );
      if (records.length > 0) counts.set(space, (counts.get(space) ?? 0) + records.length);
      after = page.at(-1)?.key;
    } while (after !== undefined);
  }
  return counts;
}
