import { createHash } from 'node:crypto';
import { DomainError } from '@casebook/kernel';
import type { Keyring } from '@casebook/keys';
import type { StateStore } from '@casebook/state';
import { newObjectName, takesParts, type BlobStore, type DirectBlobStore } from '../blob-store';
import { newObjectKey, readChunks } from '../sealed-objects';
import { chunkCount, SEALED_CHUNK_BYTES, sealedSize } from '../sealed-chunk';
import { RecordSeal, type Metadata, type UploadRecord } from '../upload-record';
import { UploadRecords } from '../upload-records';
import { Uploads } from '../uploads';

/** What a client needs to seal an object and to put its parts. */
export interface DirectUpload {
  readonly id: string;
  readonly objectName: string;
  /** Base64 of 32 bytes. Opens this object alone, which the client has in plain anyway. */
  readonly key: string;
  /** Part of every nonce; larger each time somebody goes on. */
  readonly session: number;
  /** Plain bytes of the whole. */
  readonly size: number;
  /** Sealed chunks in each part but the last. */
  readonly partChunks: number;
  /** Parts that are in the store already. */
  readonly have: readonly number[];
}

/** How far the check of an object is. */
export interface DirectProgress {
  readonly state: 'checking' | 'done';
  /** Plain bytes checked. */
  readonly checked: number;
}

interface Check {
  checked: number;
  readonly result: Promise<void>;
}

/** 8 MiB of plain bytes: above the 5 MiB that a part must have. */
const PART_CHUNKS = 128;
/** S3 takes 10,000 parts of an object. */
const MOST_PARTS = 9_000;
const MOST_ADDRESSES = 50;
/** How long a request waits for a check, before it is asked again. */
const WAIT_MS = 20_000;

/**
 * Uploads whose bytes never pass this process (R144): the client seals the chunks itself, in the format of every
 * object, and puts them into the store by addresses that were signed for it. The server opens and hashes every chunk
 * before the upload counts as complete; from then on it is an upload like any other.
 */
export class DirectUploads {
  private readonly records: UploadRecords;
  private readonly checks = new Map<string, Check>();

  constructor(
    private readonly blobs: BlobStore,
    state: StateStore,
    private readonly keyring: Pick<Keyring, 'wrap' | 'unwrap'>,
    private readonly now: () => number = Date.now,
    private readonly waitMs = WAIT_MS,
  ) {
    this.records = new UploadRecords(state, now);
  }

  /** Whether clients can put parts at all. */
  get offered(): boolean {
    return takesParts(this.blobs);
  }

  /** Begins an upload of `size` plain bytes, at least 1. */
  async begin(owner: string, size: number, metadata: Metadata): Promise<DirectUpload> {
    const store = this.store();
    const id = Uploads.newId();
    const objectName = newObjectName();
    const seal = new RecordSeal(newObjectKey(), objectName);
    const chunks = chunkCount(size);
    const record: UploadRecord = {
      owner,
      objectName,
      wrappedKey: this.keyring.wrap(seal.objectKey),
      size,
      offset: 0,
      session: 1,
      partChunks: Math.max(PART_CHUNKS, Math.ceil(chunks / MOST_PARTS)),
      about: seal.sealAbout(metadata),
      touchedAt: this.now(),
    };
    // The record comes first: what it does not name would have to be found by its age.
    await this.records.insert(id, record);
    await store.beginDirect(objectName);
    return describe(id, record, seal.objectKey, []);
  }

  /**
   * Goes on, as after a reload: what is there already, and a session that no chunk was sealed in. Of an upload whose
   * check has begun or is done everything is there; only `complete` is left to ask for.
   */
  async resume(id: string, owner: string): Promise<DirectUpload> {
    const store = this.store();
    const held = await this.direct(id, owner);
    const { record } = await this.records.save(id, held, { session: held.record.session + 1 });
    const together = record.sha256 !== undefined || (await store.size(record.objectName)) !== undefined;
    const sizes = together ? undefined : await store.directParts(record.objectName);
    const have = partsOf(record).filter(({ number, bytes }) => !sizes || sizes.get(number) === bytes);
    return describe(
      id,
      record,
      this.keyring.unwrap(record.wrappedKey),
      have.map(({ number }) => number),
    );
  }

  /** Where to put parts. Throws DomainError `invalid` for numbers that the object does not have. */
  async addresses(id: string, owner: string, numbers: readonly number[]): Promise<{ number: number; url: string }[]> {
    const store = this.store();
    const held = await this.unfinished(id, owner);
    const parts = new Map(partsOf(held.record).map(({ number, bytes }) => [number, bytes]));
    if (numbers.length > MOST_ADDRESSES || !numbers.every((number) => parts.has(number)))
      throw new DomainError('invalid', 'upload.part', `Name at most ${MOST_ADDRESSES} of the ${parts.size} parts.`);
    await this.records.save(id, held, {});
    const { objectName } = held.record;
    return Promise.all(
      numbers.map(async (number) => ({
        number,
        url: await store.partAddress(objectName, number, parts.get(number) ?? 0),
      })),
    );
  }

