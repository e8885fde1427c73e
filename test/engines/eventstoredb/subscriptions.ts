import { setTimeout as delay } from 'node:timers/promises';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb';
import type { ServerWritableStream } from '@grpc/grpc-js';
import {
  caughtUpAnswer,
  checkpointAnswer,
  confirmationAnswer,
  dropped,
  eventAnswer,
  invalidPosition,
  matcher,
  nameOf,
} from './messages';
import { send } from './reading';
import type { Recorded } from './record-log';
import { isSilent, type Surroundings } from './surroundings';

type Call = ServerWritableStream<ReadReq, ReadResp>;

const DEFAULT_SEARCH_WINDOW = 32;

/** The subscriptions that are open. */
export class Subscriptions {
  readonly #open = new Set<Call>();

  constructor(private readonly around: Surroundings) {}

  /** Ends all of them without an error, as a server does that shuts down politely. */
  end(): void {
    for (const call of this.#open) call.end();
    this.#open.clear();
  }

  /** Ends all of them with an error. */
  drop(): void {
    for (const call of this.#open) call.emit('error', dropped());
    this.#open.clear();
  }

  async serve(call: Call, options: ReadReq.Options, id: string): Promise<void> {
    const first = this.#firstIndex(options);
    if (first === undefined) {
      call.emit('error', invalidPosition());
      return;
    }
    const { counts } = this.around;
    counts.subscribed += 1;
    counts.subscriptions += 1;
    this.#open.add(call);
    try {
      await this.#follow(call, options, id, first);
    } finally {
      counts.subscriptions -= 1;
      this.#open.delete(call);
    }
  }

  async #follow(call: Call, options: ReadReq.Options, id: string, first: number): Promise<void> {
    const { all } = this.around.log;
    const matches = matcher(options);
    const stream = options.hasStream() ? nameOf(options.getStream()?.getStreamIdentifier()) : undefined;
    const interval = checkpointInterval(options);
    const wanted = (event: Recorded): boolean => (stream === undefined ? matches(event) : event.stream === stream);
    let considered = 0;
    let live = false;
    if (!(await this.#send(call, confirmationAnswer(id)))) return;
    for (let index = first; this.#open.has(call);) {
      const event = all[index];
      if (event) {
        index += 1;
        considered += 1;
        if (wanted(event)) {
          if (!(await this.#send(call, eventAnswer(event)))) return;
          this.around.counts.sent += 1;
        }
        if (interval > 0 && considered % interval === 0) await this.#send(call, checkpointAnswer(event.position));
      } else if (live) {
        await this.#nextWrite(call);
      } else {
        // Like the observed server: catching up ends with a checkpoint, and says so even when nothing matched.
        const last = all[index - 1];
        if (interval > 0 && last && index > first) await this.#send(call, checkpointAnswer(last.position));
        await this.#send(call, caughtUpAnswer());
        live = true;
      }
    }
  }

  /** Sends unless the server is to be silent; then waits for its end. */
  async #send(call: Call, message: ReadResp): Promise<boolean> {
    while (isSilent(this.around.faults(), 'reads')) {
      if (call.cancelled) return false;
      await delay(20);
    }
    return this.#open.has(call) && (await send(call, message));
  }

  async #nextWrite(call: Call): Promise<void> {
    await new Promise<void>((resolve) => {
      const stop = this.around.log.onceWritten(done);
      function done(): void {
        stop();
        call.off('cancelled', done);
        call.off('close', done);
        resolve();
      }
      call.once('cancelled', done);
      call.once('close', done);
      if (call.cancelled) done();
    });
    if (call.cancelled) this.#open.delete(call);
  }

  /** Start positions are exclusive. Undefined for a position inside a record. */
  #firstIndex(options: ReadReq.Options): number | undefined {
    const { log } = this.around;
    const [all, stream] = [options.getAll(), options.getStream()];
    if (all?.hasEnd() === true || stream?.hasEnd() === true) return log.all.length;
    if (stream?.hasRevision() === true) {
      const after = Number(stream.getRevision());
      const name = nameOf(stream.getStreamIdentifier());
      const index = log.all.findIndex((event) => event.stream === name && event.revision > after);
      return index < 0 ? log.all.length : index;
    }
    const position = all?.getPosition();
    if (!position) return 0;
    const { index, exact } = log.indexAt(Number(position.getCommitPosition()));
    if (!exact) return undefined;
    return Math.min(index + 1, log.all.length);
  }
}

/** After how many events a checkpoint comes; 0 without a filter, when there are none. */
function checkpointInterval(options: ReadReq.Options): number {
  const filter = options.getFilter();
  if (!filter) return 0;
  const window = filter.hasMax() ? filter.getMax() : DEFAULT_SEARCH_WINDOW;
  return window * Math.max(1, filter.getCheckpointintervalmultiplier());
}
