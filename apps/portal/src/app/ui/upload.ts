import { signal } from '@angular/core';
import { DetailedError, Upload as TusUpload } from 'tus-js-client';
import { problemOf } from '../api/problem';
import type { TicketWritten } from '../api/types';

export type UploadState = 'waiting' | 'sending' | 'paused' | 'lost' | 'attaching' | 'done' | 'failed';

const RETRY_MS = [0, 1_000, 3_000, 5_000];
const LOST_RETRY_MS = 5_000;
/** The rate is an average over the last seconds, so that it can be read. */
const RATE_WINDOW_MS = 4_000;

/** What the upload needs to know of where it goes. */
export interface UploadTarget {
  readonly ticket: string;
  /** Links the finished upload to the ticket; a repeat with the same id must be harmless. */
  attach(uploadId: string): Promise<TicketWritten>;
  attached(written: TicketWritten): void;
}

/** One file on its way: sent by tus, resumed by itself, then attached to the ticket. */
export class Upload {
  readonly #state = signal<UploadState>('waiting');
  readonly #sent = signal(0);
  readonly #rate = signal<number | undefined>(undefined);
  readonly #failure = signal<string | undefined>(undefined);
  readonly #written = signal<TicketWritten | undefined>(undefined);
  readonly state = this.#state.asReadonly();
  /** Bytes that left this device. */
  readonly sent = this.#sent.asReadonly();
  /** Bytes per second; unknown in the first moments. */
  readonly rate = this.#rate.asReadonly();
  readonly failure = this.#failure.asReadonly();
  readonly written = this.#written.asReadonly();
  readonly #tus: TusUpload;
  #samples: { readonly at: number; readonly sent: number }[] = [];
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly file: File,
    private readonly target: UploadTarget,
  ) {
    this.#tus = new TusUpload(file, {
      endpoint: '/api/uploads',
      headers: { 'X-Casebook': '1' },
      metadata: { filename: file.name, filetype: file.type || 'application/octet-stream' },
      retryDelays: RETRY_MS,
      removeFingerprintOnSuccess: true,
      fingerprint: () =>
        Promise.resolve(['casebook', target.ticket, file.name, file.size, file.lastModified].join('/')),
      onProgress: (sent) => {
        this.#progress(sent);
      },
      onSuccess: () => void this.#attach(),
      onError: (error) => {
        this.#fail(error);
      },
    });
  }

  /** Begins, or goes on where an earlier try of the same file stopped, even before a reload. */
  async start(): Promise<void> {
    const [earlier] = this.#tus.url === null ? await this.#tus.findPreviousUploads() : [];
    if (earlier) this.#tus.resumeFromPreviousUpload(earlier);
    this.resume();
  }

  resume(): void {
    clearTimeout(this.#again);
    this.#failure.set(undefined);
    this.#samples = [];
    if (this.#finished()) {
      void this.#attach();
      return;
    }
    this.#state.set('sending');
    this.#tus.start();
  }

  pause(): void {
    clearTimeout(this.#again);
    this.#state.set('paused');
    this.#rate.set(undefined);
    void this.#tus.abort();
  }

  /** Gives up: what was sent so far is thrown away. */
  cancel(): void {
    clearTimeout(this.#again);
    this.#tus.abort(true).catch(() => undefined);
  }

  /** Stops without losing what was sent, as when the page is left. */
  leave(): void {
    clearTimeout(this.#again);
    if (this.#state() === 'sending') void this.#tus.abort();
  }

  #finished(): boolean {
    return this.#tus.url !== null && this.file.size > 0 && this.#sent() >= this.file.size;
  }

  #progress(sent: number): void {
    const now = Date.now();
    this.#sent.set(sent);
    this.#samples = [...this.#samples.filter(({ at }) => now - at < RATE_WINDOW_MS), { at: now, sent }];
    const first = this.#samples[0];
    if (first && now - first.at >= 500) this.#rate.set(Math.max(0, ((sent - first.sent) / (now - first.at)) * 1000));
  }

  async #attach(): Promise<void> {
    this.#state.set('attaching');
    try {
      const written = await this.target.attach(this.#tus.url?.split('/').at(-1) ?? '');
      this.#written.set(written);
      this.#state.set('done');
      this.target.attached(written);
    } catch (error) {
      this.#failure.set(problemOf(error).detail);
      this.#state.set('failed');
    }
  }

  #fail(error: Error): void {
    if (this.#state() === 'paused') return;
    const answer = error instanceof DetailedError ? error.originalResponse : undefined;
    this.#rate.set(undefined);
    if (!answer) {
      this.#state.set('lost');
      this.#again = setTimeout(() => {
        this.resume();
      }, LOST_RETRY_MS);
      return;
    }
    this.#failure.set(reasonOf(answer.getStatus(), answer.getBody()));
    this.#state.set('failed');
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
