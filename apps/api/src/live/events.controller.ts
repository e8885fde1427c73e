import { Controller, Get, Headers, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Auth, CurrentPrincipal, type RequestPrincipal } from '@casebook/auth';
import { DomainError } from '@casebook/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LiveHub, type LiveConnection } from './live-hub';

/** A page that does not read is cut off rather than kept in memory. */
const MAX_BUFFERED = 1024 * 1024;
const MAX_CONNECTIONS = 5_000;
/** A browser needs one for all its tabs; nobody may take up the places of others. */
const MAX_PER_PERSON = 50;

@ApiTags('live')
@ApiBearerAuth()
@Controller('api/events')
export class EventsController {
  constructor(
    private readonly hub: LiveHub,
    private readonly auth: Auth,
  ) {}

  /** Changes as they happen (server-sent events): what changed, never its content. */
  @Get()
  @ApiProduces('text/event-stream')
  stream(
    @CurrentPrincipal() principal: RequestPrincipal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Headers('last-event-id') lastEventId?: string,
  ): void {
    if (this.hub.size >= MAX_CONNECTIONS) {
      throw new DomainError('unavailable', 'live.full', 'Too many pages are open. Please try again later.');
    }
    const { actor, via } = principal;
    if (this.hub.countOf(actor.personId) >= MAX_PER_PERSON) {
      throw new DomainError('too-many', 'live.too_many', `You have ${MAX_PER_PERSON} pages open. Close some first.`);
    }
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      connection: 'keep-alive',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
    if (request.method === 'HEAD') {
      raw.end();
      return;
    }
    raw.write('retry: 2000\n: connected\n\n');
    const connection: LiveConnection = {
      actor,
      sessionKey: via.kind === 'session' ? via.key : undefined,
      stillAllowed: () => this.auth.stillSignedIn(principal),
      write(text) {
        raw.write(text);
        if (raw.writableLength > MAX_BUFFERED) raw.destroy();
      },
      close() {
        raw.end();
      },
    };
    request.raw.on('close', () => {
      this.hub.remove(connection);
    });
    this.hub.add(connection, lastEventId);
    // Whoever was locked out between the check of this request and here was not among the connections to close.
    void this.hub.check(connection);
  }
}
