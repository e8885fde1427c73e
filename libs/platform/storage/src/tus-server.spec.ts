import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { spawnTypeScript, type TypeScriptChild } from '@casebook/state/testing/typescript-child';
import { Upload, type UploadOptions } from 'tus-js-client';
import { CHUNK_BYTES } from './sealed-chunk';
import { SealedObjects } from './sealed-objects';
import { filesWith, openFixture, type Fixture } from './testing/fixtures';
import { startUploadApp, type UploadApp } from './testing/upload-app';
import { EXPIRY_MS } from './upload-records';
import { type FinishedUpload } from './uploads';

const MIB = 1024 * 1024;
const SECRET = 'connection authorized: user=payroll_owner database=salaries';
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const idOf = (url: string | null): string => url?.split('/').at(-1) ?? '';

/** Log text that compresses to one line, so that a leak of any part of it is found. */
function logFile(size: number): Buffer {
  const line = `2026-05-04 12:00:00 UTC [4711] LOG:  ${SECRET}\n`;
  return Buffer.from(line.repeat(Math.ceil(size / line.length))).subarray(0, size);
}

/** Uploads with the real client; resolves with the upload's URL. */
function send(url: string, body: Buffer | Readable, options: Partial<UploadOptions> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const upload = new Upload(body, {
      endpoint: url,
      headers: { 'x-person': 'ada' },
      retryDelays: null,
      metadata: { filename: 'server.log', filetype: 'text/plain' },
      onSuccess: () => {
        resolve(upload.url ?? '');
      },
      onError: reject,
      ...options,
    });
    upload.start();
  });
}

/** Starts an upload and cuts it off once `bytes` of it went out; answers its URL, and the last offset the server told. */
function interrupt(
  url: string,
  body: Buffer,
  bytes: number,
  cut: () => void | Promise<void> = () => undefined,
): Promise<{ url: string; told: number }> {
  return new Promise((resolve, reject) => {
    let cutting = false;
    let told = 0;
    const upload = new Upload(body, {
      endpoint: url,
      headers: { 'x-person': 'ada' },
      retryDelays: null,
      metadata: { filename: 'server.log' },
      chunkSize: 256 * 1024,
      onChunkComplete: (_, accepted) => {
        told = accepted;
      },
      onProgress: (sent) => {
        if (sent < bytes || cutting) return;
        cutting = true;
        void (async (): Promise<void> => {
          await upload.abort();
          await cut();
          resolve({ url: upload.url ?? '', told });
        })();
      },
      onSuccess: () => {
        reject(new Error('It was not cut off'));
      },
      onError: (error) => {
        if (!cutting) reject(error);
      },
    });
    upload.start();
  });
}

async function offsetOf(url: string): Promise<number> {
  const response = await fetch(url, { method: 'HEAD', headers: { 'tus-resumable': '1.0.0', 'x-person': 'ada' } });
  expect(response.status).toBe(200);
  return Number(response.headers.get('upload-offset'));
}

/** Resolves when the only object there is has at least this many bytes in the store. */
async function stored(fixture: Fixture, bytes: number): Promise<void> {
  for (;;) {
    for await (const blob of fixture.blobs.list()) if (blob.size >= bytes) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The bytes, and then nothing for ever. */
async function* endless(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
  await new Promise(() => undefined);
}

async function contentOf(fixture: Fixture, file: FinishedUpload): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of new SealedObjects(fixture.blobs, fixture.keyring).read(file)) parts.push(part);
  return Buffer.concat(parts);
}

