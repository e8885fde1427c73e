import { createHash } from 'node:crypto';
import { DomainError } from '@casebook/kernel';
import type { StateStore } from '@casebook/state';
import type { Metadata } from '../upload-record';
import { COLLECTION_KEPT_MS } from '../upload-records';
import { Uploads, type UploadsOptions } from '../uploads';

/** What a program says of the file that it sends in one request. */
export interface Announced {
  readonly fileName: string | undefined;
  readonly contentType: string | undefined;
  /** Hex SHA-256 of the bytes that follow. */
  readonly sha256: string | undefined;
}

/** A file that arrived so: a complete upload of its sender, to be attached like any other. */
export interface Collection {
  readonly uploadId: string;
  readonly fileName: string;
  /** Bytes. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
  /** ISO. */
  readonly receivedAt: string;
  /** What it was attached to, once it was. */
  readonly attachedTo?: string;
}

interface Arrival {
  readonly uploadId: string;
  readonly receivedAt: string;
}

type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

const SPACE = 'collection';
const PAGE = 100;

/**
 * Files that programs send in one request (R145): sealed as they come and passed on to the store of files, whichever
 * it is. A file counts as arrived once its bytes have the announced sum; of anything else nothing stays.
 */
export class Relay {
  private readonly uploads: Uploads;
  private readonly state: StateStore;
  private readonly now: () => number;

  constructor(options: UploadsOptions) {
    this.now = options.now ?? Date.now;
    this.state = options.state;
    this.uploads = new Uploads(options);
  }

  /**
   * Takes a file of `owner`. The same bytes again are the same collection, and `isNew` is false.
   * Throws DomainError `invalid` without a sum, `mismatch` when the bytes do not have it, and what `source` throws.
   */
  async receive(
    owner: string,
    announced: Announced,
    source: Bytes,
  ): Promise<{ readonly collection: Collection; readonly isNew: boolean }> {
    const sha256 = sumOf(announced);
    const known = await this.find(owner, sha256);
    if (known) {
      // Read to its end all the same: who is still sending does not hear an answer.
      const rest = summed(source, sha256);
      while ((await rest.next()).done !== true);
      return { collection: known, isNew: false };
    }
    const uploadId = await this.store(owner, announced, summed(source, sha256));
    const first = await this.claim(owner, sha256, uploadId);
    if (first) await this.uploads.discard(uploadId, owner);
    const collection = first ?? (await this.find(owner, sha256));
    if (!collection) throw new DomainError('conflict', 'upload.in-use', 'This file is being removed. Send it again.');
    return { collection, isNew: first === undefined };
  }

  /** What arrived from `owner` and is still kept, newest first. */
  async list(owner: string): Promise<Collection[]> {
    const found: Collection[] = [];
    for (let after: string | undefined; ;) {
      const page = await this.state.list<Arrival>(SPACE, {
        prefix: keyOf(owner, ''),
        limit: PAGE,
        ...(after !== undefined && { after }),
      });
      for (const { value } of page) {
        const collection = await this.show(owner, value);
        if (collection) found.push(collection);
      }
      after = page.at(-1)?.key;
      if (after === undefined) return found.sort((a, b) => b.receivedAt.localeCompare(a.receivedAt));
    }
  }

  /** Seals and stores what `source` yields, under an id of its own. It becomes complete only if `source` ends well. */
  private async store(owner: string, { fileName, contentType }: Announced, source: Bytes): Promise<string> {
    const id = Uploads.newId();
    const metadata: Metadata = { filename: fileName ?? null, filetype: contentType ?? null };
    await this.uploads.create(id, owner, undefined, metadata, 'collection');
    try {
      const size = await this.uploads.write(id, owner, 0, source);
      await this.uploads.declareSize(id, owner, size);
      await this.uploads.write(id, owner, size, []);
      return id;
    } catch (error) {
      // The bytes go now, not after a day; the error that stopped them is what the sender has to know.
      await this.uploads.cancel(id, owner).catch(() => undefined);
      throw error;
    }
  }

  /** Notes the arrival. Answers the collection that stands there already when the same file was faster. */
  private async claim(owner: string, sha256: string, uploadId: string): Promise<Collection | undefined> {
    const key = keyOf(owner, sha256);
    const arrival: Arrival = { uploadId, receivedAt: new Date(this.now()).toISOString() };
    const options = { ttlSeconds: COLLECTION_KEPT_MS / 1000 };
    for (;;) {
      if ((await this.state.insert(SPACE, key, arrival, options)) !== undefined) return undefined;
      const before = await this.state.get<Arrival>(SPACE, key);
      const collection = before && (await this.show(owner, before.value));
      if (collection) return collection;
      // What it names is gone.
      if (before) await this.state.delete(SPACE, key, before.version);
    }
  }

  private async find(owner: string, sha256: string): Promise<Collection | undefined> {
    const arrival = await this.state.get<Arrival>(SPACE, keyOf(owner, sha256));
    return arrival && this.show(owner, arrival.value);
  }

  private async show(owner: string, { uploadId, receivedAt }: Arrival): Promise<Collection | undefined> {
    try {
      const { fileName, size, sha256, usedBy } = await this.uploads.peek(uploadId, owner);
      return { uploadId, fileName, size, sha256, receivedAt, ...(usedBy !== undefined && { attachedTo: usedBy }) };
    } catch (error) {
      if (error instanceof DomainError && error.kind === 'missing') return undefined;
      throw error;
    }
  }
}

function keyOf(owner: string, sha256: string): string {
  return `${owner}:${sha256}`;
}

function sumOf({ sha256 = '' }: Announced): string {
  if (/^[0-9a-f]{64}$/i.test(sha256)) return sha256.toLowerCase();
  throw new DomainError('invalid', 'collection.sum', 'X-Content-SHA256 has to be the SHA-256 of the file, in hex.');
}

/** The bytes as they come. Ends with an error when they are none, or do not have the sum. */
async function* summed(source: Bytes, sha256: string): AsyncGenerator<Uint8Array, void> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const bytes of source) {
    hash.update(bytes);
    size += bytes.length;
    yield bytes;
  }
  if (size === 0) throw new DomainError('mismatch', 'collection.empty', 'The file is empty.');
  if (hash.digest('hex') !== sha256)
    throw new DomainError('mismatch', 'collection.damaged', 'The file did not arrive as it was sent. Send it again.');
}
