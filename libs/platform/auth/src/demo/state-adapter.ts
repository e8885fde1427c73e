import type { StateStore } from '@casebook/state';
import type { Adapter, AdapterPayload } from 'oidc-provider';

const SPACE = 'demo.oidc';
const DEFAULT_SECONDS = 3_600;

/**
 * What the demo provider remembers: codes, grants, sign-ins under way. On the state port, so that a sign-in may begin
 * at one instance and end at another.
 */
export class StateAdapters {
  constructor(private readonly state: StateStore) {}

  /** The adapter of one kind of record, as oidc-provider wants it. */
  for(model: string): Adapter {
    const { state } = this;
    const record = (id: string) => `${model}/${id}`;
    const find = async (id: string) => (await state.get<AdapterPayload>(SPACE, record(id)))?.value;
    return {
      upsert: async (id, payload, expiresIn) => {
        const ttl = { ttlSeconds: Math.max(1, Math.ceil(expiresIn ?? DEFAULT_SECONDS)) };
        await state.set(SPACE, record(id), payload, ttl);
        if (payload.uid !== undefined) await state.set(SPACE, `uid/${model}/${payload.uid}`, id, ttl);
        if (payload.grantId !== undefined)
          await state.set(SPACE, `grant/${payload.grantId}/${record(id)}`, record(id), ttl);
      },
      find,
      findByUid: async (uid) => {
        const id = await state.get<string>(SPACE, `uid/${model}/${uid}`);
        return id && find(id.value);
      },
      findByUserCode: async () => undefined,
      destroy: async (id) => {
        await state.delete(SPACE, record(id));
      },
      consume: async (id) => {
        const found = await state.get<AdapterPayload>(SPACE, record(id));
        if (!found) return;
        const consumed = { ...found.value, consumed: Math.floor(Date.now() / 1_000) };
        const left = (found.expiresAt ?? Date.now()) - Date.now();
        const ttl = { ttlSeconds: Math.max(1, Math.ceil(left / 1_000)) };
        await state.put(SPACE, record(id), consumed, found.version, ttl);
      },
      revokeByGrantId: async (grantId) => {
        for (const { key, value } of await state.list<string>(SPACE, { prefix: `grant/${grantId}/` })) {
          await state.delete(SPACE, value);
          await state.delete(SPACE, key);
        }
      },
    };
  }
}
