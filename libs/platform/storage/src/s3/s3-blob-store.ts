import { DomainError } from '@casebook/kernel';
import {
  damaged,
  isObjectName,
  type BlobInfo,
  type BlobStore,
  type BlobWriter,
  type DirectBlobStore,
} from '../blob-store';
import { Bucket, type S3Options } from './bucket';

/** Parts of a multipart upload have one size, at least 5 MiB; the last one is smaller. */
const PART_BYTES = 8 * 1024 * 1024;
/** How long a browser may take to begin a part that it asked an address for. */
const ADDRESS_SECONDS = 3_600;
const FINISHED = 'objects/';
const UNFINISHED = 'unfinished/';
const UPLOAD = 'upload';
const TAIL = 'tail-';

/**
 * Objects in an S3 bucket. An unfinished object is a multipart upload, and beside it, under `unfinished/NAME/`, the
 * upload's id and its tail: the bytes behind the last whole part, which S3 would neither take as a part nor give back.
 * A tail is named by the length of the object that it ends. The one before is kept, since a crash can leave a caller
 * with the length before the last.
 */
export async function openS3BlobStore(options: S3Options): Promise<BlobStore> {
  const bucket = new Bucket(options);
  await bucket.check();
  return bucket.isPublic ? new PublicS3BlobStore(bucket) : new S3BlobStore(bucket);
}

/** Lets pages of this origin put parts into the bucket. False where the owner of the server has to allow it. */
export async function allowOrigin(options: S3Options, origin: string): Promise<boolean> {
  return new Bucket(options).allowOrigin(origin);
}

class S3BlobStore implements BlobStore {
  constructor(protected readonly bucket: Bucket) {}

  async open(name: string, at: number): Promise<BlobWriter> {
    const key = keyOf(name);
    const found = await readUnfinished(this.bucket, name);
    if (at === 0) {
      await discard(this.bucket, name, found);
      return new S3BlobWriter(this.bucket, name, key, undefined, Buffer.alloc(0), 0, []);
    }
    const tail = await tailAt(this.bucket, name, found, at);
    const whole = Math.floor(at / PART_BYTES);
    if (!tail || (whole > 0 && (await wholeParts(this.bucket, key, found.upload, whole)) === undefined))
      throw damaged(name);
    return new S3BlobWriter(this.bucket, name, key, found.upload, tail, at, found.tails);
  }

  async finish(name: string): Promise<void> {
    const key = keyOf(name);
    const found = await readUnfinished(this.bucket, name);
    const length = found.tails.at(-1);
    if (length === undefined) {
      if ((await this.bucket.size(key)) === undefined) throw missing(name);
      return;
    }
    const tail = await tailAt(this.bucket, name, found, length);
    if (!tail) throw damaged(name);
    const whole = Math.floor(length / PART_BYTES);
    if (whole === 0 || found.upload === undefined) await this.bucket.put(key, tail);
    else await this.#complete(name, key, found.upload, whole, tail);
    await discard(this.bucket, name, { tails: found.tails });
  }

  async size(name: string): Promise<number | undefined> {
    return this.bucket.size(keyOf(name));
  }

  async *read(name: string, start: number, end: number): AsyncIterable<Buffer> {
    const key = keyOf(name);
    if ((await this.bucket.size(key)) === undefined) throw missing(name);
    if (end > start) yield* this.bucket.read(key, start, end);
  }

  async delete(name: string): Promise<void> {
    const key = keyOf(name);
    await discard(this.bucket, name, await readUnfinished(this.bucket, name));
    await this.bucket.delete([key]);
  }

  async *list(): AsyncIterable<BlobInfo> {
    for await (const { key, size, changedAt } of this.bucket.list(FINISHED)) {
      const name = key.slice(FINISHED.length);
      if (isObjectName(name)) yield { name, size, changedAt, finished: true };
    }
    let current: BlobInfo | undefined;
    for await (const { key, changedAt } of this.bucket.list(UNFINISHED)) {
      const [name = '', what = ''] = key.slice(UNFINISHED.length).split('/');
      if (!isObjectName(name)) continue;
      if (current && current.name !== name) yield current;
      const before = current?.name === name ? current : undefined;
      const size = Math.max(before?.size ?? 0, lengthOf(what) ?? 0);
      const latest = before && before.changedAt > changedAt ? before.changedAt : changedAt;
      current = { name, size, changedAt: latest, finished: false };
    }
    if (current) yield current;
  }

  /** A crash can fall between the beginning of a multipart upload and the note of its id. */
  async dropLost(before: Date): Promise<number> {
    let dropped = 0;
    for await (const { key, upload, begunAt } of this.bucket.uploads()) {
      const name = key.slice(FINISHED.length);
      if (!key.startsWith(FINISHED) || !isObjectName(name) || begunAt >= before) continue;
      if ((await this.bucket.get(`${UNFINISHED}${name}/${UPLOAD}`))?.toString() === upload) continue;
      await this.bucket.abort(key, upload);
      dropped++;
    }
    return dropped;
  }

  async #complete(name: string, key: string, upload: string, whole: number, tail: Buffer): Promise<void> {
    if (tail.length > 0) await this.bucket.putPart(key, upload, whole + 1, tail);
    const parts = await wholeParts(this.bucket, key, upload, whole);
    if (!parts) throw damaged(name);
    const last =
      tail.length > 0 ? (await this.bucket.parts(key, upload)).find(({ number }) => number === whole + 1) : undefined;
    await this.bucket.complete(key, upload, last ? [...parts, last] : parts);
  }
}

/** A bucket that browsers reach. */
class PublicS3BlobStore extends S3BlobStore implements DirectBlobStore {
  async beginDirect(name: string): Promise<void> {
    await beginUpload(this.bucket, name);
  }

