import { execFile, type ExecFileException } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { buildCollector } from '../../collector/src/build';
import type { Browser } from './testing/browser';
import { startPortal, type TestPortal } from './testing/start-portal';
import { NEW_TICKET } from './testing/story';

interface Collection {
  readonly uploadId: string;
  readonly fileName: string;
  readonly size: number;
  readonly sha256: string;
}

const MIB = 1024 * 1024;
const PATH = '/api/insights/collections';
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('a collection that a program sends', () => {
  let portal: TestPortal;
  let ada: Browser;
  let token: string;
  let folder: string;
  beforeAll(async () => {
    portal = await startPortal();
    ada = await portal.signIn('ada@acme.example');
    token = await tokenOf(ada);
    folder = mkdtempSync(join(tmpdir(), 'casebook-collector-'));
  }, 60_000);
  afterAll(async () => {
    await portal.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const tokenOf = async (browser: Browser, scopes = ['read', 'write']): Promise<string> =>
    (
      await browser.post<{ token: string }>('/api/me/tokens', {
        name: `collector ${randomBytes(4).toString('hex')}`,
        scopes,
      })
    ).body.token;
  const send = async (bytes: Buffer<ArrayBuffer>, headers: Record<string, string> = {}, bearer = token) => {
    const answer = await fetch(`${portal.url}${PATH}`, {
      method: 'POST',
      headers: {
        ...(bearer !== '' && { authorization: `Bearer ${bearer}` }),
        'content-type': 'application/octet-stream',
        'x-content-sha256': sha256(bytes),
        'x-file-name': 'insights-db1.tar.bz2',
        ...headers,
      },
      body: bytes,
    });
    const text = await answer.text();
    return { status: answer.status, body: JSON.parse(text) as Collection & { code?: string } };
  };
  const listed = async (browser: Browser) => (await browser.get<{ items: Collection[] }>(PATH)).body.items;

  it('is taken by the collector’s own upload: new, there already, refused', async () => {
    const script = join(folder, 'collector.sh');
    writeFileSync(script, buildCollector({ network: true, windows: false }));
    const tokenFile = join(folder, 'token');
    const collect = async (bearer: string): Promise<{ code: unknown; stdout: string; stderr: string }> => {
      writeFileSync(tokenFile, `${bearer}\n`);
      chmodSync(tokenFile, 0o600);
      const args = ['--system-only', '--output', folder, '--upload', portal.url, '--token-file', tokenFile];
      return new Promise((resolve) => {
        execFile('sh', [script, ...args], { timeout: 60_000 }, (error: ExecFileException | null, stdout, stderr) => {
          resolve({ code: error?.code ?? 0, stdout, stderr });
        });
      });
    };
    const done = await collect(token);
    expect(done).toMatchObject({ code: 0, stderr: expect.stringContaining('has accepted the archive') as string });
    const archive = done.stdout.trim().split('\n').at(-1) ?? '';
    const bytes = readFileSync(archive);
    expect(await listed(ada)).toMatchObject([
      { fileName: archive.split('/').at(-1), size: bytes.length, sha256: sha256(bytes) },
    ]);
    expect((await send(bytes)).status).toBe(200);
    expect(await collect('cb_wrong')).toMatchObject({
      code: 75,
      stderr: expect.stringContaining('refused the token (401)') as string,
    });
  }, 120_000);

  it('is an upload that a ticket takes, and comes back as it was', async () => {
    const bytes = randomBytes(5 * MIB + 17);
    const { status, body } = await send(bytes);
    expect([status, body.size]).toEqual([201, bytes.length]);
    const { number } = (await ada.post<{ number: string }>('/api/tickets', NEW_TICKET)).body;
    const attach = (browser: Browser) =>
      browser.post<{ attachmentId: string }>(`/api/tickets/${number}/attachments`, { uploadId: body.uploadId });
    expect((await attach(await portal.signIn('gus@globex.example'))).status).toBe(404);
    expect((await attach(await portal.signIn('uma@acme.example'))).status).toBe(404);
    const attached = await attach(ada);
    expect(attached.status).toBe(201);
    await ada.get(`/api/tickets/${number}`);
    const file = await ada.fetch(`/api/tickets/${number}/attachments/${attached.body.attachmentId}`);
    expect(Buffer.from(await file.arrayBuffer()).equals(bytes)).toBe(true);
    expect(await listed(ada)).toContainEqual(
      expect.objectContaining({ uploadId: body.uploadId, attachedTo: number }) as object,
    );
  });

  it('is there once, however often it is sent', async () => {
    const bytes = randomBytes(1_000);
    const first = await send(bytes);
    const second = await send(bytes);
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual(first.body);
  });

  it('is refused when its bytes are not those announced, or nothing is announced', async () => {
    const before = await listed(ada);
    const bytes = randomBytes(3 * MIB);
    const other = sha256(randomBytes(1));
    expect(await send(bytes, { 'x-content-sha256': other })).toMatchObject({
      status: 422,
      body: { code: 'collection.damaged' },
    });
    expect(await send(bytes, { 'x-content-sha256': '' })).toMatchObject({
      status: 400,
      body: { code: 'collection.sum' },
    });
    expect(await listed(ada)).toEqual(before);
  });

  it('is taken from nobody without a token that may write, also not by a page of another site', async () => {
    const bytes = randomBytes(2 * MIB);
    expect((await send(bytes, {}, '')).status).toBe(401);
    expect((await send(bytes, {}, `${token}x`)).status).toBe(401);
    expect((await send(bytes, {}, await tokenOf(ada, ['read']))).status).toBe(403);
    expect((await send(bytes, { cookie: ada.cookieHeader(), origin: 'https://evil.example' }, '')).status).toBe(403);
    expect((await ada.fetch(PATH, { method: 'POST', body: bytes })).status).toBe(403);
  });

  it('is listed for nobody else', async () => {
    await send(randomBytes(10));
    for (const other of ['uma@acme.example', 'gus@globex.example'])
      expect(await listed(await portal.signIn(other))).toEqual([]);
  });

  it('leaves nothing when its connection breaks', async () => {
    const uploads = async () => (await portal.platform.state.list('upload')).length;
    const before = await uploads();
    const { hostname, port } = new URL(portal.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST ${PATH} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${token}\r\n` +
        `x-content-sha256: ${'0'.repeat(64)}\r\ncontent-length: 9000000\r\n\r\n`,
    );
    socket.write(randomBytes(300_000));
    for (let tries = 0; tries < 100 && (await uploads()) === before; tries++)
      await new Promise((r) => setTimeout(r, 25));
    expect(await uploads()).toBe(before + 1);
    socket.destroy();
    for (let tries = 0; tries < 100 && (await uploads()) > before; tries++) await new Promise((r) => setTimeout(r, 25));
    expect(await uploads()).toBe(before);
  });

  it('is answered also to a curl that is still sending a large file', async () => {
    const file = join(folder, 'large');
    writeFileSync(file, randomBytes(20 * MIB));
    const status = (headers: readonly string[]): Promise<string> =>
      new Promise((resolve) => {
        const common = [
          '-sS',
          '-o',
          '/dev/null',
          '-w',
          '%{http_code}',
          '--max-time',
          '30',
          '-X',
          'POST',
          '-H',
          'Expect:',
        ];
        const args = [...common, ...headers.flatMap((one) => ['-H', one]), '--data-binary', `@${file}`];
        execFile('curl', [...args, `${portal.url}${PATH}`], (_error, stdout) => {
          resolve(stdout);
        });
      });
    const mine = `Authorization: Bearer ${token}`;
    expect(await status(['Authorization: Bearer wrong'])).toBe('401');
    expect(await status([mine])).toBe('400');
    expect(await status([mine, `X-Content-SHA256: ${'0'.repeat(64)}`])).toBe('422');
  }, 60_000);

  it('is answered also to a client that listens only after it has sent everything', async () => {
    const { hostname, port } = new URL(portal.url);
    const body = randomBytes(900_000);
    const socket = connect(Number(port), hostname).pause();
    const failure = new Promise<string>((resolve) =>
      socket.once('error', ({ message }) => {
        resolve(message);
      }),
    );
    socket.write(
      `POST ${PATH} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer wrong\r\n` +
        `content-length: ${body.length}\r\n\r\n`,
    );
    for (let at = 0; at < body.length; at += 30_000) {
      socket.write(body.subarray(at, at + 30_000));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(await Promise.race([failure, textOf(socket)])).toMatch(/^HTTP\/1.1 401 /);
  });
});
