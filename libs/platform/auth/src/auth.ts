import { DomainError } from '@casebook/kernel';
import { type StateStore } from '@casebook/state';
import { type FastifyRequest } from 'fastify';
import { Cookies } from './cookies';
import { assertOwnWrite, isSafe } from './csrf';
import { type Directory, type Principal } from './directory';
import { type ProviderStatus } from './discovery';
import { OidcClient } from './oidc-client';
import { type NewToken, PersonalTokens, type TokenInfo, type TokenScope } from './personal-tokens';
import { type Fetch, type ProviderLimits } from './provider-http';
import { type SessionChange, Sessions } from './sessions';
import { SignInAttempts } from './sign-in-attempts';

export interface AuthOptions {
  /** The one address of the portal: cookies, callback and origin checks follow it. */
  readonly publicUrl: string;
  /** Exactly as the provider writes it, with or without a slash at the end. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  readonly state: StateStore;
  readonly directory: Directory;
  readonly clock?: () => Date;
  /** Stands in for `fetch` towards a provider inside this process. */
  readonly providerFetch?: Fetch;
  readonly providerLimits?: ProviderLimits;
  /** Path after logout; default `/`. */
  readonly afterLogout?: string;
  /** Asked for at every sign-in, for instance `login` where nobody wants single sign-on (the demo). */
  readonly prompt?: string;
  /** Told when the provider becomes unreachable or is back. */
  readonly onProviderStatus?: (status: ProviderStatus) => void;
}

/** A principal and how the request proved it. */
export interface RequestPrincipal extends Principal {
  readonly via:
    | { readonly kind: 'session'; readonly key: string }
    | { readonly kind: 'token'; readonly id: string; readonly scopes: readonly TokenScope[] };
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sends the request, after a guard or hook has asked `Auth`. */
    principal?: RequestPrincipal | undefined;
  }
}

/** Sign-in, sessions and tokens of one portal. One instance per process; `mountAuth` puts it on Fastify. */
export class Auth {
  readonly origin: string;
  readonly clock: () => Date;
  readonly cookies: Cookies;
  readonly attempts: SignInAttempts;
  readonly sessions: Sessions;
  readonly tokens: PersonalTokens;
  readonly client: OidcClient;
  private readonly known = new WeakMap<object, Promise<RequestPrincipal | undefined>>();

  constructor(readonly options: AuthOptions) {
    const clock = options.clock ?? (() => new Date());
    this.clock = clock;
    this.origin = new URL(options.publicUrl).origin;
    this.cookies = new Cookies(this.origin);
    this.attempts = new SignInAttempts(options.state);
    this.sessions = new Sessions(options.state, clock);
    this.tokens = new PersonalTokens(options.state, clock);
    this.client = new OidcClient({
      issuer: options.issuer,
      clientId: options.clientId,
      callbackUrl: `${this.origin}/auth/callback`,
      clock,
      onStatus: options.onProviderStatus ?? (() => undefined),
      ...(options.clientSecret === undefined ? {} : { clientSecret: options.clientSecret }),
      ...(options.providerFetch === undefined ? {} : { fetch: options.providerFetch }),
      ...(options.providerLimits === undefined ? {} : { limits: options.providerLimits }),
    });
  }

  /**
   * Who sends this request: by `Authorization: Bearer` (a personal token), else by session cookie; undefined for
   * nobody. Rights are those of this moment. Asked again for the same request, it answers the same.
   * Throws DomainError `auth.foreign_origin` or `auth.header_missing` for a session's write that another site may
   * have caused, `auth.scope` for a token without the scope.
   */
  authenticate(request: FastifyRequest): Promise<RequestPrincipal | undefined> {
    const known = this.known.get(request) ?? this.look(request);
    this.known.set(request, known);
    return known;
  }

  /** Like `authenticate`, but nobody is a DomainError `auth.required`. */
  async require(request: FastifyRequest): Promise<RequestPrincipal> {
    const principal = await this.authenticate(request);
    if (!principal) throw new DomainError('unauthenticated', 'auth.required', 'Please sign in.');
    return principal;
  }

