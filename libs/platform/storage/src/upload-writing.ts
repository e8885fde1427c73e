import { createSHA256, type IHasher } from 'hash-wasm';
import type { BlobStore, BlobWriter } from './blob-store';
import { ObjectSealer } from './object-sealer';
import { CHUNK_BYTES, SEALED_CHUNK_BYTES } from './sealed-chunk';
import type { RecordSeal, UploadRecord } from './upload-record';

/** One request that writes: the sealer, the hash and the open object, taken up where the record says. */
export class UploadWriting {
  /** A step failed midway: what is stored no longer fits what is known here, and only the last checkpoint counts. */
  broken = false;

  private constructor(
    private readonly seal: RecordSeal,
    private readonly sealer: ObjectSealer,
    private readonly hash: IHasher,
    private readonly writer: BlobWriter,
    public offset: number,
  ) {}

  static async begin(blobs: BlobStore, seal: RecordSeal, record: UploadRecord): Promise<UploadWriting> {
    const rest = seal.openRest(record.offset, record.rest ?? '');
    const chunks = (record.offset - rest.bytes.length) / CHUNK_BYTES;
    const sealer = new ObjectSealer(seal.objectKey, record.objectName, record.session, { chunks, rest: rest.bytes });
    const hash = (await createSHA256()).load(rest.hashState);
    const writer = await blobs.open(record.objectName, chunks * SEALED_CHUNK_BYTES);
    return new UploadWriting(seal, sealer, hash, writer, record.offset);
  }

  async add(bytes: Uint8Array): Promise<void> {
    this.hash.update(bytes);
    const sealed = this.sealer.push(bytes);
    this.offset += bytes.length;
    await this.unbroken(async () => {
      for (const chunk of sealed) await this.writer.write(chunk);
    });
  }

  async checkpoint(): Promise<Pick<UploadRecord, 'offset' | 'rest'>> {
    await this.unbroken(() => this.writer.sync());
    const rest = { hashState: Buffer.from(this.hash.save()), bytes: this.sealer.state().rest };
    return { offset: this.offset, rest: this.seal.sealRest(this.offset, rest) };
  }

  async complete(): Promise<Pick<UploadRecord, 'offset' | 'sha256'>> {
    await this.unbroken(async () => {
      await this.writer.write(this.sealer.last());
      await this.writer.sync();
    });
    return { offset: this.offset, sha256: this.hash.digest('hex') };
  }

  async close(): Promise<void> {
    await this.writer.close();
  }

  private async unbroken(step: () => Promise<unknown>): Promise<void> {
    this.broken = true;
    await step();
    this.broken = false;
  }
}
