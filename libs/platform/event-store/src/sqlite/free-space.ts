import { statfsSync } from 'node:fs';

const CHECK_EVERY_MS = 1_000;
const CHECK_EVERY_BYTES = 8 * 1024 * 1024;

/** Free bytes of the file system that holds a directory, for users without special rights. */
export function freeBytes(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

/** Watches the free space without asking the system at every commit; while it is short, it asks every time. */
export class FreeSpace {
  #checkedAt = Number.NEGATIVE_INFINITY;
  #written = 0;
  #enough = false;

  constructor(
    private readonly minimum: number,
    private readonly measure: () => number,
  ) {}

  /** True when `bytes` more may be written. */
  allows(bytes: number): boolean {
    this.#written += bytes;
    const now = performance.now();
    if (!this.#enough || this.#written >= CHECK_EVERY_BYTES || now - this.#checkedAt >= CHECK_EVERY_MS) {
      this.#enough = this.measure() >= this.minimum;
      this.#checkedAt = now;
      this.#written = 0;
    }
    return this.#enough;
  }
}
