import type { AsyncLocalStorage } from 'node:async_hooks';
import type { Readable } from 'node:stream';
import { DataStore, Upload } from '@tus/server';
import { EXPIRY_MS } from './upload-records';
import { type Uploads } from './uploads';

/** Who sends the request at hand, and what went wrong with it. */
export interface UploadCaller {
  readonly personId: string;
  error?: unknown;
}

/** Our uploads in the terms of the tus server. Each call is made on behalf of the caller of the request at hand. */
export class TusStore extends DataStore {
  override extensions = ['creation', 'creation-with-upload', 'creation-defer-length', 'termination', 'expiration'];

  constructor(
    private readonly uploads: Uploads,
    private readonly callers: AsyncLocalStorage<UploadCaller>,
  ) {
    super();
  }

  override async create(upload: Upload): Promise<Upload> {
    await this.uploads.create(upload.id, this.owner, upload.size, upload.metadata ?? {});
    return upload;
  }

  override async getUpload(id: string): Promise<Upload> {
    const { size, offset, metadata, touchedAt } = await this.uploads.view(id, this.owner);
    // The server counts expiry from the creation; for it an upload is as old as its last byte.
    const upload = { id, offset, metadata, creation_date: touchedAt.toISOString() };
    return new Upload(size === undefined ? upload : { ...upload, size });
  }

  override async write(stream: Readable, id: string, offset: number): Promise<number> {
    return this.uploads.write(id, this.owner, offset, stream as AsyncIterable<Buffer>);
  }

  override async declareUploadLength(id: string, size: number): Promise<void> {
    await this.uploads.declareSize(id, this.owner, size);
  }

  override async remove(id: string): Promise<void> {
    await this.uploads.cancel(id, this.owner);
  }

  override getExpiration(): number {
    return EXPIRY_MS;
  }

  private get owner(): string {
    const caller = this.callers.getStore();
    if (!caller) throw new Error('An upload was touched outside a request');
    return caller.personId;
  }
}
