import { inject, Injectable } from '@angular/core';
import { ApiClient } from '../../api/api-client';
import { DirectTransport } from './direct-transport';
import type { Transport, TransportEvents } from './transport';
import { TusTransport } from './tus-transport';

/** Below this nobody asks whether there is another way. */
const LARGE_BYTES = 8 * 1024 * 1024;

/** Which way a file goes: large ones straight to the store of files where that is offered, all others through the portal. */
@Injectable({ providedIn: 'root' })
export class Transports {
  readonly #api = inject(ApiClient);
  #offer: Promise<{ readonly offered: boolean; readonly leastBytes: number }> | undefined;

  for(file: File, key: string, events: TransportEvents): Transport {
    const tus = new TusTransport(file, key, events);
    if (file.size < LARGE_BYTES) return tus;
    return new ChosenTransport(tus, new DirectTransport(file, key, events, this.#api), () =>
      this.#goesDirect(file.size),
    );
  }

  async #goesDirect(size: number): Promise<boolean> {
    if (!canSeal()) return false;
    this.#offer ??= this.#api.directUploads();
    try {
      const { offered, leastBytes } = await this.#offer;
      return offered && size >= leastBytes;
    } catch {
      this.#offer = undefined;
      return false;
    }
  }
}

/** Browsers seal in secure contexts alone: https, or this machine. */
function canSeal(): boolean {
  return (globalThis.crypto as Partial<Crypto> | undefined)?.subtle !== undefined;
}

/** Chooses when it starts; what was begun one way goes on that way. */
class ChosenTransport implements Transport {
  #chosen: Transport | undefined;
  #stop = new AbortController();

  constructor(
    private readonly tus: Transport,
    private readonly direct: Transport,
    private readonly goesDirect: () => Promise<boolean>,
  ) {}

  get id(): string | undefined {
    return this.#chosen?.id;
  }

  async start(): Promise<void> {
    const { signal } = (this.#stop = new AbortController());
    this.#chosen ??= (await this.goesDirect()) ? this.direct : this.tus;
    if (!signal.aborted) await this.#chosen.start();
  }

  stop(): void {
    this.#stop.abort();
    this.#chosen?.stop();
  }

  cancel(): void {
    this.#stop.abort();
    this.#chosen?.cancel();
  }
}
