import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { ArchiveError } from '../archive/archive-error';

/**
 * Compares a file with the `.sha256` file beside it, as the collector writes it.
 * @returns false when there is none; throws `ArchiveError` when the sums differ.
 */
export async function verifyBeside(file: string): Promise<boolean> {
  const beside = await stat(`${file}.sha256`).catch(() => null);
  if (!beside?.isFile() || beside.size > 4_096) return false;
  const sum = /^([0-9a-f]{64})\b/.exec(await readFile(`${file}.sha256`, 'utf8'))?.[1];
  if (sum === undefined) throw new ArchiveError('checksum', `"${file}.sha256" is not written as sha256sum writes it.`);
  const hash = createHash('sha256');
  const bytes = createReadStream(file);
  try {
    for await (const chunk of bytes) hash.update(chunk as Buffer);
  } catch {
    throw new ArchiveError('unreadable', `There is no readable file "${file}".`);
  }
  if (hash.digest('hex') !== sum)
    throw new ArchiveError(
      'checksum',
      `The checksum in "${file}.sha256" does not match: the archive was changed or damaged.`,
    );
  return true;
}
