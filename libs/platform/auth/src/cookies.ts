import { createHash } from 'node:crypto';
import '@fastify/cookie';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { ATTEMPT_SECONDS, type SignInAttempt } from './sign-in-attempts';

/** More sign-ins than this at once in one browser, and the oldest is forgotten: the header must not grow. */
const MAX_ATTEMPTS = 8;

/**
 * The cookies of one portal address. On https they are `Secure` and carry the `__Host-` prefix, so that no other
 * host, not even a subdomain, can plant one; plain http (loopback) allows neither.
 */
export class Cookies {
  readonly session: string;
  private readonly attemptPrefix: string;
  private readonly attributes: { path: string; httpOnly: boolean; sameSite: 'lax'; secure: boolean };

  constructor(origin: string) {
    const secure = origin.startsWith('https:');
    const prefix = secure ? '__Host-' : '';
    this.session = `${prefix}casebook`;
    this.attemptPrefix = `${prefix}casebook-sign-in-`;
    this.attributes = { path: '/', httpOnly: true, sameSite: 'lax', secure };
  }

  sessionOf(request: FastifyRequest): string | undefined {
    return request.cookies[this.session];
  }

  /** A session cookie without an end: the server decides when the session is over. */
  setSession(reply: FastifyReply, id: string): void {
    reply.setCookie(this.session, id, this.attributes);
  }

  clearSession(reply: FastifyReply): void {
    reply.clearCookie(this.session, this.attributes);
  }

  setAttempt(request: FastifyRequest, reply: FastifyReply, attempt: SignInAttempt, now: Date): void {
    const pending = Object.entries(request.cookies)
      .filter(([name]) => name.startsWith(this.attemptPrefix))
      .sort(([, a = ''], [, b = '']) => a.localeCompare(b));
    for (const [name] of pending.slice(0, Math.max(0, pending.length - MAX_ATTEMPTS + 1))) {
      reply.clearCookie(name, this.attributes);
    }
    const value = `${now.getTime().toString(36)}.${attempt.browser}`;
    reply.setCookie(this.attemptName(attempt.handle), value, { ...this.attributes, maxAge: ATTEMPT_SECONDS });
  }

  attemptOf(request: FastifyRequest, handle: string): string | undefined {
    return request.cookies[this.attemptName(handle)]?.split('.')[1];
  }

  clearAttempt(reply: FastifyReply, handle: string): void {
    reply.clearCookie(this.attemptName(handle), this.attributes);
  }

  private attemptName(handle: string): string {
    return this.attemptPrefix + createHash('sha256').update(handle).digest('hex').slice(0, 12);
  }
}
