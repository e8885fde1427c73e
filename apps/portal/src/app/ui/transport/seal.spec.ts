import { webcrypto } from 'node:crypto';
import { TextEncoder } from 'node:util';
import { importKey, sealChunks } from './seal';

const OBJECT = { objectName: '0123456789abcdef0123456789abcdef', session: 3 };
const KEY = btoa(String.fromCharCode(...Array.from({ length: 32 }, (_, n) => n)));
const bytes = (text: string) => new TextEncoder().encode(text).buffer;
const hex = (chunk: Uint8Array | undefined) => Buffer.from(chunk ?? []).toString('hex');

describe('Sealing in the browser', () => {
  beforeAll(() => {
    Object.defineProperty(globalThis, 'crypto', { configurable: true, value: webcrypto });
    Object.assign(globalThis, { TextEncoder });
  });

  // As the server seals them.
  it.each([
    ['PANIC: could not', 0, 100_000, '00000003eee75bd5f8a10a4b5f3da1040c10a7afd93614c8dc141d99ac92295c45af0794'],
    [
      'locate a valid checkpoint',
      7,
      7 * 65_536 + 25,
      '00000003cfe23155f7bc953b90ddbb989a381f598e92048816e6b406bb9dc543a580e6108a3cce299785e15897',
    ],
  ])('makes the chunks that the server opens: %s', async (text, first, size, sealed) => {
    const [chunk] = await sealChunks(await importKey(KEY), { ...OBJECT, size }, first, bytes(text));
    expect(hex(chunk)).toBe(sealed);
  });

  it('cuts plain bytes into chunks of 64 KiB', async () => {
    const chunks = await sealChunks(await importKey(KEY), { ...OBJECT, size: 200_000 }, 0, new ArrayBuffer(200_000));
    expect(chunks.map(({ length }) => length)).toEqual([65_556, 65_556, 65_556, 3_412]);
  });
});
