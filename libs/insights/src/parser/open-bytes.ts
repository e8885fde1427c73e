import { openArchive } from '../archive/archive';
import { ArchiveError, printable } from '../archive/archive-error';
import { defaultLimits, type Limits } from '../archive/limits';
import type { Collection } from '../format/collection';
import { parseCollection } from './parse-collection';
import { isTpmDiag, parseTpmDiag } from './tpm-diag';

/**
 * Reads a collection or a `tpm diag` zip held in memory. Pure but for the work it costs: untrusted files go
 * through `openCollection`, which does this in a process that can be killed.
 * @param fileName the name without folders; `tpm diag` writes its time there.
 */
export async function readCollection(
  bytes: Buffer,
  fileName: string,
  limits: Limits = defaultLimits,
): Promise<Collection> {
  const archive = openArchive(bytes, limits);
  if (archive.kind === 'zip' && isTpmDiag(fileName)) return parseTpmDiag(archive, bytes, fileName);
  return parseCollection(archive);
}

/** The bytes of one file of the archive; `path` is relative to the top folder. */
export async function readFileOf(bytes: Buffer, path: string, limits: Limits = defaultLimits): Promise<Buffer> {
  for await (const entry of openArchive(bytes, limits).entries)
    if (entry.name === path || entry.name.slice(entry.name.indexOf('/') + 1) === path) return entry.content;
  throw new ArchiveError('unreadable', `The archive holds no file "${printable(path)}".`);
}