  /**
   * Puts the parts together and checks every chunk. Answers when that is done, or how far it is after a while: then it
   * is to be asked again. Throws DomainError `conflict` while parts are missing, and `invalid` (`upload.damaged`) when
   * the object is not what it has to be; then it is gone.
   */
  async complete(id: string, owner: string): Promise<DirectProgress> {
    const store = this.store();
    const { record } = await this.records.held(id, owner);
    if (record.sha256 !== undefined) return { state: 'done', checked: record.offset };
    const check = this.checks.get(id) ?? this.startCheck(id, owner, record, store);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => {
        resolve('late');
      }, this.waitMs);
    });
    try {
      const outcome = await Promise.race([check.result, late]);
      return outcome === 'late'
        ? { state: 'checking', checked: check.checked }
        : { state: 'done', checked: record.size ?? 0 };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Gives up an upload that is not complete. */
  async cancel(id: string, owner: string): Promise<void> {
    const { record, version } = await this.unfinished(id, owner);
    if (await this.records.remove(id, version)) await this.blobs.delete(record.objectName);
  }

  private startCheck(id: string, owner: string, record: UploadRecord, store: DirectBlobStore): Check {
    const check: Check = { checked: 0, result: Promise.resolve() };
    const result = this.check(id, owner, record, store, (checked) => (check.checked = checked)).finally(() =>
      this.checks.delete(id),
    );
    // Whoever asks next hears of the failure; nobody may be waiting now.
    result.catch(() => undefined);
    const running = Object.assign(check, { result });
    this.checks.set(id, running);
    return running;
  }

  private async check(
    id: string,
    owner: string,
    record: UploadRecord,
    store: DirectBlobStore,
    onChecked: (bytes: number) => void,
  ): Promise<void> {
    const { objectName, size = 0 } = record;
    if ((await store.size(objectName)) === undefined) {
      const sizes = await store.directParts(objectName);
      const missing = partsOf(record).filter(({ number, bytes }) => sizes.get(number) !== bytes);
      if (missing.length > 0 || sizes.size !== partsOf(record).length)
        throw new DomainError(
          'conflict',
          'upload.unfinished',
          `The upload has not arrived completely yet: ${missing.length} of ${partsOf(record).length} parts are missing.`,
        );
      await store.completeDirect(objectName);
    }
    const hash = createHash('sha256');
    let checked = 0;
    try {
      for await (const plain of readChunks(this.blobs, this.keyring.unwrap(record.wrappedKey), objectName, size)) {
        hash.update(plain);
        checked += plain.length;
        onChecked(checked);
      }
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'storage.damaged') throw error;
      await this.discard(id, owner);
      throw new DomainError(
        'invalid',
        'upload.damaged',
        'What arrived is not what was announced. Please send it again.',
      );
    }
    await this.conclude(id, owner, size, hash.digest('hex'));
  }

  /** A page that goes on meanwhile, or another check, must not cost the work of this one. */
  private async conclude(id: string, owner: string, size: number, sha256: string): Promise<void> {
    for (;;) {
      const held = await this.records.held(id, owner);
      if (held.record.sha256 !== undefined) return;
      try {
        await this.records.save(id, held, { offset: size, sha256 });
        return;
      } catch (error) {
        if (!(error instanceof DomainError) || error.code !== 'upload.in-use') throw error;
      }
    }
  }

  private async discard(id: string, owner: string): Promise<void> {
    const { record, version } = await this.records.held(id, owner);
    if (await this.records.remove(id, version)) await this.blobs.delete(record.objectName);
  }

  private async direct(id: string, owner: string) {
    const held = await this.records.held(id, owner);
    if (held.record.partChunks === undefined)
      throw new DomainError('missing', 'upload.missing', 'This upload does not exist, or has expired.');
    return held;
  }

  private async unfinished(id: string, owner: string) {
    const held = await this.direct(id, owner);
    if (held.record.sha256 !== undefined)
      throw new DomainError('conflict', 'upload.complete', 'This upload is complete.');
    return held;
  }

  private store(): DirectBlobStore {
    if (takesParts(this.blobs)) return this.blobs;
    throw new DomainError('missing', 'upload.not_direct', 'Files go through the portal here.');
  }
}

/** The parts of an object, with the bytes that each has sealed. */
function partsOf({ size = 0, partChunks = PART_CHUNKS }: UploadRecord): { number: number; bytes: number }[] {
  const partBytes = partChunks * SEALED_CHUNK_BYTES;
  const total = sealedSize(size);
  return Array.from({ length: Math.ceil(total / partBytes) }, (_, at) => ({
    number: at + 1,
    bytes: Math.min(partBytes, total - at * partBytes),
  }));
}

function describe(id: string, record: UploadRecord, key: Buffer, have: readonly number[]): DirectUpload {
  const { objectName, session, size = 0, partChunks = PART_CHUNKS } = record;
  return { id, objectName, key: key.toString('base64'), session, size, partChunks, have };
}
