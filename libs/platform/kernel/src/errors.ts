/** What went wrong, in the few kinds that an HTTP answer or a CLI exit can tell apart. */
export type ErrorKind =
  | 'invalid' // 400: the request itself is wrong
  | 'unauthenticated' // 401
  | 'forbidden' // 403
  | 'missing' // 404: also for what belongs to another company
  | 'conflict' // 409: the state of things does not allow it
  | 'stale' // 412: somebody was faster, the caller named an older revision
  | 'too-large' // 413
  | 'mismatch' // 422: the same idempotency key with another body, or bytes without the sum that was announced
  | 'too-many' // 429
  | 'unavailable'; // 503: nothing was stored, try again later

/** One wrong field of a request: `path` as the client named it, `message` in the user's words. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/**
 * The one error that domain code throws. `code` is stable and made for programs (`ticket.closed`),
 * `message` is a sentence for people.
 */
export class DomainError extends Error {
  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    message: string,
    readonly fields: readonly FieldError[] = [],
  ) {
    super(message);
    this.name = 'DomainError';
  }
}
