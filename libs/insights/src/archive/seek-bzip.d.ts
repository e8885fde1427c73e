declare module 'seek-bzip' {
  interface ByteSource {
    readByte(): number;
    read(buffer: Uint8Array, offset: number, length: number): number;
  }
  interface ByteSink {
    writeByte(byte: number): void;
  }
  /** The decoder block by block: what the package's own `decode` does in a loop. */
  class Bunzip {
    constructor(input: ByteSource, output: ByteSink);
    readonly reader: { read(bits: number): number };
    readonly streamCRC: number;
    /** False when the stream's end mark was read. */
    _init_block(): boolean;
    _read_bunzip(): number;
  }
  namespace Bunzip {
    class Stream {
      read(buffer: Uint8Array, offset: number, length: number): number;
    }
  }
  export = Bunzip;
}
