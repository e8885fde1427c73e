import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetBucketCorsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutBucketCorsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  type CORSRule,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { DomainError } from '@casebook/kernel';

export interface S3Options {
  /** `http(s)://host[:port]` of the server; buckets are named in the path. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The same server as browsers reach it; with it they may put parts themselves. */
  readonly publicEndpoint?: string;
}

export interface StoredKey {
  readonly key: string;
  readonly size: number;
  readonly changedAt: Date;
}

/** A multipart upload that is neither complete nor aborted. */
export interface OpenUpload {
  readonly key: string;
  readonly upload: string;
  readonly begunAt: Date;
}

export interface Part {
  readonly number: number;
  readonly etag: string;
  readonly size: number;
}

const CONNECT_MS = 5_000;
const REQUEST_MS = 60_000;
const ATTEMPTS = 4;

/**
 * One bucket, by the calls that servers answer alike: no conditions on writes, no checksum algorithm on multipart
 * uploads, no lifecycle, errors told apart by status. Failures are DomainErrors `unavailable`.
 */
export class Bucket {
  readonly #client: S3Client;
  /** Signs for the address that browsers use; a signature holds for one host. */
  readonly #signer: S3Client | undefined;
  readonly #bucket: string;

  constructor(private readonly options: S3Options) {
    const { endpoint, region, bucket, accessKeyId, secretAccessKey, publicEndpoint } = options;
    this.#bucket = bucket;
    const clientFor = (address: string) =>
      new S3Client({
        endpoint: address,
        region,
        credentials: { accessKeyId, secretAccessKey },
        forcePathStyle: true,
        maxAttempts: ATTEMPTS,
        requestChecksumCalculation: 'WHEN_REQUIRED',
        requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: REQUEST_MS },
      });
    this.#client = clientFor(endpoint);
    this.#signer = publicEndpoint === undefined ? undefined : clientFor(publicEndpoint);
  }

  /** Throws DomainError `unavailable` in one sentence when the bucket cannot be used with these settings. */
  async check(): Promise<void> {
    const { endpoint, region } = this.options;
    try {
      await this.#client.send(new ListObjectsV2Command({ Bucket: this.#bucket, MaxKeys: 1 }));
    } catch (error) {
      const what = {
        400: `S3_REGION=${region} is not the region of this server`,
        403: 'the keys in S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY are not accepted',
        404: `there is no bucket ${this.#bucket}, or no such access key`,
      }[statusOf(error) ?? 0];
      throw new DomainError(
        'unavailable',
        'storage.bucket',
        `Files cannot be stored at ${endpoint}: ${what ?? reasonOf(error)}.`,
      );
    }
  }

  async put(key: string, body: Uint8Array): Promise<void> {
    await this.#try(() => this.#client.send(new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: body })));
  }

  /** The whole object; undefined when there is none. */
  async get(key: string): Promise<Buffer | undefined> {
    return this.#unless404(async () => {
      const answer = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
      return Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
    });
  }

  /** Bytes from `start` to before `end`, as they arrive; none when the object ends before. */
  async *read(key: string, start: number, end: number): AsyncGenerator<Buffer> {
    const range = `bytes=${start}-${end - 1}`;
    let body: AsyncIterable<Uint8Array>;
    try {
      const answer = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key, Range: range }));
      body = answer.Body as unknown as AsyncIterable<Uint8Array>;
    } catch (error) {
      if (statusOf(error) === 416) return;
      throw unavailable(error);
    }
    try {
      for await (const piece of body) yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    } catch (error) {
      throw unavailable(error);
    }
  }

  async size(key: string): Promise<number | undefined> {
    return this.#unless404(async () => {
      const { ContentLength = 0 } = await this.#client.send(new HeadObjectCommand({ Bucket: this.#bucket, Key: key }));
      return ContentLength;
    });
  }

  /** Every key that begins with `prefix`, in order. */
  async *list(prefix: string): AsyncGenerator<StoredKey> {
    let token: string | undefined;
    do {
      const page = await this.#try(() =>
        this.#client.send(
          new ListObjectsV2Command({
            Bucket: this.#bucket,
            Prefix: prefix,
            ...(token !== undefined && { ContinuationToken: token }),
          }),
        ),
      );
      for (const { Key: key, Size: size = 0, LastModified: changedAt = new Date() } of page.Contents ?? [])
        if (key !== undefined) yield { key, size, changedAt };
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  /** Removes keys, at most 1,000; harmless when they are not there. */
  async delete(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    const remove = { Bucket: this.#bucket, Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: true } };
    const { Errors: failed = [] } = await this.#try(() => this.#client.send(new DeleteObjectsCommand(remove)));
    if (failed.length > 0) throw unavailable(new Error(failed[0]?.Message ?? failed[0]?.Code));
  }

  /** Begins a multipart upload, and answers its id. */
  async begin(key: string): Promise<string> {
    const answer = await this.#try(() =>
      this.#client.send(new CreateMultipartUploadCommand({ Bucket: this.#bucket, Key: key })),
    );
    return answer.UploadId ?? '';
  }

  /** Stores one part; sent again under its number, the last one counts. */
  async putPart(key: string, upload: string, number: number, body: Uint8Array): Promise<void> {
    const part = { Bucket: this.#bucket, Key: key, UploadId: upload, PartNumber: number, Body: body };
    await this.#try(() => this.#client.send(new UploadPartCommand(part)));
  }

  /** True when browsers may put parts themselves. */
  get isPublic(): boolean {
    return this.#signer !== undefined;
  }

  /** Where a browser puts one part of exactly `size` bytes, for `seconds` from now. */
  async partAddress(key: string, upload: string, number: number, size: number, seconds: number): Promise<string> {
    const command = new UploadPartCommand({
      Bucket: this.#bucket,
      Key: key,
      UploadId: upload,
      PartNumber: number,
      ContentLength: size,
    });
    if (!this.#signer) throw new Error('Browsers do not reach this bucket');
    return getSignedUrl(
      this.#signer as Parameters<typeof getSignedUrl>[0],
      command as Parameters<typeof getSignedUrl>[1],
      {
        expiresIn: seconds,
        // Servers then refuse a part of another size.
        unhoistableHeaders: new Set(['content-length']),
        signableHeaders: new Set(['host', 'content-length']),
      },
    );
  }

  /**
   * Lets pages of this origin put parts, beside what the bucket allows already. False where the server's owner has to
   * say so.
   */
  async allowOrigin(origin: string): Promise<boolean> {
    const rule = { AllowedOrigins: [origin], AllowedMethods: ['PUT'], AllowedHeaders: ['*'], ExposeHeaders: ['ETag'] };
    try {
      const rules = await this.#corsRules();
      if (rules.some((one) => allowsPut(one, origin))) return true;
      const cors = { Bucket: this.#bucket, CORSConfiguration: { CORSRules: [...rules, rule] } };
      await this.#client.send(new PutBucketCorsCommand(cors));
      return true;
    } catch {
      return false;
    }
  }

  /** The parts there are, in order. */
  async parts(key: string, upload: string): Promise<Part[]> {
    const found: Part[] = [];
    let marker: string | undefined;
    do {
      const page = await this.#try(() =>
        this.#client.send(
          new ListPartsCommand({
            Bucket: this.#bucket,
            Key: key,
            UploadId: upload,
            ...(marker !== undefined && { PartNumberMarker: marker }),
          }),
        ),
      );
      for (const { PartNumber: number = 0, ETag: etag = '', Size: size = 0 } of page.Parts ?? [])
        found.push({ number, etag, size });
      marker = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
    } while (marker !== undefined);
    return found;
  }

  /** Makes the parts one object. An answer that was lost is found again by the object's size. */
  async complete(key: string, upload: string, parts: readonly Part[]): Promise<void> {
    const size = parts.reduce((sum, part) => sum + part.size, 0);
    const Parts = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag }));
    try {
      await this.#client.send(
        new CompleteMultipartUploadCommand({
          Bucket: this.#bucket,
          Key: key,
          UploadId: upload,
          MultipartUpload: { Parts },
        }),
      );
    } catch (error) {
      if (statusOf(error) === 404 && (await this.size(key)) === size) return;
      throw unavailable(error);
    }
  }

  /** Every multipart upload that is open. All keys, since some servers answer none for a prefix. */
  async *uploads(): AsyncGenerator<OpenUpload> {
    let marker: { readonly KeyMarker: string; readonly UploadIdMarker: string } | undefined;
    do {
      const page = await this.#try(() =>
        this.#client.send(new ListMultipartUploadsCommand({ Bucket: this.#bucket, ...marker })),
      );
      for (const { Key: key, UploadId: upload, Initiated: begunAt } of page.Uploads ?? [])
        if (key !== undefined && upload !== undefined && begunAt) yield { key, upload, begunAt };
      const { IsTruncated: more, NextKeyMarker: KeyMarker = '', NextUploadIdMarker: UploadIdMarker = '' } = page;
      marker = more === true && KeyMarker !== '' ? { KeyMarker, UploadIdMarker } : undefined;
    } while (marker !== undefined);
  }

  /** Drops an upload with its parts; harmless when it is gone. */
  async abort(key: string, upload: string): Promise<void> {
    const gone = { Bucket: this.#bucket, Key: key, UploadId: upload };
    await this.#unless404(() => this.#client.send(new AbortMultipartUploadCommand(gone)));
  }

  async #corsRules(): Promise<CORSRule[]> {
    try {
      return (await this.#client.send(new GetBucketCorsCommand({ Bucket: this.#bucket }))).CORSRules ?? [];
    } catch (error) {
      // No rules were ever set.
      if (statusOf(error) === 404) return [];
      throw error;
    }
  }

  async #unless404<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw unavailable(error);
    }
  }

  async #try<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw unavailable(error);
    }
  }
}

function allowsPut({ AllowedOrigins: origins = [], AllowedMethods: methods = [] }: CORSRule, origin: string): boolean {
  return methods.includes('PUT') && (origins.includes(origin) || origins.includes('*'));
}

/** By status and not by name: answers to HEAD have no body that could name the error. */
function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

function reasonOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : 'the server does not answer';
}

function unavailable(error: unknown): DomainError {
  return new DomainError(
    'unavailable',
    'storage.unavailable',
    `The store of files does not answer as it should (${reasonOf(error)}). What arrived so far is kept.`,
  );
}
