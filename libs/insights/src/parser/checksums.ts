import { ArchiveError, printable } from '../archive/archive-error';

const LINE = /^([0-9a-f]{64}) [ *](?:\.\/)?(.+)$/;

/** The sums of SHA256SUMS by path, as `sha256sum` writes them. */
export function readChecksums(text: string): ReadonlyMap<string, string> {
  const sums = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const match = LINE.exec(line.replace(/\r$/, ''));
    if (!match) throw new ArchiveError('checksum', 'SHA256SUMS is not written as sha256sum writes it.');
    sums.set(match[2] ?? '', match[1] ?? '');
  }
  return sums;
}

/** Compares the files of an archive with SHA256SUMS: none changed, none missing, none that is not listed. */
export function compareChecksums(sums: ReadonlyMap<string, string>, actual: ReadonlyMap<string, string>): void {
  for (const [path, sum] of sums) {
    const found = actual.get(path);
    if (found === undefined)
      throw new ArchiveError('checksum', `The archive lacks "${printable(path)}", which SHA256SUMS lists.`);
    if (found !== sum)
      throw new ArchiveError(
        'checksum',
        `The checksum of "${printable(path)}" does not match: the archive was changed or damaged after it was made.`,
      );
  }
  for (const path of actual.keys())
    if (!sums.has(path))
      throw new ArchiveError('checksum', `The archive holds "${printable(path)}", which SHA256SUMS does not list.`);
}
