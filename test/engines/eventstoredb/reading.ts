import { ReadReq, type ReadResp } from '@eventstore/db-client/generated/streams_pb';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { eventAnswer, invalidPosition, nameOf, notFoundAnswer, streamDeleted } from './messages';
import type { Recorded, RecordLog } from './record-log';

type Call = ServerWritableStream<ReadReq, ReadResp>;

/** Answers a read of a stream or of everything, in either direction. */
export async function answerRead(log: RecordLog, call: Call, options: ReadReq.Options): Promise<void> {
  const backwards = options.getReadDirection() === ReadReq.Options.ReadDirection.BACKWARDS;
  const count = Number(options.getCount());
  // Such a read never comes to an end at the observed server either.
  if (count === 0) return;
  const stream = options.getStream();
  const source = stream ? streamSource(log, stream, backwards) : allSource(log, options.getAll(), backwards);
  if (source === 'deleted') call.emit('error', streamDeleted(nameOf(stream?.getStreamIdentifier())));
  else if (source === 'invalid') call.emit('error', invalidPosition());
  else if (source === 'missing') {
    call.write(notFoundAnswer(nameOf(stream?.getStreamIdentifier())));
    call.end();
  } else await sendAll(call, source, count);
}

/** Sends a message, and waits while the client has enough to do. False when the client has gone. */
export async function send(call: Call, message: ReadResp): Promise<boolean> {
  if (call.cancelled) return false;
  if (!call.write(message)) await either(call, ['drain', 'cancelled', 'close']);
  return !call.cancelled;
}

/** Waits for the first of several events. */
async function either(call: Call, events: readonly string[]): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      for (const event of events) call.off(event, done);
      resolve();
    };
    for (const event of events) call.on(event, done);
  });
}

async function sendAll(call: Call, source: Iterable<Recorded>, count: number): Promise<void> {
  let sent = 0;
  for (const event of source) {
    if (!(await send(call, eventAnswer(event)))) return;
    if (++sent === count) break;
  }
  call.end();
}

function streamSource(
  log: RecordLog,
  options: ReadReq.Options.StreamOptions,
  backwards: boolean,
): readonly Recorded[] | 'deleted' | 'missing' {
  const events = log.read(nameOf(options.getStreamIdentifier()));
  if (events === undefined) return 'missing';
  if (events === 'deleted') return 'deleted';
  if (!backwards) {
    if (options.hasEnd()) return [];
    const from = options.hasRevision() ? Number(options.getRevision()) : 0;
    return events.filter(({ revision }) => revision >= from);
  }
  const to = options.hasEnd() ? Infinity : options.hasRevision() ? Number(options.getRevision()) : 0;
  return events.filter(({ revision }) => revision <= to).reverse();
}

/** Forwards a position is included, backwards it is not. */
function allSource(
  log: RecordLog,
  options: ReadReq.Options.AllOptions | undefined,
  backwards: boolean,
): Iterable<Recorded> | 'invalid' {
  const position = options?.getPosition();
  if (!position) {
    const fromEnd = options?.hasEnd() === true;
    if (backwards) return fromEnd ? descending(log.all, log.all.length) : [];
    return fromEnd ? [] : ascending(log.all, 0);
  }
  const { index, exact } = log.indexAt(Number(position.getCommitPosition()));
  if (!exact) return 'invalid';
  return backwards ? descending(log.all, index) : ascending(log.all, index);
}

function* ascending(all: readonly Recorded[], from: number): Iterable<Recorded> {
  for (let index = from; index < all.length; index++) yield all[index]!;
}

function* descending(all: readonly Recorded[], before: number): Iterable<Recorded> {
  for (let index = before - 1; index >= 0; index--) yield all[index]!;
}
