import { randomBytes } from 'node:crypto';
import { DomainError } from '@casebook/kernel';
import type { Keyring } from '@casebook/keys';
import type { StateStore } from '@casebook/state';
import { createSHA256 } from 'hash-wasm';
import { newObjectName, type BlobStore } from './blob-store';
import { normaliseContentType, normaliseFileName } from './file-name';
import { newObjectKey, type StoredObject } from './sealed-objects';
import { RecordSeal, type Metadata, type UploadRecord } from './upload-record';
import { EXPIRY_MS, UploadRecords, type Held } from './upload-records';
import { UploadWriting } from './upload-writing';

/** A complete upload, ready to stand in an event. The file name is as the person gave it, normalised. */
export interface FinishedUpload extends StoredObject {
  readonly fileName: string;
  readonly contentType: string;
}

/** An upload as its owner sees it. */
export interface UploadView {
  readonly size: number | undefined;
  readonly offset: number;
  readonly metadata: Metadata;
  /** When it was last written to; it expires EXPIRY_MS after that. */
  readonly touchedAt: Date;
  readonly complete: boolean;
}

export interface UploadsOptions {
  readonly blobs: BlobStore;
  readonly state: StateStore;
  readonly keyring: Pick<Keyring, 'wrap' | 'unwrap'>;
  /** The clock, in epoch milliseconds. */
  readonly now?: () => number;
  /** Progress is made safe after this many bytes of one request, besides at its end. */
  readonly checkpointBytes?: number;
}

const CHECKPOINT_BYTES = 8 * 1024 * 1024;

/**
 * Uploads between their first byte and the event that names them. Full chunks go sealed to the blob store as they
 * arrive; the rest, the hash and the file name lie sealed in the state store. An offset is told only once it is safe.
 */
export class Uploads {
  private readonly blobs: BlobStore;
  private readonly records: UploadRecords;
  private readonly keyring: UploadsOptions['keyring'];
  private readonly now: () => number;
  private readonly checkpointBytes: number;

  constructor(options: UploadsOptions) {
    this.blobs = options.blobs;
    this.keyring = options.keyring;
    this.now = options.now ?? Date.now;
    this.records = new UploadRecords(options.state, this.now);
    this.checkpointBytes = options.checkpointBytes ?? CHECKPOINT_BYTES;
  }

  static newId(): string {
    return randomBytes(16).toString('hex');
  }

  /** Begins an upload; one of no bytes is complete at once. */
  async create(
    id: string,
    owner: string,
    size: number | undefined,
    metadata: Metadata,
    kind?: UploadRecord['kind'],
  ): Promise<void> {
    const objectName = newObjectName();
    const seal = new RecordSeal(newObjectKey(), objectName);
    const hash = (await createSHA256()).init();
    const record: UploadRecord = {
      owner,
      objectName,
      wrappedKey: this.keyring.wrap(seal.objectKey),
      ...(size !== undefined && { size }),
      offset: 0,
      session: 0,
      ...(kind !== undefined && { kind }),
      about: seal.sealAbout(metadata),
      rest: seal.sealRest(0, { hashState: Buffer.from(hash.save()), bytes: Buffer.alloc(0) }),
      touchedAt: this.now(),
    };
    await this.records.insert(id, record);
    if (size === 0) await this.write(id, owner, 0, []);
  }

  /** Throws DomainError `missing` for uploads that are unknown, expired or somebody else's. */
  async view(id: string, owner: string): Promise<UploadView> {
    const { record } = await this.records.held(id, owner);
    return {
      size: record.size,
      offset: record.offset,
      metadata: RecordSeal.of(record, this.keyring).openAbout(record.about),
      touchedAt: new Date(record.touchedAt),
      complete: record.sha256 !== undefined,
    };
  }

  async declareSize(id: string, owner: string, size: number): Promise<void> {
    const held = await this.records.held(id, owner);
    if (held.record.size !== undefined || size < held.record.offset)
      throw new DomainError('invalid', 'upload.size', 'The length of an upload is said once and covers what arrived.');
    await this.records.save(id, held, { size });
  }

