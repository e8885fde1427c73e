import { Readable } from 'node:stream';
import { extract, type Extract } from 'tar-stream';
import { ArchiveError, printable } from './archive-error';
import type { Entry } from './entry';
import { safeName } from './entry-name';
import { mebibytes, type Meter } from './expand';
import type { Limits } from './limits';

type TarEntry = Extract extends AsyncIterable<infer E> ? E : never;

const KINDS: Readonly<Record<string, string>> = {
  link: 'a hard link',
  symlink: 'a symbolic link',
  'character-device': 'a device',
  'block-device': 'a device',
  fifo: 'a pipe',
};

/** Files of a tar stream, one after the other. Refuses everything but plain files and folders. */
export async function* readTar(bytes: AsyncIterable<Buffer>, meter: Meter, limits: Limits): AsyncGenerator<Entry> {
  const tar = extract();
  const input = Readable.from(bytes);
  // An error before the bytes reach the tar reader must end the loop below with that very error.
  input.on('error', (error) => {
    tar.destroy(error);
  });
  input.pipe(tar);
  try {
    for await (const entry of tar) {
      meter.addEntry();
      const file = await readEntry(entry, limits);
      if (file) yield file;
    }
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    throw new ArchiveError('damaged', 'The archive is damaged or cut off: it is not a whole tar file.');
  } finally {
    input.destroy();
    tar.destroy();
  }
}

async function readEntry(entry: TarEntry, limits: Limits): Promise<Entry | null> {
  const { size } = entry.header;
  // Unknown kinds come as null, which the package's types leave out.
  const type = entry.header.type as string | null;
  const name = safeName(entry.header.name);
  if (type === 'directory') {
    entry.resume();
    return null;
  }
  if (type !== 'file' && type !== 'contiguous-file') {
    const what = KINDS[type ?? ''] ?? 'an entry of an unknown kind';
    throw new ArchiveError('refused-entry', `The archive holds ${what}: "${printable(name)}".`);
  }
  if (entry.header.linkname) throw new ArchiveError('refused-entry', `The archive holds a link: "${printable(name)}".`);
  if (size > limits.entryBytes)
    throw new ArchiveError('too-large', `"${printable(name)}" is larger than ${mebibytes(limits.entryBytes)}.`);
  const chunks: Buffer[] = [];
  for await (const chunk of entry) chunks.push(chunk as Buffer);
  return { name, content: Buffer.concat(chunks) };
}
