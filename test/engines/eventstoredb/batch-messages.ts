import {
  AllStreamPosition,
  MaximumAppendSizeExceeded,
  StreamDeleted,
  Timeout,
  Unknown,
  UUID,
  WrongExpectedVersion,
} from '@eventstore/db-client/generated/shared_pb';
import { Status } from '@eventstore/db-client/generated/status_pb';
import { BatchAppendResp } from '@eventstore/db-client/generated/streams_pb';
import { status } from '@grpc/grpc-js';
import { Any } from 'google-protobuf/google/protobuf/any_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { identifierOf, type Refusal } from './messages';
import type { Expected, Outcome } from './record-log';

/** Which append of the shared stream an answer belongs to. */
interface Meant {
  readonly correlation: string;
  readonly stream: string;
  readonly expected: Expected;
}

export function batchAnswer(outcome: Exclude<Outcome, { result: 'deleted' }>, meant: Meant): BatchAppendResp {
  if (outcome.result === 'wrong-revision') {
    return failed(meant, 'WrongExpectedVersion', wrongRevision(outcome.current, meant.expected));
  }
  const position = new AllStreamPosition();
  position.setCommitPosition(String(outcome.position));
  position.setPreparePosition(String(outcome.position));
  const success = new BatchAppendResp.Success();
  success.setCurrentRevision(String(outcome.revision));
  success.setPosition(position);
  return answerTo(meant).setSuccess(success);
}

/** On the shared stream a refusal is an answer like any other. */
export function batchRefusal(refusal: Refusal, meant: Meant): BatchAppendResp {
  switch (refusal.metadata?.get('exception')[0]) {
    case 'stream-deleted': {
      const deleted = new StreamDeleted();
      deleted.setStreamIdentifier(identifierOf(meant.stream));
      return failed(meant, 'StreamDeleted', deleted);
    }
    case 'maximum-append-size-exceeded': {
      const exceeded = new MaximumAppendSizeExceeded();
      exceeded.setMaxappendsize(Number(refusal.metadata.get('maximum-append-size')[0]));
      return failed(meant, 'MaximumAppendSizeExceeded', exceeded);
    }
    default:
      return refusal.code === status.ABORTED
        ? failed(meant, 'Timeout', new Timeout())
        : failed(meant, 'Unknown', new Unknown());
  }
}

function wrongRevision(current: number | undefined, expected: Expected): WrongExpectedVersion {
  const wrong = new WrongExpectedVersion();
  if (current === undefined) wrong.setCurrentNoStream(new Empty());
  else wrong.setCurrentStreamRevision(String(current));
  if (expected === 'no_stream') wrong.setExpectedNoStream(new Empty());
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new Empty());
  else if (expected === 'any') wrong.setExpectedAny(new Empty());
  else wrong.setExpectedStreamPosition(String(expected));
  return wrong;
}

function answerTo({ correlation, stream }: Meant): BatchAppendResp {
  const uuid = new UUID();
  uuid.setString(correlation);
  const answer = new BatchAppendResp();
  answer.setCorrelationId(uuid);
  answer.setStreamIdentifier(identifierOf(stream));
  return answer;
}

function failed(meant: Meant, kind: string, details: { serializeBinary(): Uint8Array }): BatchAppendResp {
  const any = new Any();
  any.pack(details.serializeBinary(), `event_store.client.${kind}`);
  const error = new Status();
  error.setMessage(kind);
  error.setDetails(any);
  return answerTo(meant).setError(error);
}
