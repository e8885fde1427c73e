import { opendir, open, rename, rm, stat, statfs, truncate, type FileHandle } from 'node:fs/promises';
import { createReadStream, type Stats } from 'node:fs';
import { join } from 'node:path';
import { DomainError } from '@casebook/kernel';
import { makeDirectory, syncDirectory } from '@casebook/sqlite';
import { damaged, isObjectName, type BlobInfo, type BlobStore, type BlobWriter } from './blob-store';

export interface FileBlobOptions {
  /** Writing stops while less than this is free, so that files never take the last room from the event log. */
  readonly minFreeBytes?: number;
}

const MIN_FREE_BYTES = 512 * 1024 * 1024;
const SPACE_CHECK_BYTES = 16 * 1024 * 1024;
const READ_BYTES = 256 * 1024;
const UNFINISHED = '.part';

/** Objects as files in 256 subdirectories of `directory`; unfinished ones end in `.part`. */
export function openFileBlobStore(directory: string, options: FileBlobOptions = {}): BlobStore {
  makeDirectory(directory);
  return new FileBlobStore(directory, options.minFreeBytes ?? MIN_FREE_BYTES);
}

class FileBlobStore implements BlobStore {
  constructor(
    private readonly directory: string,
    private readonly minFreeBytes: number,
  ) {}

  async open(name: string, at: number): Promise<BlobWriter> {
    const file = this.path(name) + UNFINISHED;
    const checkSpace = (): Promise<void> => this.checkSpace();
    await checkSpace();
    makeDirectory(this.shard(name));
    const size = (await statIfThere(file))?.size ?? 0;
    if (size < at) throw damaged(name);
    const handle = await open(file, 'a');
    try {
      if (size > at) await truncate(file, at);
    } catch (error) {
      await handle.close();
      throw error;
    }
    return new FileBlobWriter(handle, this.shard(name), at, checkSpace);
  }

  async finish(name: string): Promise<void> {
    const file = this.path(name);
    try {
      await rename(file + UNFINISHED, file);
    } catch (error) {
      if (!isMissing(error)) throw error;
      if ((await this.size(name)) === undefined) throw missing(name);
    }
    syncDirectory(this.shard(name));
  }

  async size(name: string): Promise<number | undefined> {
    return (await statIfThere(this.path(name)))?.size;
  }

  async *read(name: string, start: number, end: number): AsyncIterable<Buffer> {
    const file = this.path(name);
    if ((await statIfThere(file)) === undefined) throw missing(name);
    if (end <= start) return;
    yield* createReadStream(file, { start, end: end - 1, highWaterMark: READ_BYTES }) as AsyncIterable<Buffer>;
  }

  async delete(name: string): Promise<void> {
    const file = this.path(name);
    await rm(file + UNFINISHED, { force: true });
    await rm(file, { force: true });
    if (await statIfThere(this.shard(name))) syncDirectory(this.shard(name));
  }

  async *list(): AsyncIterable<BlobInfo> {
    for await (const shard of await opendir(this.directory)) {
      if (!shard.isDirectory()) continue;
      for await (const entry of await opendir(join(this.directory, shard.name))) {
        const finished = !entry.name.endsWith(UNFINISHED);
        const name = finished ? entry.name : entry.name.slice(0, -UNFINISHED.length);
        if (!isObjectName(name)) continue;
        const found = await statIfThere(join(this.directory, shard.name, entry.name));
        if (found) yield { name, size: found.size, changedAt: found.mtime, finished };
      }
    }
  }

  private shard(name: string): string {
    if (!isObjectName(name))
      throw new DomainError('invalid', 'storage.name', 'An object name is 32 hexadecimal digits.');
    return join(this.directory, name.slice(0, 2));
  }

  private path(name: string): string {
    return join(this.shard(name), name);
  }

  private async checkSpace(): Promise<void> {
    const { bavail, bsize } = await statfs(this.directory);
    if (bavail * bsize < this.minFreeBytes) throw full();
  }
}

class FileBlobWriter implements BlobWriter {
  private named = false;
  private unchecked = 0;

  constructor(
    private readonly handle: FileHandle,
    private readonly directory: string,
    private length: number,
    private readonly checkSpace: () => Promise<void>,
  ) {}

  async write(bytes: Uint8Array): Promise<void> {
    this.unchecked += bytes.length;
    if (this.unchecked >= SPACE_CHECK_BYTES) {
      this.unchecked = 0;
      await this.checkSpace();
    }
    try {
      for (let done = 0; done < bytes.length;)
        done += (await this.handle.write(bytes, done, bytes.length - done)).bytesWritten;
    } catch (error) {
      throw hasCode(error, 'ENOSPC') ? full() : error;
    }
    this.length += bytes.length;
  }

  async sync(): Promise<number> {
    const { length } = this;
    await this.handle.sync();
    // The name has to survive too; once is enough.
    if (!this.named) syncDirectory(this.directory);
    this.named = true;
    return length;
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

async function statIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT');
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}

function missing(name: string): DomainError {
  return new DomainError('missing', 'storage.missing', `There is no stored object ${name}.`);
}

function full(): DomainError {
  return new DomainError(
    'unavailable',
    'storage.full',
    'There is no room for more files. What arrived so far is kept.',
  );
}
