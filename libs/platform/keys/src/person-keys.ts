import { randomBytes } from 'node:crypto';
import type { StateStore } from '@casebook/state';
import type { KeyWrap } from './key-wrap';
import { KEY_BYTES } from './master-key';
import { RecordCache } from './record-cache';

/** A destroyed key leaves its record behind, so that nobody can make it again. */
type Stored = { readonly wrapped: string } | { readonly destroyed: string };

/** One key per person. */
export class PersonKeys {
  private readonly records: RecordCache<Stored, { readonly key: Buffer | undefined }>;

  constructor(
    state: StateStore,
    private readonly keyWrap: KeyWrap,
    exclusive = false,
  ) {
    this.records = new RecordCache(
      state,
      (reference, stored) => ({
        key: 'wrapped' in stored ? keyWrap.unwrap(stored.wrapped, reference) : undefined,
      }),
      exclusive,
    );
  }

  async get(personId: string): Promise<Buffer | undefined> {
    return (await this.records.read(referenceOf(personId)))?.key;
  }

  async ensure(personId: string): Promise<Buffer | undefined> {
    const reference = referenceOf(personId);
    for (;;) {
      const found = await this.records.readStored(reference);
      if (found) return found.opened.key;
      const key = randomBytes(KEY_BYTES);
      if (await this.records.write(reference, { wrapped: this.keyWrap.wrap(key, reference) })) return key;
    }
  }

  async destroy(personId: string, at: string): Promise<void> {
    const reference = referenceOf(personId);
    for (;;) {
      const found = await this.records.readStored(reference);
      if (found && !found.opened.key) return;
      if (await this.records.write(reference, { destroyed: at }, found?.version)) return;
    }
  }

  dropCache(): void {
    this.records.dropAll();
  }
}

function referenceOf(personId: string): string {
  return `person/${personId}`;
}
