import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultLimits } from '../archive/limits';
import { collectionFiles, tarGz, withSums, type ArchiveFile } from '../testing/build-archive';
import { buildCollection } from '../testing/build-collection';
import { readCollection, readFileOf } from './open-bytes';
import { openCollection, openFileOf } from './open-collection';

const NAME = 'insights-pg-ams-1-pg-20261120T010212Z-8c41f0aa.tar.gz';
const healthy = buildCollection();
const files = collectionFiles(healthy);
const read = async (entries: readonly ArchiveFile[]) => readCollection(await tarGz(entries), NAME);
const change = (edit: (files: ArchiveFile[]) => ArchiveFile[]) => read(edit([...files]));
/** The bytes of a bzip2 of 64 zero bytes. */
const BZIP2 = Buffer.from('QlpoOTFBWSZTWcdqRs4AAABBAEAAQAAgACGYGYRhdyRThQkMdqRs4A==', 'base64');

describe('a whole collection', () => {
  it('gives the rows, statuses and lines that went in', async () => {
    const collection = await read(files);
    expect(collection.manifest).toMatchObject({
      kind: 'postgresql',
      host: { name: 'pg-ams-1' },
      takenAt: healthy.manifest.takenAt,
    });
    expect(collection.parts['pg.databases']?.[0]).toMatchObject({
      status: 'ok',
      path: 'postgresql/databases.ndjson',
      lines: [1],
    });
    for (const [item, parts] of Object.entries(healthy.parts))
      expect([item, collection.parts[item]?.[0]?.rows]).toEqual([item, parts[0]!.rows]);
  });

  it('keeps files it does not know and lists them', async () => {
    const top = files[0]!.name.split('/')[0]!;
    const inner = files
      .filter(({ name }) => !name.endsWith('SHA256SUMS'))
      .map(({ name, content }) => ({ name: name.slice(top.length + 1), content }));
    const collection = await read(withSums(top, [...inner, { name: 'postgresql/future.ndjson', content: '{}\n' }]));
    expect(collection.unknownFiles).toEqual(['postgresql/future.ndjson']);
  });

  it('marks an item that breaks the format and keeps the others', async () => {
    const broken = buildCollection();
    const rows = [{ client_backends: 'many', max_connections: 100, superuser_reserved_connections: 3 }];
    const part = { ...broken.parts['pg.connections']![0]!, rows };
    const collection = await read(collectionFiles({ ...broken, parts: { ...broken.parts, 'pg.connections': [part] } }));
    expect(collection.parts['pg.connections']?.[0]).toMatchObject({
      status: 'invalid',
      detail: 'line 1: client_backends is not a whole number',
      rows: [],
    });
    expect(collection.parts['pg.slots']?.[0]?.status).toBe('ok');
  });
});

