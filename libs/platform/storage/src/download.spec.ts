import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify';
import { openDownload, parseRange, serveObject, type DownloadableFile } from './download';
import { SealedObjects } from './sealed-objects';
import { openFixture, type Fixture } from './testing/fixtures';

describe('downloads', () => {
  let fixture: Fixture;
  let app: FastifyInstance;
  let file: DownloadableFile;
  const bytes = randomBytes(200_000);

  beforeAll(async () => {
    fixture = await openFixture();
    const objects = new SealedObjects(fixture.blobs, fixture.keyring);
    file = { ...(await objects.write([bytes])), fileName: 'Größe "1" €.html', contentType: 'text/html' };
    app = Fastify();
    app.get('/file', async (request, reply) =>
      serveObject(
        reply,
        await openDownload(objects, file, {
          range: request.headers.range,
          ifRange: request.headers['if-range'] as string,
        }),
      ),
    );
  });
  afterAll(async () => {
    await app.close();
    await fixture.close();
  });
  const get = async (headers: Record<string, string> = {}): Promise<LightMyRequestResponse> =>
    app.inject({ url: '/file', headers });

  it('sends the whole file as an attachment that no browser runs or shows', async () => {
    const response = await get();
    expect(response.statusCode).toBe(200);
    expect(response.rawPayload.equals(bytes)).toBe(true);
    expect(response.headers).toMatchObject({
      'content-type': 'text/html',
      'content-length': '200000',
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining('sandbox') as string,
      'cache-control': 'private, no-store',
      etag: `"${file.sha256}"`,
    });
    expect(response.headers['content-disposition']).toMatch(
      /^attachment; filename="Gr.*\\"1\\".*"; filename\*=UTF-8''Gr%C3%B6%C3%9Fe/,
    );
  });

  it.each([
    ['bytes=0-0', 0, 1],
    ['bytes=65535-65536', 65_535, 65_537],
    ['bytes=199000-', 199_000, 200_000],
    ['bytes=-500', 199_500, 200_000],
    ['bytes=100-999999999', 100, 200_000],
    ['bytes=-999999999', 0, 200_000],
  ])('sends the range %s', async (range, start, end) => {
    const response = await get({ range });
    expect(response.statusCode).toBe(206);
    expect(response.headers['content-range']).toBe(`bytes ${start}-${end - 1}/200000`);
    expect(response.headers['content-length']).toBe(String(end - start));
    expect(response.rawPayload.equals(bytes.subarray(start, end))).toBe(true);
  });

  it.each(['bytes=200000-', 'bytes=-0', 'bytes=999999999-'])('refuses %s, which lies outside', async (range) => {
    const response = await get({ range });
    expect(response.statusCode).toBe(416);
    expect(response.headers['content-range']).toBe('bytes */200000');
    expect(response.rawPayload).toHaveLength(0);
  });

  it.each(['bytes=0-1,5-6', 'lines=1-2', 'bytes=9-3', 'bytes=-', 'nonsense'])(
    'sends the whole for %s',
    async (range) => {
      const response = await get({ range });
      expect(response.statusCode).toBe(200);
      expect(response.rawPayload).toHaveLength(200_000);
    },
  );

  it('sends the whole when the caller knows another version', async () => {
    expect((await get({ range: 'bytes=0-9', 'if-range': '"other"' })).statusCode).toBe(200);
    expect((await get({ range: 'bytes=0-9', 'if-range': `"${file.sha256}"` })).statusCode).toBe(206);
  });

  it('is an error, and not half a file, when the object is damaged', async () => {
    const path = join(fixture.directory, 'blobs', file.objectName.slice(0, 2), file.objectName);
    const sealed = readFileSync(path);
    const changed = Buffer.from(sealed);
    changed[10] = changed[10]! ^ 1;
    writeFileSync(path, changed);
    expect((await get()).statusCode).toBe(500);
    writeFileSync(path, sealed);
    expect((await get()).statusCode).toBe(200);
  });

  it('has no satisfiable range in an empty file', () => {
    expect(parseRange('bytes=0-', 0)).toBe('unsatisfiable');
    expect(parseRange('bytes=-5', 0)).toBe('unsatisfiable');
    expect(parseRange(undefined, 0)).toBeUndefined();
  });
});
