import { createHash } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type {} from '@casebook/auth';
import { DomainError, type Actor } from '@casebook/kernel';
import { freshCommandId, keyedCommandId } from '@casebook/commands';
import type { FastifyRequest } from 'fastify';

/** What a request says about the command it carries, besides the command itself. */
export interface Sender {
  readonly actor: Actor;
  readonly commandId: string;
  readonly bodyDigest?: string;
  readonly ifMatch?: readonly string[];
  readonly correlationId: string;
}

/** The sender of a write: actor, command id (from `Idempotency-Key`, else random), `If-Match`, correlation id. */
export const CurrentSender = createParamDecorator((_: unknown, context: ExecutionContext): Sender => {
  return senderOf(context.switchToHttp().getRequest<FastifyRequest>());
});

/** See CurrentSender. Throws DomainError `invalid` for an idempotency key that is none. */
export function senderOf(request: FastifyRequest): Sender {
  const actor = request.principal?.actor;
  if (!actor) throw new DomainError('unauthenticated', 'auth.required', 'Please sign in.');
  const key = headerOf(request, 'idempotency-key');
  if (key !== undefined) checkIdempotencyKey(key);
  const path = request.url.split('?')[0] ?? '';
  const ifMatch = headerOf(request, 'if-match');
  return {
    actor,
    commandId: key === undefined ? freshCommandId() : keyedCommandId(actor, request.method, path, key),
    ...(key !== undefined && { bodyDigest: digestOf(request.body) }),
    ...(ifMatch !== undefined && ifMatch.trim() !== '*' && { ifMatch: versionsIn(ifMatch) }),
    correlationId: request.id,
  };
}

/** Throws DomainError `invalid` for a key that is empty or longer than 200 characters. */
export function checkIdempotencyKey(key: string): void {
  if (key.length === 0 || key.length > 200) {
    throw new DomainError('invalid', 'idempotency.key', 'An idempotency key has 1 to 200 characters.');
  }
}

/** The versions that `If-Match` names, without quotes; proxies that compress make a version weak, which changes nothing. */
function versionsIn(ifMatch: string): readonly string[] {
  return ifMatch.split(',').map((tag) => tag.trim().replace(/^W\//, '').replaceAll('"', ''));
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function digestOf(body: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(body ?? null))
    .digest('hex');
}
