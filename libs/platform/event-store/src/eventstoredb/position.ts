import { DomainError, type Position } from '@casebook/kernel';

/** Where an event lies in the server's transaction file. */
export interface LogPosition {
  readonly commit: bigint;
  readonly prepare: bigint;
}

/** Digits of the largest number that a position can hold. */
const WIDTH = 20;
const POSITION = /^(\d{20})-(\d{20})$/;
/** The server writes larger ones, all bits set, where it knows no position. */
const LARGEST = 2n ** 63n - 1n;

/** Fixed width, so that text order is log order. Throws DomainError `unavailable` when the server told no position. */
export function toPosition(position: LogPosition | undefined): Position {
  if (!position || position.commit > LARGEST || position.prepare > LARGEST) {
    throw new DomainError(
      'unavailable',
      'log.no-position',
      'EventStoreDB does not tell where in the log an event lies; Casebook needs version 22.6 or later.',
    );
  }
  return `${digits(position.commit)}-${digits(position.prepare)}`;
}

/** DomainError `invalid` for foreign text. */
export function fromPosition(position: Position): LogPosition {
  const [, commit, prepare] = POSITION.exec(position) ?? [];
  if (commit === undefined || prepare === undefined) {
    throw new DomainError('invalid', 'log.position', `"${position}" is not a position of this log`);
  }
  return { commit: BigInt(commit), prepare: BigInt(prepare) };
}

function digits(number: bigint): string {
  return number.toString().padStart(WIDTH, '0');
}
