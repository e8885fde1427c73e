import { type Adapter, type AdapterPayload } from 'oidc-provider';

interface Entry {
  readonly payload: AdapterPayload;
  readonly expiresAt: number;
}

const MAX_ENTRIES = 20_000;
const DEFAULT_SECONDS = 3_600;

/**
 * What the demo provider remembers: codes, grants, sign-ins under way. In memory, since the demo is one process and
 * a sign-in half done may end with it. Bounded: the oldest goes first.
 */
export class MemoryAdapterStore {
  private readonly entries = new Map<string, Entry>();

  /** The adapter of one kind of record, as oidc-provider wants it. */
  for(model: string): Adapter {
    const key = (id: string) => `${model}:${id}`;
    return {
      upsert: async (id, payload, expiresIn) => {
        this.set(key(id), payload, expiresIn);
      },
      find: async (id) => this.get(key(id)),
      findByUid: async (uid) => this.first(model, (payload) => payload.uid === uid),
      findByUserCode: async () => undefined,
      destroy: async (id) => {
        this.entries.delete(key(id));
      },
      consume: async (id) => {
        const payload = this.get(key(id));
        if (payload) payload['consumed'] = Math.floor(Date.now() / 1000);
      },
      revokeByGrantId: async (grantId) => {
        for (const [name, { payload }] of this.entries) if (payload.grantId === grantId) this.entries.delete(name);
      },
    };
  }

  private set(name: string, payload: AdapterPayload, expiresIn = DEFAULT_SECONDS): void {
    this.entries.delete(name);
    this.entries.set(name, { payload, expiresAt: Date.now() + expiresIn * 1000 });
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= MAX_ENTRIES) break;
      this.entries.delete(oldest);
    }
  }

  private get(name: string): AdapterPayload | undefined {
    const entry = this.entries.get(name);
    if (!entry) return undefined;
    if (entry.expiresAt > Date.now()) return entry.payload;
    this.entries.delete(name);
    return undefined;
  }

  private first(model: string, matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    for (const [name, { payload }] of this.entries) {
      if (name.startsWith(`${model}:`) && matches(payload)) return this.get(name);
    }
    return undefined;
  }
}