describe('what is refused', () => {
  const refused = async (work: Promise<unknown>) => {
    const error: unknown = await work.then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ name: 'ArchiveError' });
    return (error as Error).message;
  };

  it('a file that is no archive, or empty', async () => {
    expect(await refused(readCollection(Buffer.from('PostgreSQL'), NAME))).toMatch(
      /not an archive that Casebook reads/,
    );
    expect(await refused(readCollection(Buffer.alloc(0), NAME))).toBe('The file is empty.');
  });

  it('bzip2 data that are cut off or that hold no tar', async () => {
    expect(await refused(readCollection(BZIP2.subarray(0, 20), NAME))).toMatch(/damaged or cut off/);
    expect(await refused(readCollection(BZIP2, NAME))).toMatch(/damaged|empty/);
  });

  it('an archive of something else', async () => {
    expect(await refused(read([{ name: 'holiday/beach.txt', content: 'sand' }]))).toMatch(
      /not a collection: it holds no manifest/,
    );
    expect(await refused(read([{ name: 'a.txt', content: '' }]))).toMatch(/no single top folder/);
  });

  it('a future format version', async () => {
    const future = buildCollection();
    const manifest = { ...future.manifest, formatVersion: '2.0' };
    expect(await refused(read(collectionFiles({ ...future, manifest })))).toMatch(
      /format version 2.0 .* use a newer Casebook/,
    );
  });

  it('a changed, a missing and an extra file', async () => {
    const changed = change((all) =>
      all.map((file) => (file.name.endsWith('/slots.ndjson') ? { ...file, content: '{}' } : file)),
    );
    expect(await refused(changed)).toMatch(/checksum of "postgresql\/slots.ndjson" does not match/);
    expect(await refused(change((all) => all.filter(({ name }) => !name.endsWith('/slots.ndjson'))))).toMatch(
      /lacks "postgresql\/slots.ndjson"/,
    );
    const top = files[0]!.name.split('/')[0]!;
    expect(await refused(change((all) => [...all, { name: `${top}/extra`, content: '' }]))).toMatch(
      /holds "extra", which SHA256SUMS does not list/,
    );
  });

  it.each([
    ['a link', { type: 'symlink', linkname: '/etc/passwd' }, 'x/link', /symbolic link/],
    ['a device', { type: 'character-device' }, 'x/null', /a device/],
    ['a path that climbs', {}, 'x/../../etc/cron.d/x', /climbs out/],
    ['an absolute path', {}, '/etc/passwd', /absolute path/],
    ['a control character', {}, 'x/\u001b[2J', /control characters/],
  ] as const)('%s', async (_, header, name, sentence) => {
    expect(await refused(tarGz([{ name, content: '', header }]).then((bytes) => readCollection(bytes, NAME)))).toMatch(
      sentence,
    );
  });

  it('too many entries, too large an entry, too much in all', async () => {
    const bytes = await tarGz(files);
    expect(await refused(readCollection(bytes, NAME, { ...defaultLimits, entries: 3 }))).toMatch(/more than 3 entries/);
    expect(await refused(readCollection(bytes, NAME, { ...defaultLimits, entryBytes: 100 }))).toMatch(/is larger than/);
    expect(await refused(readCollection(bytes, NAME, { ...defaultLimits, expandedBytes: 1000 }))).toMatch(
      /expands to more than/,
    );
    expect(await refused(readCollection(bytes, NAME, { ...defaultLimits, ratioFromBytes: 0, ratio: 2 }))).toMatch(
      /more than 2 times its size/,
    );
    expect(await refused(readCollection(bytes, NAME, { ...defaultLimits, archiveBytes: 10 }))).toMatch(
      /file is larger/,
    );
  });
});

describe('the reader process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'casebook-insights-'));
  const file = join(folder, NAME);
  beforeAll(async () => {
    writeFileSync(file, await tarGz(files));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('gives what reading in this process gives', async () => {
    expect(await openCollection(file)).toEqual(await read(files));
    expect((await openFileOf(file, 'postgresql/slots.ndjson')).toString()).toContain('standby_1');
  });

  it('passes refusals on as sentences', async () => {
    writeFileSync(join(folder, 'not-an-archive'), 'text');
    await expect(openCollection(join(folder, 'not-an-archive'))).rejects.toMatchObject({ code: 'not-archive' });
    await expect(openCollection(join(folder, 'absent'))).rejects.toMatchObject({ code: 'unreadable' });
    await expect(openCollection(folder)).rejects.toThrow(/is not a plain file/);
    await expect(openFileOf(file, 'absent.txt')).rejects.toThrow('The archive holds no file "absent.txt".');
  });

  it('is killed when it takes too long', async () => {
    await expect(openCollection(file, { ...defaultLimits, milliseconds: 1 })).rejects.toMatchObject({
      code: 'too-slow',
    });
  });
});

describe('one file of an archive', () => {
  it('is found by its path inside the top folder or with it', async () => {
    const bytes = await tarGz([{ name: 'top/a.txt', content: 'x' }]);
    expect((await readFileOf(bytes, 'a.txt')).toString()).toBe('x');
    expect((await readFileOf(bytes, 'top/a.txt')).toString()).toBe('x');
  });
});
