import { HttpException } from '@nestjs/common';
import { DomainError, type ErrorKind, type FieldError } from '@casebook/kernel';

/** RFC 9457 problem details, as every error of the API is answered. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly fields?: readonly FieldError[];
  readonly correlationId?: string;
}

const STATUS: Readonly<Record<ErrorKind, readonly [number, string]>> = {
  invalid: [400, 'The request is not right'],
  unauthenticated: [401, 'Please sign in'],
  forbidden: [403, 'This is not allowed'],
  missing: [404, 'This does not exist'],
  conflict: [409, 'This is not possible now'],
  stale: [412, 'Somebody was faster'],
  'too-large': [413, 'This is too large'],
  mismatch: [422, 'This does not match'],
  'too-many': [429, 'Too many requests'],
  unavailable: [503, 'Not available at the moment'],
};

/** Codes for errors that the HTTP layer finds before any controller does. */
const HTTP_CODES: Readonly<Record<number, readonly [string, string]>> = {
  400: ['request.invalid', 'The request cannot be read. Check that its body is valid JSON.'],
  401: ['auth.required', 'Please sign in.'],
  403: ['request.forbidden', 'This is not allowed.'],
  404: ['request.no_such_route', 'There is nothing at this address.'],
  405: ['request.method', 'This address does not take this method.'],
  406: ['request.not_acceptable', 'This cannot be answered in the form asked for.'],
  408: ['request.timeout', 'The request took too long to arrive.'],
  411: ['request.length', 'The request has to say how long it is.'],
  413: ['request.too_large', 'The request is too large. Attach long texts as a file instead.'],
  414: ['request.uri_too_long', 'The address is too long.'],
  415: ['request.media_type', 'Send the body as application/json.'],
  422: ['request.unprocessable', 'The request cannot be processed.'],
  429: ['request.too_many', 'Too many requests. Wait a moment, then try again.'],
  431: ['request.headers_too_large', 'The headers of the request are too large.'],
  503: ['unavailable', 'Casebook is starting or stopping. Try again in a moment.'],
};

/** The answer to an error. Unknown errors say nothing of what happened inside. */
export function problemOf(error: unknown, correlationId: string): Problem {
  if (error instanceof DomainError) {
    const [status, title] = STATUS[error.kind];
    return problem(status, title, error.code, error.message, correlationId, error.fields);
  }
  const status = statusOf(error);
  if (status !== undefined && status < 500) {
    const [code, detail] = HTTP_CODES[status] ?? ['request.invalid', 'The request is not right.'];
    const fields = fieldsOf(error);
    return problem(status, titleOf(status), code, wrongIn(error, status, fields) ?? detail, correlationId, fields);
  }
  if (status === 503)
    return problem(503, titleOf(503), 'unavailable', 'Casebook is not ready. Try again in a moment.', correlationId);
  return problem(
    500,
    'Something broke on our side',
    'internal',
    `We made a mistake, and it is in our log. Nothing of your request was kept unless it shows. Please mention ${correlationId}.`,
    correlationId,
  );
}

function problem(
  status: number,
  title: string,
  code: string,
  detail: string,
  correlationId: string,
  fields: readonly FieldError[] = [],
): Problem {
  return {
    type: `about:blank#${code}`,
    title,
    status,
    code,
    detail,
    ...(fields.length > 0 && { fields }),
    correlationId,
  };
}

function titleOf(status: number): string {
  return Object.values(STATUS).find(([s]) => s === status)?.[1] ?? 'The request is not right';
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if (error instanceof HttpException) return error.getStatus();
  if ('statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  return undefined;
}

/** Where a request that was read is wrong: in the named fields, or in an id of its address. */
function wrongIn(error: unknown, status: number, fields: readonly FieldError[]): string | undefined {
  if (status !== 400 || !(error instanceof HttpException)) return undefined;
  const names = fields.map(({ path }) => path).join(', ');
  return names === '' ? 'Something in the address is not right.' : `Please check ${names}.`;
}

/** Field errors that the validation pipe found travel as the response of its exception. */
function fieldsOf(error: unknown): readonly FieldError[] {
  const response = error instanceof HttpException ? error.getResponse() : undefined;
  return typeof response === 'object' && 'fields' in response && Array.isArray(response.fields)
    ? (response.fields as FieldError[])
    : [];
}
