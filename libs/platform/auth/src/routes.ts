import fastifyCookie from '@fastify/cookie';
import { Authenticator, type Strategy } from '@fastify/passport';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { DomainError } from '@casebook/kernel';
import { type Auth } from './auth';
import { assertOwnWrite } from './csrf';
import { acceptForms, formOf } from './form-body';
import { type ProviderMetadata } from './discovery';
import { HardenedStrategy, type NobodyAtProvider, type SignedInAtProvider, type SignInOptions } from './oidc-strategy';
import { pageHeaders, refusalPage } from './page';
import { BROKEN, directoryRefusal, type Refusal, SignInRefused } from './refusals';
import { safeReturnTo } from './return-to';

const MAX_LOGOUT_TOKEN_BYTES = 64 * 1024;
const USED_TOKENS = 'auth.logout-token';
const LOGOUT_TOKEN_MEMORY_SECONDS = 15 * 60;
/** Read by `@fastify/rate-limit` where it is mounted: each sign-in writes a record before anybody is known. */
const RATE_LIMIT = { rateLimit: { max: 60, timeWindow: '1 minute' } };
/** All logout tokens come from the provider's one address, and it may end many sessions at once. */
const PROVIDER_RATE_LIMIT = { rateLimit: { max: 3_000, timeWindow: '1 minute' } };
/** What may be said of an error as it is. */
const TOLD: Readonly<Record<string, number>> = { forbidden: 403, 'too-many': 429 };

/**
 * Puts sign-in on a Fastify server: cookies, `/auth/*` and the background search for the provider. Call it before
 * the routes that need `Auth.authenticate`, since hooks reach only what comes after them.
 */
export async function mountAuth(fastify: FastifyInstance, auth: Auth): Promise<void> {
  if (!fastify.hasRequestDecorator('cookies')) await fastify.register(fastifyCookie);
  if (!fastify.hasRequestDecorator('principal')) fastify.decorateRequest('principal');
  const passport = new Authenticator();
  await fastify.register(async (scope) => {
    // `passport.initialize()` would ask for a session plugin, for flash messages that nobody sends.
    scope.decorateRequest('passport', { getter: () => passport });
    scope.setErrorHandler(answerError);
    const strategy = strategySource(auth);
    loginRoute(scope, auth, passport, strategy);
    callbackRoute(scope, auth, passport, strategy);
    logoutRoute(scope, auth);
    backchannelRoute(scope, auth);
  });
  // Not before: a provider inside this server answers only then.
  fastify.addHook('onReady', async () => {
    auth.client.discovery.start();
  });
  fastify.addHook('onClose', async () => {
    auth.client.discovery.stop();
  });
}

type StrategySource = () => Promise<HardenedStrategy>;

/** One strategy per description that the provider gave of itself. */
function strategySource(auth: Auth): StrategySource {
  const strategies = new WeakMap<ProviderMetadata, HardenedStrategy>();
  return async () => {
    const provider = await auth.client.discovery.metadata();
    const strategy = strategies.get(provider) ?? new HardenedStrategy(provider, auth.client, auth.attempts);
    strategies.set(provider, strategy);
    return strategy;
  };
}

function loginRoute(scope: FastifyInstance, auth: Auth, passport: Passport, strategy: StrategySource): void {
  const options = { config: RATE_LIMIT };
  scope.get<{ Querystring: { returnTo?: unknown; switch?: unknown; prompt?: unknown } }>(
    '/auth/login',
    options,
    async (request, reply) => {
      protect(reply);
      try {
        const chosen = await strategy();
        const prompt = promptOf(request.query) ?? auth.options.prompt;
        const attempt = auth.attempts.begin(safeReturnTo(request.query.returnTo, auth.origin), prompt === 'none');
        auth.cookies.setAttempt(request, reply, attempt, auth.clock());
        const call: SignInOptions = { state: attempt, ...(prompt === undefined ? {} : { prompt }) };
        await runStrategy(passport, chosen, call).call(scope, request, reply);
      } catch (error) {
        return refuse(request, reply, error);
      }
      return reply;
    },
  );
}

function promptOf(query: { readonly switch?: unknown; readonly prompt?: unknown }): 'login' | 'none' | undefined {
  if (query.switch !== undefined) return 'login';
  return query.prompt === 'none' ? 'none' : undefined;
}

function callbackRoute(scope: FastifyInstance, auth: Auth, passport: Passport, strategy: StrategySource): void {
  const options = { config: RATE_LIMIT };
  scope.get<{ Querystring: { state?: unknown } }>('/auth/callback', options, async (request, reply) => {
    protect(reply);
    const { state } = request.query;
    if (typeof state === 'string') auth.cookies.clearAttempt(reply, state);
    try {
      const chosen = await strategy();
      const call: SignInOptions = { browserOf: (handle) => auth.cookies.attemptOf(request, handle) };
      const signedIn = await new Promise<SignedInAtProvider | NobodyAtProvider>((resolve, reject) => {
        const done: Done = async (_request, _reply, error, user) => {
          if (error) reject(error);
          else resolve(user as SignedInAtProvider | NobodyAtProvider);
        };
        runStrategy(passport, chosen, call, done).call(scope, request, reply).catch(reject);
      });
      if (!signedIn.identity) return await reply.redirect(signedIn.returnTo, 303);
      return await startSession(auth, request, reply, signedIn);
    } catch (error) {
      return refuse(request, reply, error);
    }
  });
}

