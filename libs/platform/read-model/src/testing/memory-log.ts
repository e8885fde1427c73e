import type { Position, RecordedEvent } from '@casebook/kernel';
import type { EventLog } from '@casebook/event-store/event-log';

/** A log in memory for specs of the read side: events are added as they are, and failures on demand. */
export class MemoryLog implements EventLog {
  readonly events: RecordedEvent[] = [];
  /** Thrown by the next read of a page or a batch. */
  failure: Error | undefined;
  /** Ends the running subscription without a word, once. */
  cleanEnd = false;
  /** Pages and batches handed out so far. */
  reads = 0;
  private readonly revisions = new Map<string, number>();
  private readonly wakeUps = new Set<() => void>();

  constructor(private readonly known: (type: string) => boolean = () => true) {}

  /** Adds one event and answers it. */
  add(stream: string, type: string, data: unknown = {}, time = '2026-01-01T00:00:00.000Z'): RecordedEvent {
    const revision = this.revisions.get(stream) ?? 0;
    this.revisions.set(stream, revision + 1);
    const id = `event-${this.events.length + 1}`;
    const metadata = { actor: 'system:spec', correlationId: id, causationId: id, commandId: id, time, hash: '' };
    const event = { id, stream, revision, position: positionOf(this.events.length + 1), metadata, type, data };
    this.events.push(event);
    this.wake();
    return event;
  }

  /** Lets a waiting subscription look again: for `failure` and `cleanEnd`. */
  wake(): void {
    for (const wakeUp of this.wakeUps) wakeUp();
  }

  async readAll(options: { after?: Position | undefined; limit?: number } = {}): Promise<readonly RecordedEvent[]> {
    this.fail();
    this.reads++;
    const from = options.after === undefined ? 0 : Number(options.after);
    return this.events.slice(from, from + (options.limit ?? 500));
  }

  async *subscribe(options: { after?: Position | undefined; signal: AbortSignal; batch?: number }) {
    let after = options.after;
    while (!options.signal.aborted) {
      const events = await this.readAll({ after, limit: options.batch ?? 500 });
      const last = events.at(-1);
      if (last) {
        yield events;
        after = last.position;
      } else if (this.cleanEnd) {
        this.cleanEnd = false;
        return;
      } else await this.woken(options.signal);
    }
  }

  async end(): Promise<Position | undefined> {
    return this.events.at(-1)?.position;
  }

  knows(type: string): boolean {
    return this.known(type);
  }

  load(): never {
    throw new Error('The read side loads no streams');
  }

  append(): never {
    throw new Error('The read side appends nothing');
  }

  private fail(): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
  }

  private woken(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wakeUp = () => {
        this.wakeUps.delete(wakeUp);
        resolve();
      };
      this.wakeUps.add(wakeUp);
      signal.addEventListener('abort', wakeUp, { once: true });
    });
  }
}

/** The position of the n-th event, from 1 on. */
export function positionOf(n: number): Position {
  return String(n).padStart(20, '0');
}
