import { crc32 } from 'node:zlib';
import { fromBuffer, type Entry as ZipEntry, type ZipFile } from 'yauzl';
import { ArchiveError, printable } from './archive-error';
import type { Entry } from './entry';
import { safeName } from './entry-name';
import { mebibytes, type Meter } from './expand';
import type { Limits } from './limits';

const FILE_TYPE = 0o170000;
const PLAIN_FILE = 0o100000;
const FOLDER = 0o040000;

const damaged = (): ArchiveError =>
  new ArchiveError('damaged', 'The archive is damaged or cut off: it is not a whole zip file.');

/** Files of a zip, one after the other. Refuses links, devices and encrypted entries; checks every sum. */
export async function* readZip(bytes: Buffer, meter: Meter, limits: Limits): AsyncGenerator<Entry> {
  const zip = await open(bytes);
  try {
    for (let entry = await next(zip); entry !== null; entry = await next(zip)) {
      meter.addEntry();
      const name = checkEntry(entry, limits);
      if (name !== null) yield { name, content: await content(zip, entry, name, meter, limits) };
    }
  } finally {
    zip.close();
  }
}

function open(bytes: Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    // Names are checked by safeName, so that both kinds of archive refuse the same ones with the same words.
    fromBuffer(
      bytes,
      { lazyEntries: true, validateEntrySizes: true, strictFileNames: true, decodeStrings: true },
      (error, zip) => {
        if (error) reject(nameOrDamage(error));
        else resolve(zip);
      },
    );
  });
}

function nameOrDamage(error: Error): ArchiveError {
  const match = /^(?:absolute path|invalid relative path|invalid characters in fileName): (.*)$/s.exec(error.message);
  if (!match) return damaged();
  return new ArchiveError(
    'refused-entry',
    `The archive holds an entry whose name is absolute or climbs out of it: "${printable(match[1] ?? '')}".`,
  );
}

function next(zip: ZipFile): Promise<ZipEntry | null> {
  return new Promise((resolve, reject) => {
    const settle = (action: () => void) => {
      zip.removeAllListeners('entry').removeAllListeners('end').removeAllListeners('error');
      // A late error of a reader that is being closed has nobody left to tell.
      zip.on('error', () => undefined);
      action();
    };
    zip.once('entry', (entry: ZipEntry) => {
      settle(() => {
        resolve(entry);
      });
    });
    zip.once('end', () => {
      settle(() => {
        resolve(null);
      });
    });
    zip.once('error', (error: Error) => {
      settle(() => {
        reject(nameOrDamage(error));
      });
    });
    zip.readEntry();
  });
}

function checkEntry(entry: ZipEntry, limits: Limits): string | null {
  const name = safeName(entry.fileName);
  const type = (entry.externalFileAttributes >>> 16) & FILE_TYPE;
  const madeOnUnix = entry.versionMadeBy >>> 8 === 3;
  if (entry.fileName.endsWith('/')) return null;
  if (madeOnUnix && type !== 0 && type !== PLAIN_FILE && type !== FOLDER)
    throw new ArchiveError('refused-entry', `The archive holds a link or a device: "${printable(name)}".`);
  if (entry.isEncrypted())
    throw new ArchiveError('refused-entry', `The archive is encrypted: "${printable(name)}" needs a password.`);
  if (entry.uncompressedSize > limits.entryBytes)
    throw new ArchiveError('too-large', `"${printable(name)}" is larger than ${mebibytes(limits.entryBytes)}.`);
  return name;
}

async function content(zip: ZipFile, entry: ZipEntry, name: string, meter: Meter, limits: Limits): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
      zip.openReadStream(entry, (error, opened) => {
        if (error) reject(error);
        else resolve(opened);
      });
    });
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > limits.entryBytes)
        throw new ArchiveError('too-large', `"${printable(name)}" is larger than it says.`);
      meter.add(chunk.length);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof ArchiveError ? error : damaged();
  }
  const whole = Buffer.concat(chunks);
  if (crc32(whole) !== entry.crc32 >>> 0) throw damaged();
  return whole;
}
