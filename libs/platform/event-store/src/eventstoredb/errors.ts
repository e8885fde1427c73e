import { DomainError } from '@casebook/kernel';
import { OUTCOME_UNKNOWN, WrongExpectedRevision, type ExpectedRevision } from '../event-store';

/** The client's error classes are told apart by `type` alone: their names and messages say nothing. */
export function typeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('type' in error)) return undefined;
  return typeof error.type === 'string' ? error.type : undefined;
}

/** What a failed append throws. Whatever does not prove that nothing was written leaves the outcome unknown. */
export function appendError(error: unknown, stream: string, expected: ExpectedRevision): Error {
  if (error instanceof DomainError) return error;
  switch (typeOf(error)) {
    case 'wrong-expected-version':
      return new WrongExpectedRevision(stream, expected, actualRevision(error));
    case 'maximum-append-size-exceeded':
      return new DomainError('too-large', 'log.too-large', 'EventStoreDB is set to take only smaller appends.');
    case 'access-denied':
      return accessDenied();
    case 'stream-deleted':
      return streamDeleted(stream);
    default:
      return new DomainError(
        'unavailable',
        OUTCOME_UNKNOWN,
        `EventStoreDB did not say whether the append to ${stream} was written (${describe(error)}).`,
      );
  }
}

/** What a failed read throws. */
export function readError(error: unknown): Error {
  if (error instanceof DomainError) return error;
  if (typeOf(error) === 'access-denied') return accessDenied();
  if (describe(error).includes('invalid position')) {
    return new DomainError('invalid', 'log.position', 'No event of this log lies at that position.');
  }
  return new DomainError('unavailable', 'log.unreachable', `EventStoreDB could not be read (${describe(error)}).`);
}

export function streamDeleted(stream: string): DomainError {
  return new DomainError(
    'unavailable',
    'log.stream-deleted',
    `The stream ${stream} was deleted in EventStoreDB, so nothing can follow in it. Restore a backup.`,
  );
}

function accessDenied(): DomainError {
  return new DomainError(
    'unavailable',
    'log.access-denied',
    'EventStoreDB refuses Casebook: check the user and password in EVENTSTOREDB_URL and the rights of that user.',
  );
}

function actualRevision(error: unknown): number | 'no-stream' {
  const actual = error instanceof Error && 'actualVersion' in error ? error.actualVersion : undefined;
  return typeof actual === 'bigint' ? Number(actual) : 'no-stream';
}

function describe(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return [typeOf(error), words].filter((part) => part !== undefined && part !== '').join(': ');
}
