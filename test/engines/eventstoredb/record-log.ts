import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';

/** An event as a client proposes it. */
export interface Proposed {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Buffer;
  readonly metadata: Buffer;
}

/** An event in the log. `position` is where its record begins; commit and prepare position are the same here. */
export interface Recorded extends Proposed {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  /** Milliseconds. */
  readonly created: number;
}

export type Expected = number | 'no_stream' | 'any' | 'stream_exists';

export type Outcome =
  | { readonly result: 'written'; readonly revision: number; readonly position: number }
  | { readonly result: 'wrong-revision'; readonly current: number | undefined }
  | { readonly result: 'deleted' };

interface Stream {
  readonly events: Recorded[];
  /** Events below this revision were deleted softly. */
  begin: number;
  tombstoned: boolean;
}

type Line =
  | { readonly write: string; readonly events: readonly StoredLine[]; readonly created: number }
  | { readonly delete: string }
  | { readonly tombstone: string };
type StoredLine = readonly [id: string, type: string, contentType: string, data: string, metadata: string];

/** Where the first record begins, and what a record needs besides its texts. */
const FIRST_POSITION = 1_000;
const RECORD_BYTES = 80;

/**
 * The log of the protocol server, in memory and, when it has a file, there too: one line for each append, so that a
 * killed process leaves all of an append or nothing.
 */
export class RecordLog {
  readonly all: Recorded[] = [];
  readonly #streams = new Map<string, Stream>();
  /** Ids written since the process began: all that ANY and STREAM_EXISTS know of repeats. */
  readonly #recent = new Map<string, Recorded>();
  readonly #listeners = new Set<() => void>();
  readonly #file: number | undefined;
  #next = FIRST_POSITION;

  constructor(file?: string) {
    if (file === undefined) return;
    const length = existsSync(file) ? this.#replay(readFileSync(file)) : 0;
    this.#file = openSync(file, 'a+');
    ftruncateSync(this.#file, length);
    this.#recent.clear();
  }

  append(stream: string, events: readonly Proposed[], expected: Expected): Outcome {
    const target = this.#streams.get(stream);
    if (target?.tombstoned) return { result: 'deleted' };
    const head = target ? target.events.length - 1 : -1;
    if (expected === 'any' || expected === 'stream_exists') {
      if (expected === 'stream_exists' && head < 0) return { result: 'wrong-revision', current: undefined };
      const repeated = this.#repeatedRecently(stream, events);
      return repeated === 'new' ? this.#write(stream, events) : (repeated ?? wrong(head));
    }
    const after = expected === 'no_stream' ? -1 : expected;
    if (after === head) return this.#write(stream, events);
    const repeated = after < head ? this.#repeatedAt(target, events, after + 1) : undefined;
    if (repeated) return repeated;
    const softlyDeleted = target !== undefined && target.begin === target.events.length;
    if (expected === 'no_stream' && softlyDeleted) return this.#write(stream, events);
    return wrong(head);
  }

  /** The readable events of a stream; undefined when there is none (any more). */
  read(stream: string): readonly Recorded[] | 'deleted' | undefined {
    const found = this.#streams.get(stream);
    if (found?.tombstoned) return 'deleted';
    if (!found || found.begin === found.events.length) return undefined;
    return found.events.slice(found.begin);
  }

  delete(stream: string): void {
    this.#keep({ delete: stream });
    this.#apply({ delete: stream });
  }

  tombstone(stream: string): void {
    this.#keep({ tombstone: stream });
    this.#apply({ tombstone: stream });
  }

  /** The index in `all` of the first event at or after a position. `exact` is false inside a record. */
  indexAt(position: number): { index: number; exact: boolean } {
    let low = 0;
    let high = this.all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.all[middle]!.position < position) low = middle + 1;
      else high = middle;
    }
    return { index: low, exact: this.all[low]?.position === position || position >= this.#next };
  }

  /** Calls back once, after the next append. Answers how to take that back. */
  onceWritten(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }

  #write(stream: string, events: readonly Proposed[]): Outcome {
    const line: Line = {
      write: stream,
      events: events.map(({ id, type, contentType, data, metadata }) => [
        id,
        type,
        contentType,
        data.toString('base64'),
        metadata.toString('base64'),
      ]),
      created: Date.now(),
    };
    this.#keep(line);
    this.#apply(line);
    const { revision, position } = this.#streams.get(stream)!.events.at(-1)!;
    return { result: 'written', revision, position };
  }

  #keep(line: Line): void {
    if (this.#file !== undefined) writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }

  #replay(bytes: Buffer): number {
    const length = bytes.lastIndexOf('\n') + 1;
    for (const line of bytes.toString('utf8', 0, length).split('\n')) {
      if (line !== '') this.#apply(JSON.parse(line) as Line);
    }
    return length;
  }

  #apply(line: Line): void {
    if ('delete' in line) {
      const stream = this.#stream(line.delete);
      stream.begin = stream.events.length;
    } else if ('tombstone' in line) {
      this.#stream(line.tombstone).tombstoned = true;
    } else {
      for (const [id, type, contentType, data, metadata] of line.events) {
        const proposed = {
          id,
          type,
          contentType,
          data: Buffer.from(data, 'base64'),
          metadata: Buffer.from(metadata, 'base64'),
        };
        this.#record(line.write, proposed, line.created);
      }
    }
    for (const listener of [...this.#listeners]) {
      this.#listeners.delete(listener);
      listener();
    }
  }

  #record(name: string, proposed: Proposed, created: number): void {
    const stream = this.#stream(name);
    const recorded = { ...proposed, stream: name, revision: stream.events.length, position: this.#next, created };
    this.#next += RECORD_BYTES + name.length + proposed.data.length + proposed.metadata.length;
    stream.events.push(recorded);
    this.all.push(recorded);
    this.#recent.set(`${name} ${proposed.id}`, recorded);
  }

  #stream(name: string): Stream {
    let stream = this.#streams.get(name);
    if (!stream) this.#streams.set(name, (stream = { events: [], begin: 0, tombstoned: false }));
    return stream;
  }

  #repeatedAt(stream: Stream | undefined, events: readonly Proposed[], first: number): Outcome | undefined {
    for (const [index, { id }] of events.entries()) {
      if (stream?.events[first + index]?.id !== id) return undefined;
    }
    const last = stream?.events[first + events.length - 1];
    return last && { result: 'written', revision: last.revision, position: last.position };
  }

  /** `new` when the first id is unknown; undefined when some are known and some are not. */
  #repeatedRecently(stream: string, events: readonly Proposed[]): Outcome | 'new' | undefined {
    let last: Recorded | undefined;
    for (const [index, { id }] of events.entries()) {
      const known = this.#recent.get(`${stream} ${id}`);
      if (!known) return index === 0 ? 'new' : undefined;
      last = known;
    }
    return last ? { result: 'written', revision: last.revision, position: last.position } : 'new';
  }
}

function wrong(head: number): Outcome {
  return { result: 'wrong-revision', current: head < 0 ? undefined : head };
}