type Passport = FastifyRequest['passport'];
type Done = (request: FastifyRequest, reply: FastifyReply, error: Error | null, user?: unknown) => Promise<void>;

/** Passport's types know neither strategies of other libraries nor the options that a strategy adds. */
function runStrategy(passport: Passport, strategy: HardenedStrategy, options: SignInOptions, done?: Done) {
  return passport.authenticate(strategy as unknown as InstanceType<typeof Strategy>, options as object, done);
}

/** Asks the directory, and if it agrees begins a session under a new id, ending the browser's former one. */
async function startSession(auth: Auth, request: FastifyRequest, reply: FastifyReply, signedIn: SignedInAtProvider) {
  const { identity, idToken, sid, returnTo } = signedIn;
  const { directory } = auth.options;
  const outcome = await directory.signIn(identity);
  if ('refused' in outcome) {
    return show(reply, directoryRefusal(outcome.refused.code, outcome.refused.message));
  }
  const principal = await directory.principal(outcome.personId, outcome.companyId);
  if (!principal) throw new SignInRefused('sign_in.no_access', 'the directory knows the person but gives no rights');
  const former = await auth.sessions.find(auth.cookies.sessionOf(request));
  const { actor } = principal;
  const id = await auth.sessions.create({
    personId: outcome.personId,
    companyId: actor.kind === 'customer' ? actor.companyId : undefined,
    issuer: identity.issuer,
    subject: identity.subject,
    sid,
    idToken,
  });
  if (former) await auth.sessions.end(former.key);
  auth.cookies.setSession(reply, id);
  return reply.redirect(returnTo, 303);
}

function logoutRoute(fastify: FastifyInstance, auth: Auth): void {
  void fastify.register(async (scope) => {
    // The body means nothing, so no body may be wrong.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => {
      payload.resume();
      done(null);
    });
    scope.post('/auth/logout', async (request, reply) => {
      protect(reply);
      assertOwnWrite(request, auth.origin);
      const session = await auth.sessions.find(auth.cookies.sessionOf(request));
      const home = `${auth.origin}${auth.options.afterLogout ?? '/'}`;
      auth.cookies.clearSession(reply);
      if (!session) return { redirectTo: home };
      const idToken = await auth.sessions.idToken(session.key);
      await auth.sessions.end(session.key);
      return { redirectTo: (await auth.client.logoutUrl(idToken, home)) ?? home };
    });
  });
}

/** OpenID Connect Back-Channel Logout 1.0: the provider itself says that a session is over. */
function backchannelRoute(fastify: FastifyInstance, auth: Auth): void {
  void fastify.register(async (scope) => {
    acceptForms(scope, MAX_LOGOUT_TOKEN_BYTES);
    scope.post('/auth/backchannel-logout', { config: PROVIDER_RATE_LIMIT }, async (request, reply) => {
      protect(reply);
      try {
        const ended = await auth.client.loggedOut(formOf(request).get('logout_token') ?? '');
        const memory = { ttlSeconds: LOGOUT_TOKEN_MEMORY_SECONDS };
        const { state, issuer } = auth.options;
        const version = await state.insert(USED_TOKENS, ended.tokenId, true, memory);
        if (version === undefined) throw new SignInRefused('provider.answer_invalid', 'logout token used before');
        const count = await auth.sessions.endAtProvider(issuer, ended).catch(async (error: unknown) => {
          // The provider may say it again.
          await state.delete(USED_TOKENS, ended.tokenId, version).catch(() => undefined);
          throw error;
        });
        request.log.info({ count }, 'sessions ended by the provider');
        return await reply.code(200).send();
      } catch (error) {
        if (!(error instanceof SignInRefused)) throw error;
        request.log.warn({ code: error.code, detail: error.detail }, 'logout token refused');
        return reply.code(400).send({ error: 'invalid_request', error_description: 'The logout token is not valid.' });
      }
    });
  });
}

/** Nest's problem filter does not reach routes outside its controllers, so errors get the same shape here. */
async function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const known = error instanceof DomainError && TOLD[error.kind] !== undefined ? error : undefined;
  const { statusCode = 500 } = error as { statusCode?: number };
  const status = known ? (TOLD[known.kind] ?? 500) : statusCode;
  if (status >= 500) request.log.error(error);
  const code = known?.code ?? (status >= 500 ? 'internal' : 'request.invalid');
  const detail = known?.message ?? 'The request cannot be answered.';
  if (known?.kind === 'too-many' && request.method === 'GET') {
    return show(reply, { code, status, title: 'Too many sign-ins', message: detail });
  }
  const problem = { type: `about:blank#${code}`, title: 'Not done', status, code, detail };
  return reply.code(status).type('application/problem+json').send(problem);
}

/** Nothing under /auth is kept by caches, and its addresses (codes, states) are told to nobody. */
function protect(reply: FastifyReply): void {
  void reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer');
}

function refuse(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  if (!(error instanceof SignInRefused)) {
    request.log.error(error);
    return show(reply, BROKEN);
  }
  request.log.warn({ code: error.code, detail: error.detail }, 'sign-in refused');
  return show(reply, error.refusal);
}

function show(reply: FastifyReply, refusal: Refusal): FastifyReply {
  if (refusal.status === 503) void reply.header('retry-after', '30');
  return reply.code(refusal.status).headers(pageHeaders()).send(refusalPage(refusal));
}
