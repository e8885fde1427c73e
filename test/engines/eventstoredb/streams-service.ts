import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { IStreamsServer } from '@eventstore/db-client/generated/streams_grpc_pb';
import {
  type AppendReq,
  DeleteResp,
  TombstoneResp,
  type AppendResp,
  type BatchAppendReq,
  type BatchAppendResp,
  type DeleteReq,
  type ReadReq,
  type ReadResp,
  type TombstoneReq,
} from '@eventstore/db-client/generated/streams_pb';
import type {
  Metadata,
  sendUnaryData,
  ServerDuplexStream,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
} from '@grpc/grpc-js';
import { batchAnswer, batchRefusal } from './batch-messages';
import type { Faults } from './faults';
import {
  appendAnswer,
  appendTooLarge,
  badEventId,
  expectedOf,
  nameOf,
  notLeader,
  proposedOf,
  serverNotReady,
  streamDeleted,
  timedOut,
  type Refusal,
} from './messages';
import { answerRead } from './reading';
import type { Expected, Outcome, Proposed } from './record-log';
import { Subscriptions } from './subscriptions';
import { isSilent, type Surroundings } from './surroundings';

export const MAX_APPEND_BYTES = 1024 * 1024;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The Streams service as the observed server answers it, unless it was told to misbehave. */
export class StreamsHandlers {
  readonly subscriptions: Subscriptions;

  constructor(private readonly around: Surroundings) {
    this.subscriptions = new Subscriptions(around);
  }

  /** The handlers as gRPC wants them. */
  service(): IStreamsServer {
    return {
      append: (call, answer) => {
        this.#append(call, answer);
      },
      batchAppend: (call) => {
        this.#batchAppend(call);
      },
      read: (call) => {
        void this.#read(call);
      },
      delete: (call: ServerUnaryCall<DeleteReq, DeleteResp>, answer: sendUnaryData<DeleteResp>) => {
        this.around.log.delete(nameOf(call.request.getOptions()?.getStreamIdentifier()));
        answer(null, new DeleteResp());
      },
      tombstone: (call: ServerUnaryCall<TombstoneReq, TombstoneResp>, answer: sendUnaryData<TombstoneResp>) => {
        this.around.log.tombstone(nameOf(call.request.getOptions()?.getStreamIdentifier()));
        answer(null, new TombstoneResp());
      },
    };
  }

  #append(call: ServerReadableStream<AppendReq, AppendResp>, answer: sendUnaryData<AppendResp>): void {
    let options: AppendReq.Options | undefined;
    const events: Proposed[] = [];
    call.on('data', (message: AppendReq) => {
      const proposed = message.getProposedMessage();
      if (proposed) events.push(proposedOf(proposed));
      else options = message.getOptions();
    });
    // The client went away; nobody waits for an answer.
    call.on('error', () => undefined);
    call.on('end', () => {
      this.around.counts.appends += 1;
      // A client that died ends the stream as well; that it was cut off is known only after this turn.
      setImmediate(() => {
        if (options && events.length > 0 && !call.cancelled) this.#answerAppend(call, options, events, answer);
      });
    });
  }

  #answerAppend(
    call: ServerReadableStream<AppendReq, AppendResp>,
    options: AppendReq.Options,
    events: readonly Proposed[],
    answer: sendUnaryData<AppendResp>,
  ): void {
    const expected = expectedOf(options, options.getRevision());
    const stream = nameOf(options.getStreamIdentifier());
    void this.#write(stream, events, expected, call.metadata, (outcome) => {
      if (isRefusal(outcome)) answer(outcome);
      else answer(null, appendAnswer(outcome, expected));
    });
  }

  #batchAppend(call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>): void {
    const pending = new Map<string, { options: BatchAppendReq.Options; events: Proposed[] }>();
    call.on('error', () => undefined);
    call.on('end', () => {
      call.end();
    });
    call.on('data', (message: BatchAppendReq) => {
      const correlation = message.getCorrelationId()?.getString() ?? '';
      const options = message.getOptions();
      if (options) pending.set(correlation, { options, events: [] });
      const batch = pending.get(correlation);
      if (!batch) return;
      batch.events.push(...message.getProposedMessagesList().map(proposedOf));
      if (!message.getIsFinal()) return;
      pending.delete(correlation);
      this.around.counts.batchAppends += 1;
      const expected = expectedOf(batch.options, batch.options.getStreamPosition());
      const stream = nameOf(batch.options.getStreamIdentifier());
      void this.#write(stream, batch.events, expected, call.metadata, (outcome) => {
        if (call.cancelled) return;
        const meant = { correlation, stream, expected };
        call.write(isRefusal(outcome) ? batchRefusal(outcome, meant) : batchAnswer(outcome, meant));
      });
    });
  }

  async #write(
    stream: string,
    events: readonly Proposed[],
    expected: Expected,
    metadata: Metadata,
    answer: (outcome: Exclude<Outcome, { result: 'deleted' }> | Refusal) => void,
  ): Promise<void> {
    const { log, faults } = this.around;
    if (isSilent(faults(), 'appends')) return;
    const refused = refusedBy(faults(), metadata) ?? refusedFor(events);
    if (refused) {
      answer(refused);
      return;
    }
    const outcome = log.append(stream, events, expected);
    const { loseAnswers, lateMs } = faults();
    if (loseAnswers.count > 0) {
      loseAnswers.count -= 1;
      if (loseAnswers.how === 'reset') this.around.reset();
      if (loseAnswers.how === 'timeout') answer(timedOut());
      return;
    }
    if (lateMs > 0) await delay(lateMs);
    answer(outcome.result === 'deleted' ? streamDeleted(stream) : outcome);
  }

  async #read(call: ServerWritableStream<ReadReq, ReadResp>): Promise<void> {
    const { log, faults, counts } = this.around;
    call.on('error', () => undefined);
    const options = call.request.getOptions();
    if (!options || isSilent(faults(), 'reads')) return;
    const refused = refusedBy(faults(), call.metadata);
    if (refused) {
      call.emit('error', refused);
      return;
    }
    if (options.hasSubscription()) {
      await this.subscriptions.serve(call, options, randomUUID());
      return;
    }
    counts.reads += 1;
    if (faults().lateMs > 0) await delay(faults().lateMs);
    await answerRead(log, call, options);
  }
}

function refusedBy({ notReady, notLeader: leader }: Faults, metadata: Metadata): Refusal | undefined {
  if (notReady) return serverNotReady();
  return leader && metadata.get('requires-leader')[0] === 'true' ? notLeader(leader) : undefined;
}

function refusedFor(events: readonly Proposed[]): Refusal | undefined {
  const bad = events.find(({ id }) => !UUID.test(id));
  if (bad) return badEventId(bad.id);
  const bytes = events.reduce((sum, { data, metadata, type }) => sum + data.length + metadata.length + type.length, 0);
  return bytes > MAX_APPEND_BYTES ? appendTooLarge(MAX_APPEND_BYTES) : undefined;
}

function isRefusal(outcome: Outcome | Refusal): outcome is Refusal {
  return 'code' in outcome;
}
