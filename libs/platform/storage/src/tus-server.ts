import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { problemOf, type Problem } from '@casebook/http';
import { DomainError } from '@casebook/kernel';
import { Server } from '@tus/server';
import { NodeRequest, sendNodeResponse } from 'srvx/node';
import { TusStore, type UploadCaller } from './tus-store';
import { Uploads, type FinishedUpload, type UploadsOptions } from './uploads';

export interface TusServerOptions extends UploadsOptions {
  /** Where it is mounted: `/api/uploads`. */
  readonly path: string;
}

/** Resumable uploads (tus 1.0.0) of people who are signed in; see docs/attachments.md. */
export interface TusServer {
  readonly path: string;
  /** See Uploads.finished. */
  finishedUpload(uploadId: string, owner: string, usedBy?: string): Promise<FinishedUpload>;
  /** See Uploads.sweep and Uploads.sweepOrphans. To be called now and then. */
  sweep(isReferenced: (objectName: string) => Promise<boolean>): Promise<number>;
  sweepOrphans(isReferenced: (objectName: string) => Promise<boolean>): Promise<number>;
  /** Answers one request of the person; answers the error when that was our own fault. */
  handle(personId: string, requestId: string, request: IncomingMessage, response: ServerResponse): Promise<unknown>;
}

/** A second request for an upload waits at most this long for the first to put its bytes away. */
const DRAIN_MS = 1_000;

/** What the tus server itself answers, as stable codes. */
const CODES: Readonly<Record<number, string>> = {
  403: 'upload.header-missing',
  404: 'upload.missing',
  409: 'upload.offset',
  410: 'upload.expired',
  412: 'upload.protocol',
  413: 'upload.too-large',
  501: 'upload.unsupported',
};

export function createTusServer(options: TusServerOptions): TusServer {
  const uploads = new Uploads(options);
  const callers = new AsyncLocalStorage<UploadCaller>();
  const tus = new Server({
    path: options.path,
    datastore: new TusStore(uploads, callers),
    relativeLocation: true,
    namingFunction: () => Uploads.newId(),
    allowedOrigins: () => false,
    lockDrainTimeout: DRAIN_MS,
    disableTerminationForFinishedUploads: true,
    onResponseError: (_request, error) => {
      const caller = callers.getStore();
      if (caller) caller.error = error;
      return undefined;
    },
  });
  return {
    path: options.path,
    finishedUpload: (id, owner, usedBy) => uploads.finished(id, owner, usedBy),
    sweep: (isReferenced) => uploads.sweep(isReferenced),
    sweepOrphans: (isReferenced) => uploads.sweepOrphans(isReferenced),
    handle: (personId, requestId, request, response) => {
      const caller: UploadCaller = { personId };
      return callers.run(caller, async () => {
        const answer = await tus.handleWeb(new NodeRequest({ req: request, res: response }));
        const shaped = shape(answer, caller.error, requestId);
        await sendNodeResponse(response, shaped);
        return shaped.status === 500 ? caller.error : undefined;
      });
    },
  };
}

/** The tus server's answer without any word of CORS, and with its errors as problem details. */
function shape(answer: Response, error: unknown, requestId: string): Response {
  const headers = new Headers(answer.headers);
  for (const name of [...headers.keys()]) if (name.startsWith('access-control-')) headers.delete(name);
  headers.set('x-content-type-options', 'nosniff');
  if (answer.status < 400) return new Response(answer.body, { status: answer.status, headers });
  const problem = toProblem(answer.status, error, requestId);
  headers.delete('content-length');
  headers.set('content-type', 'application/problem+json; charset=utf-8');
  headers.set('cache-control', 'no-store');
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}

function toProblem(status: number, error: unknown, requestId: string): Problem {
  if (error instanceof DomainError) return problemOf(error, requestId);
  const known = error === undefined || (typeof error === 'object' && error !== null && 'status_code' in error);
  if (!known || status === 500) return problemOf(error, requestId);
  const code = CODES[status] ?? 'upload.invalid';
  return {
    type: `about:blank#${code}`,
    title: 'The upload cannot go on like this',
    status,
    code,
    detail:
      'The request does not fit the tus protocol, or the upload is not there. Ask for its offset (HEAD), or begin anew.',
    correlationId: requestId,
  };
}