  /**
   * Whether what let a long connection in still holds, on whichever instance it ended. Streams ask with every
   * heartbeat; it does not count as use of the session.
   */
  async stillSignedIn({ actor, via }: RequestPrincipal): Promise<boolean> {
    const { personId } = actor;
    const live = via.kind === 'session' ? this.sessions.isLive(via.key) : this.tokens.isLive(personId, via.id);
    if (!(await live)) return false;
    const companyId = actor.kind === 'customer' ? actor.companyId : undefined;
    return (await this.options.directory.principal(personId, companyId)) !== undefined;
  }

  /** Whether people can sign in now. */
  providerStatus(): ProviderStatus {
    return this.client.discovery.status();
  }

  /** Ends all sessions of a person at once, on every instance: at lock, role change, end of the subscription. */
  endSessions(personId: string): Promise<number> {
    return this.sessions.endPerson(personId);
  }

  /**
   * Ends all sessions and tokens of a person, at lock and erasure; with a company, those that are in it alone: one
   * company's admin has no power over what somebody does for another.
   */
  async endAccess(personId: string, companyId?: string): Promise<void> {
    await this.tokens.revokeAll(personId, companyId);
    await this.sessions.endPerson(personId, companyId);
  }

  /** Tells of sessions that end or change company in this process, so that their connections can be closed. */
  onSessionChange(listener: (change: SessionChange) => void): () => void {
    return this.sessions.onChange(listener);
  }

  /** Moves a session to another of the person's companies and answers the rights there (D15). */
  async switchCompany(principal: RequestPrincipal, companyId: string): Promise<Principal> {
    const key = sessionKey(principal, 'change the company');
    const allowed = principal.companies.some(({ id }) => id === companyId);
    const next = allowed ? await this.options.directory.principal(principal.actor.personId, companyId) : undefined;
    if (!next) throw new DomainError('missing', 'company.missing', 'You are no contact of such a company.');
    if (!(await this.sessions.setCompany(key, companyId))) {
      throw new DomainError('unauthenticated', 'auth.required', 'Please sign in.');
    }
    return next;
  }

  /** Makes a token for the signed-in person, in their current company. A token makes no tokens. */
  async createToken(principal: RequestPrincipal, wish: NewToken, repeatKey?: string) {
    sessionKey(principal, 'make tokens');
    const { actor } = principal;
    const companyId = actor.kind === 'customer' ? actor.companyId : undefined;
    return this.tokens.create({ personId: actor.personId, companyId }, wish, repeatKey);
  }

  listTokens(principal: RequestPrincipal): Promise<TokenInfo[]> {
    return this.tokens.list(principal.actor.personId);
  }

  async revokeToken(principal: RequestPrincipal, id: string): Promise<void> {
    sessionKey(principal, 'revoke tokens');
    await this.tokens.revoke(principal.actor.personId, id);
  }

  private async look(request: FastifyRequest): Promise<RequestPrincipal | undefined> {
    const bearer = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
    return bearer === undefined ? this.bySession(request) : this.byToken(request, bearer);
  }

  private async bySession(request: FastifyRequest): Promise<RequestPrincipal | undefined> {
    const session = await this.sessions.find(this.cookies.sessionOf(request));
    if (!session) return undefined;
    assertOwnWrite(request, this.origin);
    const principal = await this.options.directory.principal(session.personId, session.companyId);
    if (!principal) {
      await this.sessions.end(session.key);
      return undefined;
    }
    return { ...principal, via: { kind: 'session', key: session.key } };
  }

  private async byToken(request: FastifyRequest, bearer: string): Promise<RequestPrincipal | undefined> {
    const token = await this.tokens.find(bearer);
    if (!token) return undefined;
    const principal = await this.options.directory.principal(token.personId, token.companyId);
    if (!principal) return undefined;
    const { id, scopes } = token.info;
    const needed = isSafe(request.method) ? 'read' : 'write';
    if (!scopes.includes(needed)) {
      throw new DomainError('forbidden', 'auth.scope', `This token lacks the scope "${needed}".`);
    }
    return { ...principal, via: { kind: 'token', id, scopes } };
  }
}

function sessionKey(principal: RequestPrincipal, what: string): string {
  if (principal.via.kind === 'session') return principal.via.key;
  throw new DomainError('forbidden', 'auth.session_required', `A token cannot ${what}. Sign in to do so.`);
}
