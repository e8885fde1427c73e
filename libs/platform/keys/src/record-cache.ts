import type { StateRecord, StateStore } from '@casebook/state';
import { LRUCache } from 'lru-cache';

const SPACE = 'key';
const MAX_KEYS = 20_000;
/** How long another process may still open what this one destroyed. */
const MAX_AGE_MS = 10_000;

/**
 * Key records with their opened form in memory. Reads may come from memory, writers read the record itself:
 * nothing new is sealed with a key that another process has replaced.
 */
export class RecordCache<Stored, Opened extends object> {
  private readonly cache = new LRUCache<string, { version: number; opened: Opened }>({
    max: MAX_KEYS,
    ttl: MAX_AGE_MS,
  });
  /** Moves on when keys are dropped, so that a read under way does not bring them back. */
  private generation = 0;

  constructor(
    readonly state: StateStore,
    private readonly open: (reference: string, stored: Stored) => Opened,
    /** True where no other process writes: then memory is as good as the record itself. */
    private readonly exclusive = false,
  ) {}

  /** The record as it may be remembered. */
  async read(reference: string): Promise<Opened | undefined> {
    return this.cache.get(reference)?.opened ?? (await this.readStored(reference))?.opened;
  }

  /** The record as it is stored now, with its version. */
  async readStored(reference: string): Promise<{ version: number; opened: Opened } | undefined> {
    const { generation } = this;
    const own = this.exclusive ? this.cache.get(reference) : undefined;
    if (own) return own;
    const record = await this.state.get<Stored>(SPACE, reference);
    if (!record) return undefined;
    const known = this.cache.get(reference);
    if (known?.version === record.version) return known;
    return this.remember(reference, record, generation);
  }

  /** Writes a record that must not exist, or over `expected`; false when somebody else was faster. */
  async write(reference: string, stored: Stored, expected?: number): Promise<boolean> {
    this.drop(reference);
    const version =
      expected === undefined
        ? await this.state.insert(SPACE, reference, stored)
        : await this.state.put(SPACE, reference, stored, expected);
    this.drop(reference);
    return version !== undefined;
  }

  drop(reference: string): void {
    this.generation++;
    this.cache.delete(reference);
  }

  dropAll(): void {
    this.generation++;
    this.cache.clear();
  }

  private remember(
    reference: string,
    record: StateRecord<Stored>,
    generation: number,
  ): { version: number; opened: Opened } {
    const entry = { version: record.version, opened: this.open(reference, record.value) };
    if (generation === this.generation) this.cache.set(reference, entry);
    return entry;
  }
}