describe('the upload server', () => {
  let fixture: Fixture;
  let running: UploadApp;
  let clock: () => number;

  beforeEach(async () => {
    clock = Date.now;
    fixture = await openFixture();
    running = await startUploadApp(fixture, () => clock());
  });
  afterEach(async () => {
    await running.app.close();
    await fixture.close();
  });

  const call = (
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: Buffer | string,
  ): Promise<Response> =>
    fetch(path.startsWith('http') ? path : `${running.url}${path}`, {
      method,
      headers: { 'tus-resumable': '1.0.0', 'x-person': 'ada', ...headers },
      ...(body !== undefined && { body }),
    });

  it.each([
    ['in one request', {}],
    ['in pieces', { chunkSize: 100_000 }],
    ['beginning with the creation', { uploadDataDuringCreation: true }],
    ['in pieces beginning with the creation', { uploadDataDuringCreation: true, chunkSize: 1_000_000 }],
  ])('takes a file %s, far over the body limit of the server', async (_, options) => {
    const body = logFile(3 * MIB + 123);
    const url = await send(running.url, body, options);
    const file = await running.tus.finishedUpload(idOf(url), 'ada');
    expect(file).toMatchObject({
      size: body.length,
      sha256: sha256(body),
      fileName: 'server.log',
      contentType: 'text/plain',
    });
    expect((await contentOf(fixture, file)).equals(body)).toBe(true);
    expect(filesWith(fixture.directory, SECRET)).toEqual([]);
    expect(filesWith(fixture.directory, 'server.log')).toEqual([]);
  });

  it('takes a stream whose length is known at its end only', async () => {
    const body = logFile(MIB + 5);
    const url = await send(
      running.url,
      Readable.from([body.subarray(0, 400_000), body.subarray(400_000)], { objectMode: false }),
      {
        uploadLengthDeferred: true,
        chunkSize: 300_000,
      },
    );
    expect(await running.tus.finishedUpload(idOf(url), 'ada')).toMatchObject({
      size: body.length,
      sha256: sha256(body),
    });
  });

  it('takes an empty file', async () => {
    const url = await send(running.url, Buffer.alloc(0));
    expect(await running.tus.finishedUpload(idOf(url), 'ada')).toMatchObject({ size: 0 });
  });

  it('goes on where a client broke off', async () => {
    const body = logFile(6 * MIB);
    const { url, told } = await interrupt(running.url, body, 2 * MIB);
    const offset = await offsetOf(url);
    expect(told).toBeGreaterThan(MIB);
    expect(offset).toBeGreaterThanOrEqual(told);
    expect(offset).toBeLessThan(body.length);
    let sent = 0;
    await send(running.url, body, {
      uploadUrl: url,
      onProgress: (bytes) => {
        sent ||= bytes;
      },
    });
    expect(sent).toBeGreaterThanOrEqual(offset);
    const file = await running.tus.finishedUpload(idOf(url), 'ada');
    expect(file.sha256).toBe(sha256(body));
    expect((await contentOf(fixture, file)).equals(body)).toBe(true);
  });

  it('goes on within a single request that broke off in the middle of a chunk', async () => {
    const body = randomBytes(700_000);
    const created = await call('POST', '', { 'upload-length': String(body.length) });
    const url = new URL(created.headers.get('location') ?? '', running.url).href;
    const halted = new AbortController();
    async function* half(): AsyncGenerator<Buffer> {
      yield body.subarray(0, 500_001);
      await stored(fixture, 7 * CHUNK_BYTES);
      halted.abort();
    }
    const request: RequestInit & { duplex: 'half' } = {
      method: 'PATCH',
      headers: {
        'tus-resumable': '1.0.0',
        'x-person': 'ada',
        'upload-offset': '0',
        'content-type': 'application/offset+octet-stream',
      },
      body: Readable.toWeb(Readable.from(half())) as ReadableStream,
      duplex: 'half',
      signal: halted.signal,
    };
    await expect(fetch(url, request)).rejects.toThrow();
    expect(await offsetOf(url)).toBeGreaterThan(7 * CHUNK_BYTES);
    await send(running.url, body, { uploadUrl: url });
    expect((await running.tus.finishedUpload(idOf(url), 'ada')).sha256).toBe(sha256(body));
  });

  it('takes an upload back', async () => {
    const { url } = await interrupt(running.url, logFile(4 * MIB), MIB);
    expect((await call('DELETE', url)).status).toBe(204);
    expect((await call('HEAD', url)).status).toBe(404);
    for await (const blob of fixture.blobs.list()) throw new Error(`left: ${blob.name}`);
  });

  it('does not take back what is complete, since a ticket may hold it', async () => {
    const url = await send(running.url, logFile(1000));
    expect((await call('DELETE', url)).status).toBe(400);
    expect((await running.tus.finishedUpload(idOf(url), 'ada')).size).toBe(1000);
  });

  it('shows an upload to nobody but its owner', async () => {
    const { url } = await interrupt(running.url, logFile(4 * MIB), MIB);
    const patch = { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
    for (const response of [
      await call('HEAD', url, { 'x-person': 'gus' }),
      await call('PATCH', url, { ...patch, 'x-person': 'gus' }, 'x'),
      await call('DELETE', url, { 'x-person': 'gus' }),
      await call('GET', url, { 'x-person': 'gus' }),
      await call('GET', url),
    ])
      expect(response.status).toBe(404);
    await expect(running.tus.finishedUpload(idOf(url), 'gus')).rejects.toMatchObject({ kind: 'missing' });
    expect(await offsetOf(url)).toBeGreaterThan(0);
  });

  it('asks on every request who sends it', async () => {
    for (const method of ['POST', 'PATCH', 'DELETE', 'GET', 'OPTIONS', 'PUT']) {
      const response = await fetch(`${running.url}/x`, { method, headers: { 'tus-resumable': '1.0.0' } });
      expect([method, response.status]).toEqual([method, 401]);
      expect(await response.json()).toMatchObject({ code: 'auth.required' });
    }
    expect((await fetch(running.url, { method: 'HEAD' })).status).toBe(401);
  });

  it('expires, and says so', async () => {
    const { url } = await interrupt(running.url, logFile(4 * MIB), MIB);
    clock = (): number => Date.now() + EXPIRY_MS;
    expect((await call('HEAD', url)).status).toBe(404);
    expect(await running.tus.sweep(async () => false)).toBe(1);
    const created = await call('POST', '', { 'upload-length': '5' });
    const expires = Date.parse(created.headers.get('upload-expires') ?? '');
    expect(expires).toBeGreaterThan(Date.now());
  });

  it('says no word of CORS', async () => {
    const origin = { origin: 'https://evil.example' };
    const created = await call('POST', '', { ...origin, 'upload-length': '5' });
    expect(created.headers.get('location')).toMatch(/^\/api\/uploads\/[0-9a-f]{32}$/);
    const preflight = await call('OPTIONS', '', { ...origin, 'access-control-request-method': 'PATCH' });
    for (const response of [created, preflight])
      expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(preflight.headers.get('tus-extension')).toContain('creation-defer-length');
    expect(preflight.headers.get('tus-max-size')).toBeNull();
  });

  it.each([
    ['without the protocol version', 'POST', '', { 'tus-resumable': '' }, 412],
    ['of another protocol version', 'POST', '', { 'tus-resumable': '0.2.2', 'upload-length': '1' }, 400],
    ['without a length', 'POST', '', {}, 400],
    ['with a length that is none', 'POST', '', { 'upload-length': '-1' }, 400],
    ['with a length beyond numbers', 'POST', '', { 'upload-length': '99999999999999999999' }, 400],
    ['with broken metadata', 'POST', '', { 'upload-length': '1', 'upload-metadata': 'filename ???' }, 400],
    ['that joins uploads', 'POST', '', { 'upload-length': '1', 'upload-concat': 'partial' }, 501],
    ['without an offset', 'PATCH', '/00', { 'content-type': 'application/offset+octet-stream' }, 403],
    [
      'for an upload that never was',
      'PATCH',
      '/00',
      { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' },
      404,
    ],
    ['for a name that climbs', 'HEAD', '/..%2f..%2fstate', {}, 404],
    ['for a broken name', 'HEAD', '/%00', {}, 404],
    ['with an unknown method', 'PUT', '/00', {}, 404],
  ])('answers a request %s with problem details', async (_, method, path, headers: Record<string, string>, status) => {
    const response = await call(method, path, headers);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    if (method !== 'HEAD')
      expect(await response.json()).toMatchObject({ status, code: expect.stringContaining('upload.') as string });
  });

  it('answers 409 to a wrong offset, and loses nothing by it', async () => {
    const { url } = await interrupt(running.url, logFile(4 * MIB), MIB);
    const offset = await offsetOf(url);
    const headers = { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset + 1) };
    const response = await call('PATCH', url, headers, 'x');
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ code: 'upload.offset' });
    expect(await offsetOf(url)).toBe(offset);
  });

  it('has one winner when two requests write the same place at once', async () => {
    const body = randomBytes(2 * MIB);
    const created = await call('POST', '', { 'upload-length': String(body.length) });
    const url = new URL(created.headers.get('location') ?? '', running.url).href;
    const headers = { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' };
    const answers = await Promise.all([1, 2, 3].map(() => call('PATCH', url, headers, body)));
    expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
    if (!answers.some(({ status }) => status === 204)) await send(running.url, body, { uploadUrl: url });
    expect((await running.tus.finishedUpload(idOf(url), 'ada')).sha256).toBe(sha256(body));
  });
});

