import Bunzip from 'seek-bzip';

/** The compressed bytes; reading past their end is an error, not an endless row of zeros. */
class Source extends Bunzip.Stream {
  private position = 0;

  constructor(private readonly bytes: Buffer) {
    super();
  }

  get atEnd(): boolean {
    return this.position >= this.bytes.length;
  }

  readByte(): number {
    const byte = this.bytes[this.position];
    if (byte === undefined) throw new RangeError('Unexpected end of bzip2 data');
    this.position += 1;
    return byte;
  }
}

class Sink {
  private buffer = Buffer.allocUnsafe(1024 * 1024);
  private length = 0;

  /** A block of 900 kB may expand 50 times more by its run lengths: `limit` stops it while it is being written. */
  constructor(private readonly limit: (length: number) => void) {}

  writeByte(byte: number): void {
    if (this.length === this.buffer.length) {
      this.limit(this.length);
      const larger = Buffer.allocUnsafe(this.buffer.length * 2);
      this.buffer.copy(larger);
      this.buffer = larger;
    }
    this.buffer[this.length] = byte;
    this.length += 1;
  }

  take(): Buffer {
    const chunk = Buffer.from(this.buffer.subarray(0, this.length));
    this.length = 0;
    return chunk;
  }
}

/**
 * Expands bzip2 data (also several streams in a row) block by block; checks the sums of blocks and streams.
 * `limit` is asked while a block grows and may throw.
 */
export function* bunzip(bytes: Buffer, limit: (pending: number) => void): Generator<Buffer> {
  const source = new Source(bytes);
  const sink = new Sink(limit);
  do {
    const stream = new Bunzip(source, sink);
    while (stream._init_block()) {
      stream._read_bunzip();
      yield sink.take();
    }
    if (stream.reader.read(32) >>> 0 !== stream.streamCRC >>> 0) throw new RangeError('Bad bzip2 stream sum');
  } while (!source.atEnd);
}