  async partAddress(name: string, number: number, size: number): Promise<string> {
    return this.bucket.partAddress(keyOf(name), await this.#upload(name), number, size, ADDRESS_SECONDS);
  }

  async directParts(name: string): Promise<ReadonlyMap<number, number>> {
    const parts = await this.bucket.parts(keyOf(name), await this.#upload(name));
    return new Map(parts.map(({ number, size }) => [number, size]));
  }

  async completeDirect(name: string): Promise<void> {
    const key = keyOf(name);
    const found = await readUnfinished(this.bucket, name);
    if (found.upload !== undefined) {
      await this.bucket.complete(key, found.upload, await this.bucket.parts(key, found.upload));
      await discard(this.bucket, name, { tails: found.tails });
    } else if ((await this.bucket.size(key)) === undefined) throw missing(name);
  }

  async #upload(name: string): Promise<string> {
    const { upload } = await readUnfinished(this.bucket, name);
    if (upload === undefined) throw missing(name);
    return upload;
  }
}

class S3BlobWriter implements BlobWriter {
  #pending: Buffer[];
  #pendingBytes: number;
  #uploaded: number;

  constructor(
    private readonly bucket: Bucket,
    private readonly name: string,
    private readonly key: string,
    private upload: string | undefined,
    tail: Buffer,
    length: number,
    private tails: readonly number[],
  ) {
    this.#pending = [tail];
    this.#pendingBytes = tail.length;
    this.#uploaded = length - tail.length;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#pending.push(Buffer.from(bytes));
    this.#pendingBytes += bytes.length;
    while (this.#pendingBytes >= PART_BYTES) await this.#putPart();
  }

  async sync(): Promise<number> {
    const tail = Buffer.concat(this.#pending);
    this.#pending = [tail];
    const length = this.#uploaded + tail.length;
    await this.bucket.put(tailKey(this.name, length), tail);
    const before = this.tails.at(-1);
    const outdated = this.tails.filter((one) => one !== before && one !== length);
    await this.bucket.delete(outdated.map((one) => tailKey(this.name, one)));
    this.tails = before === undefined || before === length ? [length] : [before, length];
    return length;
  }

  async close(): Promise<void> {
    this.#pending = [];
  }

  async #putPart(): Promise<void> {
    this.upload ??= await beginUpload(this.bucket, this.name);
    const all = Buffer.concat(this.#pending);
    await this.bucket.putPart(this.key, this.upload, this.#uploaded / PART_BYTES + 1, all.subarray(0, PART_BYTES));
    const rest = all.subarray(PART_BYTES);
    this.#pending = [rest];
    this.#pendingBytes = rest.length;
    this.#uploaded += PART_BYTES;
  }
}

/** The id is stored before the first part, so that no upload is left that nobody could abort. */
async function beginUpload(bucket: Bucket, name: string): Promise<string> {
  const upload = await bucket.begin(keyOf(name));
  await bucket.put(`${UNFINISHED}${name}/${UPLOAD}`, Buffer.from(upload));
  return upload;
}

interface Unfinished {
  readonly upload?: string | undefined;
  /** Lengths for which there is a tail, in order. */
  readonly tails: readonly number[];
}

async function readUnfinished(bucket: Bucket, name: string): Promise<Unfinished> {
  const tails: number[] = [];
  let hasUpload = false;
  for await (const { key } of bucket.list(`${UNFINISHED}${name}/`)) {
    const what = key.slice(key.lastIndexOf('/') + 1);
    const length = lengthOf(what);
    if (length !== undefined) tails.push(length);
    hasUpload ||= what === UPLOAD;
  }
  const upload = hasUpload ? (await bucket.get(`${UNFINISHED}${name}/${UPLOAD}`))?.toString() : undefined;
  return { upload, tails: tails.sort((a, b) => a - b) };
}

/** The bytes between the last whole part and `at`; undefined when they are not there. */
async function tailAt(bucket: Bucket, name: string, { tails }: Unfinished, at: number): Promise<Buffer | undefined> {
  const begin = at - (at % PART_BYTES);
  const length = tails.find((one) => one >= at && one - (one % PART_BYTES) === begin);
  const tail = length === undefined ? undefined : await bucket.get(tailKey(name, length));
  return tail && tail.length >= at - begin ? tail.subarray(0, at - begin) : undefined;
}

/** The first `whole` parts of an upload; undefined when one of them is missing or has another size. */
async function wholeParts(bucket: Bucket, key: string, upload: string | undefined, whole: number) {
  if (upload === undefined) return undefined;
  const parts = (await bucket.parts(key, upload)).slice(0, whole);
  const sound = parts.every(({ number, size }, at) => number === at + 1 && size === PART_BYTES);
  return sound && parts.length === whole ? parts : undefined;
}

async function discard(bucket: Bucket, name: string, { upload, tails }: Unfinished): Promise<void> {
  if (upload !== undefined) await bucket.abort(keyOf(name), upload);
  await bucket.delete([...tails.map((length) => tailKey(name, length)), `${UNFINISHED}${name}/${UPLOAD}`]);
}

function keyOf(name: string): string {
  if (!isObjectName(name)) throw new DomainError('invalid', 'storage.name', 'An object name is 32 hexadecimal digits.');
  return `${FINISHED}${name}`;
}

function tailKey(name: string, length: number): string {
  return `${UNFINISHED}${name}/${TAIL}${String(length).padStart(16, '0')}`;
}

function lengthOf(what: string): number | undefined {
  return what.startsWith(TAIL) ? Number(what.slice(TAIL.length)) : undefined;
}

function missing(name: string): DomainError {
  return new DomainError('missing', 'storage.missing', `There is no stored object ${name}.`);
}
