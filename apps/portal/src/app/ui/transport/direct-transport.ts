import type { ApiClient } from '../../api/api-client';
import { problemOf } from '../../api/problem';
import type { DirectUpload } from '../../api/types';
import { CHUNK_BYTES, importKey, sealChunks } from './seal';
import type { Transport, TransportEvents } from './transport';

/** Parts on their way at once: enough to fill a line, few enough to stay small in memory. */
const AT_ONCE = 3;
/** Addresses asked for at once. */
const ADDRESSES = 12;
const RETRY_MS = [1_000, 3_000, 5_000];

/** The line broke. */
class PartLost extends Error {}
/** The store of files said no. */
class PartRefused extends Error {}

/**
 * A large file straight into the store of files: sealed here chunk by chunk, put part by part by addresses that the
 * portal signs, then checked by the portal. Goes on after a reload with the parts that are there.
 */
export class DirectTransport implements Transport {
  #upload: DirectUpload | undefined;
  #stop = new AbortController();
  readonly #sent = new Map<number, number>();
  readonly #addresses = new Map<number, string>();
  readonly #storageKey: string;

  constructor(
    private readonly file: File,
    key: string,
    private readonly events: TransportEvents,
    private readonly api: ApiClient,
  ) {
    this.#storageKey = `casebook.direct/${key}`;
  }

  get id(): string | undefined {
    return this.#upload?.id;
  }

  async start(): Promise<void> {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    try {
      const upload = await this.#open();
      await this.#sendParts(upload, signal);
      await this.#complete(upload, signal);
      localStorage.removeItem(this.#storageKey);
      this.events.arrived();
    } catch (error) {
      if (!signal.aborted) this.#tell(error);
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  cancel(): void {
    this.#stop.abort();
    localStorage.removeItem(this.#storageKey);
    if (this.#upload) void this.api.cancelDirectUpload(this.#upload.id).catch(() => undefined);
  }

  /** Goes on with what this browser began, or begins. */
  async #open(): Promise<DirectUpload> {
    const known = this.#upload?.id ?? localStorage.getItem(this.#storageKey);
    if (known !== null) {
      try {
        return this.#take(await this.api.resumeDirectUpload(known));
      } catch (error) {
        if (problemOf(error).status !== 404) throw error;
      }
    }
    const { name, type, size } = this.file;
    const upload = this.#take(await this.api.beginDirectUpload(name, type, size));
    localStorage.setItem(this.#storageKey, upload.id);
    return upload;
  }

  #take(upload: DirectUpload): DirectUpload {
    this.#upload = upload;
    this.#sent.clear();
    this.#addresses.clear();
    for (const number of upload.have) this.#sent.set(number, this.#plainOf(upload, number).size);
    this.#progress();
    return upload;
  }

  async #sendParts(upload: DirectUpload, signal: AbortSignal): Promise<void> {
    const key = await importKey(upload.key);
    const count = Math.ceil(upload.size / (upload.partChunks * CHUNK_BYTES));
    const waiting = Array.from({ length: count }, (_, at) => at + 1).filter((number) => !upload.have.includes(number));
    const worker = async () => {
      for (let number = waiting.shift(); number !== undefined; number = waiting.shift()) {
        await this.#sendPart(upload, key, number, waiting, signal);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  async #sendPart(
    upload: DirectUpload,
    key: CryptoKey,
    number: number,
    waiting: readonly number[],
    signal: AbortSignal,
  ): Promise<void> {
    const plain = await this.#plainOf(upload, number).arrayBuffer();
    const sealed = new Blob(await sealChunks(key, upload, (number - 1) * upload.partChunks, plain));
    for (let attempt = 0; ; attempt++) {
      signal.throwIfAborted();
      try {
        const url = await this.#addressOf(upload, number, waiting);
        await this.#put(url, sealed, number, plain.byteLength, signal);
        return;
      } catch (error) {
        // An address may have run out; the next try asks for another one.
        this.#addresses.delete(number);
        this.#sent.delete(number);
        const delay = RETRY_MS[attempt];
        if (signal.aborted || delay === undefined) throw error;
        await new Promise((resolve) => setTimeout(resolve, delay));
      }
    }
  }

  async #addressOf(upload: DirectUpload, number: number, waiting: readonly number[]): Promise<string> {
    const known = this.#addresses.get(number);
    if (known !== undefined) return known;
    const wanted = [number, ...waiting.filter((one) => !this.#addresses.has(one)).slice(0, ADDRESSES - 1)];
    const { items } = await this.api.directUploadAddresses(upload.id, wanted);
    for (const item of items) this.#addresses.set(item.number, item.url);
    return this.#addresses.get(number) ?? '';
  }

  /** By XMLHttpRequest, which tells how much has left. */
  #put(url: string, body: Blob, number: number, plainBytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const abort = () => {
        request.abort();
      };
      signal.addEventListener('abort', abort, { once: true });
      request.upload.onprogress = ({ loaded }) => {
        this.#sent.set(number, Math.min(loaded, plainBytes));
        this.#progress();
      };
      request.onload = () => {
        if (request.status !== 200) {
          reject(new PartRefused(`The store of files did not take a part (${request.status}).`));
          return;
        }
        this.#sent.set(number, plainBytes);
        this.#progress();
        resolve();
      };
      request.onerror = () => {
        reject(new PartLost());
      };
      request.onabort = request.onerror;
      request.onloadend = () => {
        signal.removeEventListener('abort', abort);
      };
      request.open('PUT', url);
      request.send(body);
    });
  }

  async #complete(upload: DirectUpload, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const { state } = await this.api.completeDirectUpload(upload.id);
      if (state === 'done') return;
    }
  }

  #plainOf({ partChunks }: DirectUpload, number: number): Blob {
    const bytes = partChunks * CHUNK_BYTES;
    return this.file.slice((number - 1) * bytes, number * bytes);
  }

  #progress(): void {
    this.events.progress([...this.#sent.values()].reduce((sum, bytes) => sum + bytes, 0));
  }

  #tell(error: unknown): void {
    // Whatever else was on its way has no sense any more.
    this.#stop.abort();
    const { status, code, detail } = problemOf(error);
    if (code === 'upload.damaged') localStorage.removeItem(this.#storageKey);
    if (error instanceof PartRefused) this.events.failed(error.message);
    else if (status === 0) this.events.lost();
    else this.events.failed(detail);
  }
}
