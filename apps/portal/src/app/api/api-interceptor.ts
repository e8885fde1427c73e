import { HttpErrorResponse, type HttpInterceptorFn, HttpResponse } from '@angular/common/http';
import { inject } from '@angular/core';
import { tap } from 'rxjs';
import { ReadAfter } from './read-after';
import { ReadAgain } from './read-again';

/** Nobody answered, or somebody who will later. */
const PASSING = new Set([0, 502, 503, 504]);
const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * Marks writes as our own, gives every POST an idempotency key (a key that the caller set stays), and lets reads wait
 * for what this browser wrote last. What could not be read for now is read again later. A lost session leads to the
 * sign-in page.
 */
export const apiInterceptor: HttpInterceptorFn = (request, next) => {
  const readAfter = inject(ReadAfter);
  const readAgain = inject(ReadAgain);
  let headers = request.headers;
  const isWrite = WRITES.has(request.method);
  if (isWrite) headers = headers.set('X-Casebook', '1');
  if (request.method === 'POST' && !headers.has('Idempotency-Key')) {
    headers = headers.set('Idempotency-Key', crypto.randomUUID());
  }
  if (!isWrite && readAfter.position() !== undefined) headers = headers.set('X-Read-After', readAfter.position() ?? '');
  return next(request.clone({ headers })).pipe(
    tap({
      next: (event) => {
        if (!(event instanceof HttpResponse)) return;
        const position = event.headers.get('X-Position');
        if (isWrite && position !== null) readAfter.wrote(position);
        if (isWrite) return;
        const stale = event.headers.get('X-Stale') === 'true';
        readAfter.stale.set(stale);
        if (stale) readAgain.missed();
      },
      error: (error: unknown) => {
        if (!(error instanceof HttpErrorResponse)) return;
        if (!isWrite && (PASSING.has(error.status) || error.headers.get('X-Stale') === 'true')) readAgain.missed();
        if (error.status === 401 && !request.url.endsWith('/api/me')) {
          const here = location.pathname + location.search;
          location.assign(`/sign-in?returnTo=${encodeURIComponent(here)}`);
        }
      },
    }),
  );
};
