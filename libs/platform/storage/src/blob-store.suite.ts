import fc from 'fast-check';
import { newObjectName, type BlobInfo, type BlobStore } from './blob-store';

/** What an adapter brings to the contract suite: an empty store, again and again. */
export interface BlobStoreHarness {
  open(): Promise<BlobStore>;
}

/** The contract of BlobStore: every adapter passes it. */
export function describeBlobStore(name: string, harness: BlobStoreHarness): void {
  describe(`${name} as a blob store`, () => {
    let store: BlobStore;
    beforeEach(async () => {
      store = await harness.open();
    });

    const put = async (object: string, bytes: string | Uint8Array, at = 0): Promise<number> => {
      const writer = await store.open(object, at);
      await writer.write(Buffer.from(bytes));
      const length = await writer.sync();
      await writer.close();
      return length;
    };
    const read = async (object: string, start = 0, end = Number.MAX_SAFE_INTEGER): Promise<string> => {
      const parts: Buffer[] = [];
      for await (const part of store.read(object, start, end)) parts.push(part);
      return Buffer.concat(parts).toString('latin1');
    };
    const list = async (): Promise<BlobInfo[]> => {
      const found: BlobInfo[] = [];
      for await (const blob of store.list()) found.push(blob);
      return found;
    };

    it('gives back what was written, whole and by range', async () => {
      const object = newObjectName();
      expect(await put(object, '0123456789')).toBe(10);
      await store.finish(object);
      expect(await store.size(object)).toBe(10);
      expect(await read(object)).toBe('0123456789');
      expect(await read(object, 3, 7)).toBe('3456');
      expect(await read(object, 8, 100)).toBe('89');
      expect(await read(object, 4, 4)).toBe('');
    });

    it('keeps empty objects', async () => {
      const object = newObjectName();
      await put(object, '');
      await store.finish(object);
      expect(await store.size(object)).toBe(0);
      expect(await read(object)).toBe('');
    });

    it('shows nothing of an object before it is finished', async () => {
      const object = newObjectName();
      await put(object, 'half');
      expect(await store.size(object)).toBeUndefined();
      await expect(read(object)).rejects.toMatchObject({ kind: 'missing' });
      expect(await list()).toMatchObject([{ name: object, finished: false }]);
    });

    it('goes on behind a synced length and drops what lies behind it', async () => {
      const object = newObjectName();
      const writer = await store.open(object, 0);
      await writer.write(Buffer.from('kept'));
      const safe = await writer.sync();
      await writer.write(Buffer.from('lost in a crash'));
      await writer.close();
      expect(await put(object, ' and more', safe)).toBe(13);
      await store.finish(object);
      expect(await read(object)).toBe('kept and more');
    });

    it('begins anew at 0', async () => {
      const object = newObjectName();
      await put(object, 'first attempt');
      await put(object, 'second');
      await store.finish(object);
      expect(await read(object)).toBe('second');
    });

    it('refuses to go on behind bytes that it does not have', async () => {
      const object = newObjectName();
      await put(object, 'four');
      await expect(store.open(object, 5)).rejects.toMatchObject({ kind: 'unavailable' });
      await expect(store.open(newObjectName(), 1)).rejects.toMatchObject({ kind: 'unavailable' });
    });

    it('finishes once or more often, but not what is not there', async () => {
      const object = newObjectName();
      await put(object, 'x');
      await store.finish(object);
      await store.finish(object);
      expect(await read(object)).toBe('x');
      await put(newObjectName(), 'another');
      await expect(store.finish(newObjectName())).rejects.toMatchObject({ kind: 'missing' });
    });

    it('deletes finished and unfinished objects, and forgives missing ones', async () => {
      const [finished, unfinished] = [newObjectName(), newObjectName()];
      await put(finished, 'x');
      await store.finish(finished);
      await put(unfinished, 'y');
      for (const object of [finished, unfinished, newObjectName(), finished]) await store.delete(object);
      expect(await list()).toEqual([]);
      await expect(read(finished)).rejects.toMatchObject({ kind: 'missing' });
    });

    it('lists everything with size, age and whether it is finished', async () => {
      const names = Array.from({ length: 20 }, newObjectName).sort();
      for (const [at, object] of names.entries()) {
        await put(object, 'x'.repeat(at));
        if (at % 2) await store.finish(object);
      }
      const found = (await list()).sort((a, b) => (a.name < b.name ? -1 : 1));
      expect(found.map(({ name: object, size, finished }) => [object, size, finished])).toEqual(
        names.map((object, at) => [object, at, at % 2 === 1]),
      );
      for (const { changedAt } of found) expect(Math.abs(Date.now() - changedAt.getTime())).toBeLessThan(60_000);
    });

    it.each(['', 'x', '../up', 'a/b', 'A'.repeat(32), `${'a'.repeat(32)}/..`])(
      'takes no name like "%s"',
      async (bad) => {
        await expect(store.open(bad, 0)).rejects.toMatchObject({ kind: 'invalid' });
        await expect(store.size(bad)).rejects.toMatchObject({ kind: 'invalid' });
        await expect(store.delete(bad)).rejects.toMatchObject({ kind: 'invalid' });
        await expect(read(bad)).rejects.toMatchObject({ kind: 'invalid' });
      },
    );

    it('is a plain row of bytes, however it is written and cut', async () => {
      const piece = fc.record({ bytes: fc.uint8Array({ maxLength: 300 }), sync: fc.boolean(), crash: fc.boolean() });
      await fc.assert(
        fc.asyncProperty(fc.array(piece, { maxLength: 12 }), fc.nat(2_000), fc.nat(2_000), async (pieces, a, b) => {
          const object = newObjectName();
          let safe: Uint8Array = new Uint8Array();
          let all: Uint8Array = safe;
          let writer = await store.open(object, 0);
          for (const { bytes, sync, crash } of pieces) {
            await writer.write(bytes);
            all = Buffer.concat([all, bytes]);
            if (sync) {
              expect(await writer.sync()).toBe(all.length);
              safe = all;
            }
            if (!crash) continue;
            await writer.close();
            writer = await store.open(object, safe.length);
            all = safe;
          }
          await writer.sync();
          await writer.close();
          await store.finish(object);
          const [start, end] = [Math.min(a, b), Math.max(a, b)];
          expect(await read(object)).toBe(Buffer.from(all).toString('latin1'));
          expect(await read(object, start, end)).toBe(Buffer.from(all.subarray(start, end)).toString('latin1'));
        }),
        { numRuns: 40 },
      );
    });
  });
}