describe('an upload server that is killed', () => {
  let fixture: Fixture;
  const children: TypeScriptChild[] = [];
  const start = async (directory: string): Promise<{ child: TypeScriptChild; url: string }> => {
    const child = spawnTypeScript(require.resolve('./testing/upload-child.ts'), directory);
    children.push(child);
    return { child, url: await child.line() };
  };

  beforeEach(async () => {
    fixture = await openFixture();
  });
  afterEach(async () => {
    await Promise.all(children.splice(0).map((child) => child.kill()));
    await fixture.close();
  });

  it('loses no byte whose offset it told, and no plain byte stays behind', async () => {
    const body = logFile(12 * MIB);
    const first = await start(fixture.directory);
    const { url: oldUrl, told } = await interrupt(first.url, body, 5 * MIB, () => first.child.kill());
    expect(told).toBeGreaterThan(4 * MIB);
    expect(filesWith(fixture.directory, SECRET)).toEqual([]);

    const second = await start(fixture.directory);
    const url = `${second.url}/${idOf(oldUrl)}`;
    expect(await offsetOf(url)).toBeGreaterThanOrEqual(told);
    await send(second.url, body, { uploadUrl: url });
    await second.child.kill();
    expect(filesWith(fixture.directory, SECRET)).toEqual([]);

    const third = await startUploadApp(fixture);
    const file = await third.tus.finishedUpload(idOf(url), 'ada');
    expect(file.sha256).toBe(sha256(body));
    expect((await contentOf(fixture, file)).equals(body)).toBe(true);
    await third.app.close();
  }, 60_000);

  it('keeps most of one long request, whose offset nobody has asked for yet', async () => {
    const body = randomBytes(8 * MIB);
    const first = await start(fixture.directory);
    const created = await fetch(first.url, {
      method: 'POST',
      headers: { 'tus-resumable': '1.0.0', 'x-person': 'ada', 'upload-length': String(body.length + 1) },
    });
    const id = idOf(created.headers.get('location'));
    const patched = fetch(`${first.url}/${id}`, {
      method: 'PATCH',
      headers: {
        'tus-resumable': '1.0.0',
        'x-person': 'ada',
        'upload-offset': '0',
        'content-type': 'application/offset+octet-stream',
      },
      // One byte less than announced never comes: the request hangs until the kill.
      body: Readable.toWeb(Readable.from(endless(body))) as ReadableStream,
      duplex: 'half',
    }).catch(() => undefined);
    await stored(fixture, 7 * MIB);
    await first.child.kill();
    await patched;
    const second = await start(fixture.directory);
    const offset = await offsetOf(`${second.url}/${id}`);
    expect(offset).toBeGreaterThanOrEqual(5 * MIB);
    await send(second.url, Buffer.concat([body, Buffer.from('!')]), { uploadUrl: `${second.url}/${id}` });
    expect(await offsetOf(`${second.url}/${id}`)).toBe(body.length + 1);
  }, 60_000);
});
