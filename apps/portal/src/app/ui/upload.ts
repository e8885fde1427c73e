import { signal } from '@angular/core';
import { problemOf } from '../api/problem';
import type { TicketWritten } from '../api/types';
import type { Transport, TransportMaker } from './transport/transport';

export type UploadState = 'waiting' | 'sending' | 'paused' | 'lost' | 'attaching' | 'done' | 'failed';

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

/** One file on its way: sent, resumed by itself, then attached to the ticket. */
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
  readonly #transport: Transport;
  #samples: { readonly at: number; readonly sent: number }[] = [];
  #arrived = false;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly file: File,
    private readonly target: UploadTarget,
    transport: TransportMaker,
  ) {
    const key = ['casebook', target.ticket, file.name, file.size, file.lastModified].join('/');
    this.#transport = transport(file, key, {
      progress: (sent) => {
        this.#progress(sent);
      },
      arrived: () => void this.#attach(),
      lost: () => {
        this.#lose();
      },
      failed: (reason) => {
        this.#fail(reason);
      },
    });
  }

  /** Begins, or goes on where an earlier try of the same file stopped, even before a reload. */
  resume(): void {
    clearTimeout(this.#again);
    this.#failure.set(undefined);
    this.#samples = [];
    if (this.#arrived) {
      void this.#attach();
      return;
    }
    this.#state.set('sending');
    void this.#transport.start();
  }

  pause(): void {
    clearTimeout(this.#again);
    this.#state.set('paused');
    this.#rate.set(undefined);
    this.#transport.stop();
  }

  /** Gives up: what was sent so far is thrown away. */
  cancel(): void {
    clearTimeout(this.#again);
    this.#transport.cancel();
  }

  /** Stops without losing what was sent, as when the page is left. */
  leave(): void {
    clearTimeout(this.#again);
    if (this.#state() === 'sending') this.#transport.stop();
  }

  #progress(sent: number): void {
    const now = Date.now();
    this.#sent.set(sent);
    this.#samples = [...this.#samples.filter(({ at }) => now - at < RATE_WINDOW_MS), { at: now, sent }];
    const first = this.#samples[0];
    if (first && now - first.at >= 500) this.#rate.set(Math.max(0, ((sent - first.sent) / (now - first.at)) * 1000));
  }

  async #attach(): Promise<void> {
    this.#arrived = true;
    this.#state.set('attaching');
    try {
      const written = await this.target.attach(this.#transport.id ?? '');
      this.#written.set(written);
      this.#state.set('done');
      this.target.attached(written);
    } catch (error) {
      this.#failure.set(problemOf(error).detail);
      this.#state.set('failed');
    }
  }

  #lose(): void {
    this.#rate.set(undefined);
    this.#state.set('lost');
    this.#again = setTimeout(() => {
      this.resume();
    }, LOST_RETRY_MS);
  }

  #fail(reason: string): void {
    this.#rate.set(undefined);
    this.#failure.set(reason);
    this.#state.set('failed');
  }
}
