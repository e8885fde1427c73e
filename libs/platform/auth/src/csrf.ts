import { DomainError } from '@casebook/kernel';
import { type FastifyRequest } from 'fastify';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** True when the method changes nothing. */
export function isSafe(method: string): boolean {
  return SAFE_METHODS.has(method);
}

/**
 * Refuses a write that another site may have caused in a signed-in browser. `X-Casebook: 1` is always asked for: a
 * foreign page cannot send it without a preflight, which nobody answers. Where the browser says where the request
 * comes from (`Origin`, `Sec-Fetch-Site`), that must be the portal; programs send neither.
 */
export function assertOwnWrite(request: Pick<FastifyRequest, 'method' | 'headers'>, origin: string): void {
  if (isSafe(request.method)) return;
  const from = request.headers.origin;
  const site = request.headers['sec-fetch-site'];
  if ((from !== undefined && from !== origin) || (site !== undefined && site !== 'same-origin')) {
    throw new DomainError('forbidden', 'auth.foreign_origin', 'This request comes from another site.');
  }
  if (request.headers['x-casebook'] !== '1') {
    throw new DomainError('forbidden', 'auth.header_missing', 'Requests that change something need "X-Casebook: 1".');
  }
}