  /**
   * Adds what `source` yields behind `offset`, and answers the new offset, which then is safe. When `source` fails,
   * what it yielded before is kept. The upload is complete when its size is known and reached.
   */
  async write(
    id: string,
    owner: string,
    offset: number,
    source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<number> {
    const before = await this.records.held(id, owner);
    if (before.record.offset !== offset)
      throw new DomainError('conflict', 'upload.offset', `The upload is at ${before.record.offset}, not at ${offset}.`);
    if (before.record.sha256 !== undefined) return offset;
    if (before.record.partChunks !== undefined)
      throw new DomainError('conflict', 'upload.direct', 'The parts of this upload go straight to the store.');
    const held = await this.records.save(id, before, { session: before.record.session + 1 });
    const writing = await UploadWriting.begin(this.blobs, RecordSeal.of(held.record, this.keyring), held.record);
    try {
      return await this.transfer(id, held, writing, source);
    } finally {
      await writing.close();
    }
  }

  /** Removes an upload that is not complete, with its bytes. */
  async cancel(id: string, owner: string): Promise<void> {
    const { record, version } = await this.records.held(id, owner);
    if (record.sha256 !== undefined)
      throw new DomainError('conflict', 'upload.complete', 'A complete upload cannot be taken back.');
    if (await this.records.remove(id, version)) await this.blobs.delete(record.objectName);
  }

  /** Removes an upload of which nobody was told, complete or not, with its bytes. */
  async discard(id: string, owner: string): Promise<void> {
    const { record, version } = await this.records.held(id, owner);
    if (await this.records.remove(id, version)) await this.blobs.delete(record.objectName);
  }

  /**
   * A complete upload of `owner`, kept for another 24 hours (a collection: 30 days). With `usedBy` it is marked as used for that, and refused
   * to everything else from then on; asking again for the same use is harmless.
   * Throws DomainError `missing` (unknown, expired, somebody else's) or `conflict` (not complete, used elsewhere).
   */
  async finished(id: string, owner: string, usedBy?: string): Promise<FinishedUpload> {
    const held = await this.records.held(id, owner);
    const { record } = held;
    if (record.sha256 === undefined)
      throw new DomainError('conflict', 'upload.unfinished', 'The upload has not arrived completely yet.');
    if (usedBy !== undefined && record.usedBy !== undefined && record.usedBy !== usedBy)
      throw new DomainError('conflict', 'upload.used', 'This upload is attached elsewhere already.');
    await this.records.save(id, held, usedBy === undefined ? {} : { usedBy });
    // After a crash between the last byte and this step, the object may still wait for it.
    await this.blobs.finish(record.objectName);
    return this.describe(record, record.sha256);
  }

  /**
   * A complete upload as it would be named, without touching it, and what it was used for.
   * Throws DomainError `missing` when there is none.
   */
  async peek(id: string, owner: string): Promise<FinishedUpload & Pick<UploadRecord, 'usedBy'>> {
    const { record } = await this.records.held(id, owner);
    if (record.sha256 === undefined)
      throw new DomainError('missing', 'upload.missing', 'This upload does not exist, or has expired.');
    return {
      ...this.describe(record, record.sha256),
      ...(record.usedBy !== undefined && { usedBy: record.usedBy }),
    };
  }

  /**
   * Removes expired uploads with their bytes, except those of complete ones that `isReferenced` (an event names the
   * object) knows. Answers how many uploads ended.
   */
  async sweep(isReferenced: (objectName: string) => Promise<boolean>): Promise<number> {
    let ended = 0;
    for await (const { key, value: record, version } of this.records.all()) {
      if (!this.records.expired(record)) continue;
      const keep = record.sha256 !== undefined && (await isReferenced(record.objectName));
      if (!(await this.records.remove(key, version))) continue;
      if (!keep) await this.blobs.delete(record.objectName);
      ended++;
    }
    return ended;
  }

  /** Removes objects older than 24 hours that neither an upload nor `isReferenced` knows: what crashes left. */
  async sweepOrphans(isReferenced: (objectName: string) => Promise<boolean>): Promise<number> {
    const uploading = new Set<string>();
    for await (const { value } of this.records.all()) uploading.add(value.objectName);
    let removed = 0;
    for await (const blob of this.blobs.list()) {
      const young = blob.changedAt.getTime() > this.now() - EXPIRY_MS;
      if (young || uploading.has(blob.name) || (await isReferenced(blob.name))) continue;
      await this.blobs.delete(blob.name);
      removed++;
    }
    return removed + ((await this.blobs.dropLost?.(new Date(this.now() - EXPIRY_MS))) ?? 0);
  }

  private describe(record: UploadRecord, sha256: string): FinishedUpload {
    const about = RecordSeal.of(record, this.keyring).openAbout(record.about);
    return {
      objectName: record.objectName,
      wrappedKey: record.wrappedKey,
      size: record.offset,
      sha256,
      fileName: normaliseFileName(about['filename'] ?? about['name']),
      contentType: normaliseContentType(about['filetype'] ?? about['type']),
    };
  }

  private async transfer(
    id: string,
    begun: Held,
    writing: UploadWriting,
    source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<number> {
    let held = begun;
    const checkpoint = async (): Promise<void> => {
      held = await this.records.save(id, held, await writing.checkpoint());
    };
    const room = (): number => (held.record.size ?? Number.MAX_SAFE_INTEGER) - writing.offset;
    let failure: { readonly error: unknown } | undefined;
    try {
      for await (const bytes of source) {
        if (bytes.length > room())
          throw new DomainError('too-large', 'upload.too-large', 'More bytes arrived than were announced.');
        await writing.add(bytes);
        if (writing.offset - held.record.offset >= this.checkpointBytes) await checkpoint();
      }
    } catch (error) {
      failure = { error };
    }
    if (room() === 0 && !writing.broken) {
      held = await this.records.save(id, held, await writing.complete(), ['rest']);
      await this.blobs.finish(held.record.objectName);
    } else if (writing.offset > held.record.offset && !writing.broken) {
      await checkpoint();
    }
    if (failure) throw failure.error;
    return writing.offset;
  }
}
