import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { PositionSeal } from '@casebook/http';
import type { Views } from '@casebook/read-model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { VIEWS } from './views';

/** A read that names a position (`X-Read-After`) waits until the views have it, 2 s at most, then says `X-Stale`. */
@Injectable()
export class ReadAfterInterceptor implements NestInterceptor {
  constructor(
    @Inject(VIEWS) private readonly views: Views,
    private readonly seal: PositionSeal,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const token = http.getRequest<FastifyRequest>().headers['x-read-after'];
    if (typeof token === 'string' && token !== '') {
      const { stale } = await this.views.waitFor(this.seal.open(token));
      if (stale) void http.getResponse<FastifyReply>().header('x-stale', 'true');
    }
    return next.handle();
  }
}
