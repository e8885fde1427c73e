import { Readable } from 'node:stream';
import { create as contentDisposition } from 'content-disposition';
import type { FastifyReply } from 'fastify';
import { normaliseContentType, normaliseFileName } from './file-name';
import type { SealedObjects, StoredObject } from './sealed-objects';

/** A stored object and what it is called; the name is null once it was erased. */
export interface DownloadableFile extends StoredObject {
  readonly fileName: string | null;
  readonly contentType: string;
}

/** An answer to a download request. `body` is absent when nothing is sent; destroy it when it is not sent after all. */
export interface Download {
  readonly status: 200 | 206 | 416;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Readable;
}

/**
 * Prepares the download of a file, whole or the one range asked for. The first bytes are verified before it answers.
 * Several ranges, other units and a stale `If-Range` get the whole file. Throws like SealedObjects.read.
 */
export async function openDownload(
  objects: SealedObjects,
  file: DownloadableFile,
  request: { readonly range?: string | undefined; readonly ifRange?: string | undefined } = {},
): Promise<Download> {
  const etag = `"${file.sha256}"`;
  const asked = request.ifRange === undefined || request.ifRange === etag ? request.range : undefined;
  const range = parseRange(asked, file.size);
  const headers = {
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-store',
    'content-security-policy': "sandbox; default-src 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
  };
  if (range === 'unsatisfiable')
    return { status: 416, headers: { ...headers, 'content-range': `bytes */${file.size}`, 'content-length': '0' } };
  const { start, end } = range ?? { start: 0, end: file.size };
  return {
    status: range ? 206 : 200,
    headers: {
      ...headers,
      'content-disposition': contentDisposition(normaliseFileName(file.fileName)),
      'content-length': String(end - start),
      'content-type': normaliseContentType(file.contentType),
      etag,
      ...(range && { 'content-range': `bytes ${start}-${end - 1}/${file.size}` }),
    },
    body: await verifiedStart(objects.read(file, start, end)),
  };
}

/** Sends a prepared download. */
export async function serveObject(reply: FastifyReply, download: Download): Promise<FastifyReply> {
  return reply.code(download.status).headers(download.headers).send(download.body);
}

/** The single range of a Range header; undefined when the whole is to be sent. */
export function parseRange(
  header: string | undefined,
  size: number,
): { readonly start: number; readonly end: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header ?? '');
  if (!match) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const start = Math.max(size - Number(last), 0);
    return start < size ? { start, end: size } : 'unsatisfiable';
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return undefined;
  if (start >= size) return 'unsatisfiable';
  return { start, end: last === '' ? size : Math.min(Number(last) + 1, size) };
}

/** Waits for the first bytes, so that a damaged object is an error and not half an answer. */
async function verifiedStart(source: AsyncGenerator<Buffer, void>): Promise<Readable> {
  const first = await source.next();
  async function* all(): AsyncGenerator<Buffer, void> {
    try {
      if (first.done === true) return;
      yield first.value;
      yield* source;
    } finally {
      await source.return();
    }
  }
  return Readable.from(all(), { objectMode: false });
}
