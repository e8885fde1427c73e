import { DomainError, type Position } from '@casebook/kernel';

/** Digits of the largest safe integer. */
const WIDTH = 16;
const POSITION = /^\d{16}$/;

/** The position of a row number: fixed width, so that text order is number order. */
export function toPosition(row: number): Position {
  return row.toString().padStart(WIDTH, '0');
}

/** The row number of a position; 0, before the first row, when there is none. DomainError `invalid` for foreign text. */
export function fromPosition(position: Position | undefined): number {
  if (position === undefined) return 0;
  if (!POSITION.test(position)) {
    throw new DomainError('invalid', 'log.position', `"${position}" is not a position of this log`);
  }
  return Number(position);
}
