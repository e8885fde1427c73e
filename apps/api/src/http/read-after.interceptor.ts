import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { PositionSeal } from '@casebook/http';
import type { Views } from '@casebook/read-model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { tap, type Observable } from 'rxjs';
import { VIEWS } from './views';

/**
 * A read that names a position (`X-Read-After`) waits until the views have it, 2 s at most, then says `X-Stale`.
 * One that names none waits in the same way for what its person wrote last through this process, so that the simplest
 * script finds the ticket that it has just opened.
 */
@Injectable()
export class ReadAfterInterceptor implements NestInterceptor {
  /** By person, the sealed position of their last write. */
  readonly #written = new LRUCache<string, string>({ max: 10_000 });

  constructor(
    @Inject(VIEWS) private readonly views: Views,
    private readonly seal: PositionSeal,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const reads = request.method === 'GET' || request.method === 'HEAD';
    const person = request.principal?.actor.personId;
    const named = request.headers['x-read-after'];
    const own = reads && person !== undefined ? this.#written.get(person) : undefined;
    const token = typeof named === 'string' && named !== '' ? named : own;
    if (token !== undefined) {
      const { stale } = await this.views.waitFor(this.seal.open(token));
      if (stale) void reply.header('x-stale', 'true');
      else if (person !== undefined && this.#written.get(person) === token) this.#written.delete(person);
    }
    if (reads || person === undefined) return next.handle();
    return next.handle().pipe(
      tap(() => {
        const position = reply.getHeader('x-position');
        if (typeof position === 'string') this.#written.set(person, position);
      }),
    );
  }
}
