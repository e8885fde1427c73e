import { DetailedError, Upload as TusUpload } from 'tus-js-client';
import type { Transport, TransportEvents } from './transport';

const RETRY_MS = [0, 1_000, 3_000, 5_000];

/** A file through the portal, by tus. */
export class TusTransport implements Transport {
  readonly #tus: TusUpload;
  #stop = new AbortController();

  constructor(file: File, key: string, events: TransportEvents) {
    this.#tus = new TusUpload(file, {
      endpoint: '/api/uploads',
      headers: { 'X-Casebook': '1' },
      metadata: { filename: file.name, filetype: file.type || 'application/octet-stream' },
      retryDelays: RETRY_MS,
      removeFingerprintOnSuccess: true,
      fingerprint: () => Promise.resolve(key),
      onProgress: (sent) => {
        events.progress(sent);
      },
      onSuccess: () => {
        events.arrived();
      },
      onError: (error) => {
        const answer = error instanceof DetailedError ? error.originalResponse : undefined;
        if (this.#stop.signal.aborted) return;
        if (answer) events.failed(reasonOf(answer.getStatus(), answer.getBody()));
        else events.lost();
      },
    });
  }

  get id(): string | undefined {
    return this.#tus.url?.split('/').at(-1);
  }

  async start(): Promise<void> {
    const { signal } = (this.#stop = new AbortController());
    const [earlier] = this.#tus.url === null ? await this.#tus.findPreviousUploads() : [];
    if (earlier) this.#tus.resumeFromPreviousUpload(earlier);
    if (!signal.aborted) this.#tus.start();
  }

  stop(): void {
    this.#stop.abort();
    void this.#tus.abort();
  }

  cancel(): void {
    this.#stop.abort();
    this.#tus.abort(true).catch(() => undefined);
  }
}

function reasonOf(status: number, body: string): string {
  try {
    const { detail } = JSON.parse(body) as { detail?: unknown };
    if (typeof detail === 'string') return detail;
  } catch {
    // Not a problem document: a proxy answered.
  }
  return status === 401
    ? 'Your session ended. Sign in again, then choose the file again; it goes on where it was.'
    : `The file was not taken (${status}). Try again.`;
}
