import { Empty, StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb';
import {
  AppendResp,
  type ReadReq,
  ReadResp,
  type AppendReq,
  type BatchAppendReq,
} from '@eventstore/db-client/generated/streams_pb';
import { Metadata, status, type StatusObject } from '@grpc/grpc-js';
import type { Expected, Outcome, Proposed, Recorded } from './record-log';

const TICKS_PER_MILLISECOND = 10_000n;

export const nameOf = (identifier: StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');

export function identifierOf(stream: string): StreamIdentifier {
  const identifier = new StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream).toString('base64'));
  return identifier;
}

type ProposedMessage = AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage;

export function proposedOf(message: ProposedMessage): Proposed {
  return {
    id: message.getId()?.getString() ?? '',
    type: message.getMetadataMap().get('type') ?? '',
    contentType: message.getMetadataMap().get('content-type') ?? '',
    data: Buffer.from(message.getData_asU8()),
    metadata: Buffer.from(message.getCustomMetadata_asU8()),
  };
}

/** The options of both appends have the same cases under two names. */
export function expectedOf(
  options: { hasNoStream(): boolean; hasAny(): boolean; hasStreamExists(): boolean },
  revision: string,
): Expected {
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasAny()) return 'any';
  if (options.hasStreamExists()) return 'stream_exists';
  return Number(revision);
}

/** What the plain append answers when it was written or met another revision. */
export function appendAnswer(outcome: Exclude<Outcome, { result: 'deleted' }>, expected: Expected): AppendResp {
  const answer = new AppendResp();
  if (outcome.result === 'written') {
    const position = new AppendResp.Position();
    position.setCommitPosition(String(outcome.position));
    position.setPreparePosition(String(outcome.position));
    const success = new AppendResp.Success();
    success.setCurrentRevision(String(outcome.revision));
    success.setPosition(position);
    return answer.setSuccess(success);
  }
  const wrong = new AppendResp.WrongExpectedVersion();
  if (outcome.current === undefined) wrong.setCurrentNoStream(new Empty());
  else wrong.setCurrentRevision(String(outcome.current));
  if (expected === 'no_stream') wrong.setExpectedNoStream(new Empty());
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new Empty());
  else if (expected === 'any') wrong.setExpectedAny(new Empty());
  else wrong.setExpectedRevision(String(expected));
  return answer.setWrongExpectedVersion(wrong);
}

export function eventAnswer(recorded: Recorded): ReadResp {
  const uuid = new UUID();
  uuid.setString(recorded.id);
  const event = new ReadResp.ReadEvent.RecordedEvent();
  event.setId(uuid);
  event.setStreamIdentifier(identifierOf(recorded.stream));
  event.setStreamRevision(String(recorded.revision));
  event.setCommitPosition(String(recorded.position));
  event.setPreparePosition(String(recorded.position));
  event.getMetadataMap().set('type', recorded.type);
  event.getMetadataMap().set('content-type', recorded.contentType);
  event.getMetadataMap().set('created', String(BigInt(recorded.created) * TICKS_PER_MILLISECOND));
  event.setCustomMetadata(recorded.metadata);
  event.setData(recorded.data);
  const read = new ReadResp.ReadEvent();
  read.setEvent(event);
  read.setCommitPosition(String(recorded.position));
  return new ReadResp().setEvent(read);
}

export function notFoundAnswer(stream: string): ReadResp {
  const missing = new ReadResp.StreamNotFound();
  missing.setStreamIdentifier(identifierOf(stream));
  return new ReadResp().setStreamNotFound(missing);
}

export function checkpointAnswer(position: number): ReadResp {
  const checkpoint = new ReadResp.Checkpoint();
  checkpoint.setCommitPosition(String(position));
  checkpoint.setPreparePosition(String(position));
  return new ReadResp().setCheckpoint(checkpoint);
}

export function confirmationAnswer(id: string): ReadResp {
  const confirmation = new ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId(id);
  return new ReadResp().setConfirmation(confirmation);
}

export const caughtUpAnswer = (): ReadResp => new ReadResp().setCaughtUp(new ReadResp.CaughtUp());

/** True for the events that a filter lets through; always, without one. */
export function matcher(options: ReadReq.Options): (event: Recorded) => boolean {
  const filter = options.getFilter();
  if (!filter) return () => true;
  const byStream = filter.hasStreamIdentifier();
  const expression = byStream ? filter.getStreamIdentifier() : filter.getEventType();
  const regex = expression?.getRegex() ?? '';
  const prefixes = expression?.getPrefixList() ?? [];
  const allows = regex === '' ? (text: string) => prefixes.some((p) => text.startsWith(p)) : testerOf(regex);
  return ({ stream, type }) => allows(byStream ? stream : type);
}

function testerOf(regex: string): (text: string) => boolean {
  const expression = new RegExp(regex);
  return (text) => expression.test(text);
}

export type Refusal = Partial<StatusObject>;

function refusal(code: status, details: string, exception?: string, more: Record<string, string> = {}): Refusal {
  const metadata = new Metadata();
  if (exception !== undefined) metadata.set('exception', exception);
  for (const [key, value] of Object.entries(more)) metadata.set(key, value);
  return { code, details, metadata };
}

export const streamDeleted = (stream: string): Refusal =>
  refusal(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, 'stream-deleted', {
    'stream-name': stream,
  });

export const appendTooLarge = (limit: number): Refusal =>
  refusal(status.INVALID_ARGUMENT, `Maximum Append Size of ${limit} Exceeded.`, 'maximum-append-size-exceeded', {
    'maximum-append-size': String(limit),
  });

export const notLeader = (leader: { host: string; port: number }): Refusal =>
  refusal(status.NOT_FOUND, 'Leader info available', 'not-leader', {
    'leader-endpoint-host': leader.host,
    'leader-endpoint-port': String(leader.port),
  });

export const serverNotReady = (): Refusal => refusal(status.UNKNOWN, 'Server Is Not Ready');
export const timedOut = (): Refusal => refusal(status.ABORTED, 'Operation timed out: prepare phase timeout.');
export const invalidPosition = (): Refusal =>
  refusal(status.INVALID_ARGUMENT, 'Trying to read from an invalid position.');
export const badEventId = (id: string): Refusal => refusal(status.UNKNOWN, `"${id}" is not the id of an event.`);
export const dropped = (): Refusal => refusal(status.UNAVAILABLE, 'The server closed the subscription.');
