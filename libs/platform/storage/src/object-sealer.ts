import { CHUNK_BYTES, sealChunk } from './sealed-chunk';

/** Where a sealer stands: chunks sealed so far, and the plain bytes that do not fill one yet (up to a whole chunk). */
export interface SealerState {
  readonly chunks: number;
  readonly rest: Buffer;
}

/** Turns plain bytes into sealed chunks. Holds a full chunk back until it knows that more follows. */
export class ObjectSealer {
  private readonly buffer = Buffer.alloc(CHUNK_BYTES);
  private filled = 0;
  private chunks = 0;

  constructor(
    private readonly key: Buffer,
    private readonly objectName: string,
    private readonly session: number,
    from?: SealerState,
  ) {
    if (!from) return;
    this.chunks = from.chunks;
    this.filled = from.rest.copy(this.buffer);
  }

  /** The chunks that these bytes complete. */
  push(bytes: Uint8Array): Buffer[] {
    const sealed: Buffer[] = [];
    for (let done = 0; done < bytes.length;) {
      if (this.filled === CHUNK_BYTES) sealed.push(this.seal(false));
      const part = bytes.subarray(done, done + CHUNK_BYTES - this.filled);
      this.buffer.set(part, this.filled);
      this.filled += part.length;
      done += part.length;
    }
    return sealed;
  }

  /** The last chunk. Nothing may be pushed after it. */
  last(): Buffer {
    return this.seal(true);
  }

  state(): SealerState {
    return { chunks: this.chunks, rest: this.buffer.subarray(0, this.filled) };
  }

  private seal(last: boolean): Buffer {
    const place = { objectName: this.objectName, index: this.chunks, last };
    const sealed = sealChunk(this.key, place, this.session, this.buffer.subarray(0, this.filled));
    this.chunks++;
    this.filled = 0;
    return sealed;
  }
}
