import { createGunzip } from 'node:zlib';
import { Readable } from 'node:stream';
import { ArchiveError } from './archive-error';
import { bunzip } from './bunzip';
import type { Limits } from './limits';

export const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MiB`;

/** Counts what comes out of an archive and stops at the bounds. */
export class Meter {
  private expanded = 0;
  private entries = 0;

  constructor(
    private readonly limits: Limits,
    private readonly archiveBytes: number,
  ) {}

  /** Throws when the bytes so far plus `pending` break a bound. */
  check(pending: number): void {
    const total = this.expanded + pending;
    if (total > this.limits.expandedBytes)
      throw new ArchiveError('too-large', `The archive expands to more than ${mebibytes(this.limits.expandedBytes)}.`);
    if (total > this.limits.ratioFromBytes && total > this.archiveBytes * this.limits.ratio)
      throw new ArchiveError(
        'too-large',
        `The archive expands to more than ${this.limits.ratio} times its size, which no collection does.`,
      );
  }

  add(bytes: number): void {
    this.check(bytes);
    this.expanded += bytes;
  }

  addEntry(): void {
    this.entries += 1;
    if (this.entries > this.limits.entries)
      throw new ArchiveError('too-large', `The archive holds more than ${this.limits.entries} entries.`);
  }
}

const DAMAGED = 'The archive is damaged or cut off: its compressed data cannot be read to the end.';

/** The expanded bytes of a .bz2 or .gz file; null when it is neither. */
export function expand(bytes: Buffer, meter: Meter): AsyncIterable<Buffer> | null {
  if (bytes.subarray(0, 3).toString('latin1') === 'BZh')
    return measured(
      bunzip(bytes, (n) => {
        meter.check(n);
      }),
      meter,
    );
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return measured(gunzip(bytes), meter);
  return null;
}

function gunzip(bytes: Buffer): AsyncIterable<Buffer> {
  return Readable.from([bytes]).pipe(createGunzip()) as AsyncIterable<Buffer>;
}

async function* measured(chunks: Iterable<Buffer> | AsyncIterable<Buffer>, meter: Meter): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of chunks) {
      meter.add(chunk.length);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof ArchiveError ? error : new ArchiveError('damaged', DAMAGED);
  }
}
