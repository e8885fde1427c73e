import { ArchiveError, printable } from './archive-error';
import type { Entry } from './entry';
import { expand, mebibytes, Meter } from './expand';
import type { Limits } from './limits';
import { readTar } from './tar';
import { readZip } from './zip';

type ArchiveKind = 'tar' | 'zip';

export interface Archive {
  readonly kind: ArchiveKind;
  readonly entries: AsyncIterable<Entry>;
}

/**
 * Opens a .tar.bz2, .tar.gz or .zip held in memory. Entries come one after the other and are refused as
 * design 11 says; every refusal is an `ArchiveError`. No name occurs twice.
 */
export function openArchive(bytes: Buffer, limits: Limits): Archive {
  if (bytes.length === 0) throw new ArchiveError('not-archive', 'The file is empty.');
  if (bytes.length > limits.archiveBytes)
    throw new ArchiveError('too-large', `The file is larger than ${mebibytes(limits.archiveBytes)}.`);
  const meter = new Meter(limits, bytes.length);
  const expanded = expand(bytes, meter);
  if (expanded) return { kind: 'tar', entries: once(readTar(expanded, meter, limits)) };
  if (isZip(bytes)) return { kind: 'zip', entries: once(readZip(bytes, meter, limits)) };
  throw new ArchiveError('not-archive', 'The file is not an archive that Casebook reads (.tar.bz2, .tar.gz or .zip).');
}

async function* once(entries: AsyncIterable<Entry>): AsyncGenerator<Entry> {
  const seen = new Set<string>();
  for await (const entry of entries) {
    if (seen.has(entry.name))
      throw new ArchiveError('refused-entry', `The archive holds "${printable(entry.name)}" twice.`);
    seen.add(entry.name);
    yield entry;
  }
}

function isZip(bytes: Buffer): boolean {
  const magic = bytes.subarray(0, 4).toString('latin1');
  return magic === 'PK\x03\x04' || magic === 'PK\x05\x06';
}
