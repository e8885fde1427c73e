import { DomainError } from '@casebook/kernel';
import type { WriteOptions } from './state-store';

const MAX_NAME_BYTES = 512;
const MAX_VALUE_BYTES = 4 * 1024 * 1024;

/** Throws DomainError `invalid` for a space or key that cannot be kept. */
export function checkNames(space: string, key: string): void {
  for (const name of [space, key]) {
    const bytes = Buffer.byteLength(name);
    if (bytes === 0 || bytes > MAX_NAME_BYTES || !name.isWellFormed() || name.includes('\0'))
      throw invalid('state.name', `A space or key must be 1 to ${MAX_NAME_BYTES} bytes of well-formed text.`);
  }
}

/** The value as JSON text. Throws DomainError `invalid` for one that is none, or is too large. */
export function jsonOf(space: string, key: string, value: unknown): string {
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) throw invalid('state.value', `The value of ${space}/${key} is not JSON.`);
  if (Buffer.byteLength(json) > MAX_VALUE_BYTES)
    throw invalid('state.value', `The value of ${space}/${key} is larger than ${MAX_VALUE_BYTES} bytes.`);
  return json;
}

/** When a record written at `now` is gone, in epoch milliseconds; undefined when it stays. */
export function expiryOf(now: number, options: WriteOptions | undefined): number | undefined {
  const ttl = options?.ttlSeconds;
  return ttl === undefined ? undefined : Math.round(now + ttl * 1000);
}

/** The next value of a counter; `json` is its present one, undefined for a counter that is not there. */
export function counted(space: string, key: string, json: string | undefined, next: (value: number) => number): number {
  const value: unknown = json === undefined ? 0 : JSON.parse(json);
  if (typeof value !== 'number') throw invalid('state.not-a-counter', `${space}/${key} is not a counter.`);
  const sum = next(value);
  if (!Number.isSafeInteger(sum)) throw invalid('state.counter-range', `${space}/${key} would leave the integers.`);
  return sum;
}

export function closedStore(): DomainError {
  return new DomainError('unavailable', 'state.closed', 'The state store is closed.');
}

function invalid(code: string, message: string): DomainError {
  return new DomainError('invalid', code, message);
}
