import { DomainError } from '@casebook/kernel';
import type { StateStore } from '@casebook/state';
import type { UploadRecord } from './upload-record';

/** Uploads that nobody touched for this long are gone, finished or not. */
export const EXPIRY_MS = 24 * 60 * 60 * 1000;
/** A complete collection arrives unattended and waits this long for somebody to attach it. */
export const COLLECTION_KEPT_MS = 30 * EXPIRY_MS;
const SPACE = 'upload';
const PAGE = 100;

/** A record as it was read; whoever writes over it names its version. */
export interface Held {
  readonly record: UploadRecord;
  readonly version: number;
}

/** The records of uploads in the state store. Each belongs to one person. */
export class UploadRecords {
  constructor(
    private readonly state: StateStore,
    private readonly now: () => number,
  ) {}

  async insert(id: string, record: UploadRecord): Promise<Held> {
    const version = await this.state.insert(SPACE, id, record);
    if (version === undefined) throw new DomainError('conflict', 'upload.exists', 'This upload exists already.');
    return { record, version };
  }

  /** Throws DomainError `missing` for uploads that are unknown, expired or somebody else's. */
  async held(id: string, owner: string): Promise<Held> {
    const found = /^[0-9a-f]{32}$/.test(id) ? await this.state.get<UploadRecord>(SPACE, id) : undefined;
    if (!found || found.value.owner !== owner || this.expired(found.value))
      throw new DomainError('missing', 'upload.missing', 'This upload does not exist, or has expired.');
    return { record: found.value, version: found.version };
  }

  /** Writes over the record as it was read. Whoever is late loses: another request went on with the upload. */
  async save(
    id: string,
    { record, version }: Held,
    change: Partial<UploadRecord>,
    without: readonly (keyof UploadRecord)[] = [],
  ): Promise<Held> {
    const merged: UploadRecord = { ...record, ...change, touchedAt: this.now() };
    const next = Object.fromEntries(
      Object.entries(merged).filter(([name]) => !without.some((field) => field === name)),
    ) as unknown as UploadRecord;
    const saved = await this.state.put(SPACE, id, next, version);
    if (saved === undefined)
      throw new DomainError('conflict', 'upload.in-use', 'Another request goes on with this upload.');
    return { record: next, version: saved };
  }

  expired(record: UploadRecord): boolean {
    const waits = record.kind === 'collection' && record.sha256 !== undefined;
    return record.touchedAt + (waits ? COLLECTION_KEPT_MS : EXPIRY_MS) <= this.now();
  }

  /** Every record, of whomever. */
  async *all(): AsyncGenerator<{ key: string; value: UploadRecord; version: number }, void> {
    for (let after: string | undefined; ;) {
      const page = await this.state.list<UploadRecord>(SPACE, { limit: PAGE, ...(after !== undefined && { after }) });
      yield* page;
      after = page.at(-1)?.key;
      if (after === undefined) return;
    }
  }

  /** Removes a record at that version; false when somebody was faster. */
  remove(id: string, version: number): Promise<boolean> {
    return this.state.delete(SPACE, id, version);
  }
}
