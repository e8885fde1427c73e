import { randomBytes } from 'node:crypto';
import { type EventEmitter } from 'node:events';
import { type StateStore } from '@casebook/state';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, type InjectOptions } from 'fastify';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import Provider, { type Configuration, errors } from 'oidc-provider';
import { acceptForms, formOf } from '../form-body';
import { pageHeaders } from '../page';
import { type Fetch } from '../provider-http';
import { DEMO_PASSWORD, type DemoAccount, demoErrorPage, LOGOUT_SCRIPT, loginPage, logoutPage } from './demo-pages';
import { StateAdapters } from './state-adapter';

export interface DemoProviderOptions {
  readonly publicUrl: string;
  /** Keeps the generated keys, so that a restart changes nothing for signed-in people. */
  readonly state: StateStore;
  readonly accounts: readonly DemoAccount[];
  /** Path after logout; default `/`, and the same as `AuthOptions.afterLogout`. */
  readonly afterLogout?: string;
  /** Told of errors inside the provider. */
  readonly onError?: (error: Error) => void;
}

/** What the provider generated once and keeps. */
interface DemoKeys {
  readonly jwk: JWK;
  readonly clientSecret: string;
  readonly cookieKey: string;
}

const CLIENT_ID = 'casebook';
const MAX_FORM_BYTES = 8 * 1024;
const SIGN_IN_SECONDS = 600;
const SESSION_SECONDS = 12 * 60 * 60;

/**
 * The identity provider of the demo: a real OpenID provider inside the process, at `${publicUrl}/oidc`, with a login
 * page that lists its accounts. It asks at every sign-in, so one browser can change persons. Never for production.
 */
export class DemoProvider {
  readonly issuer: string;
  readonly clientId = CLIENT_ID;
  private server: FastifyInstance | undefined;

  private constructor(
    private readonly options: DemoProviderOptions,
    readonly clientSecret: string,
    private readonly provider: Provider,
    private readonly origin: string,
  ) {
    this.issuer = `${origin}/oidc`;
    provider.proxy = true;
    provider.on('server_error', (_context, error) => options.onError?.(error));
    provider.on('backchannel.error', (_context, error) => options.onError?.(error));
    (provider as EventEmitter).on('error', (error: Error) => options.onError?.(error));
  }

  /** Makes the provider, with the keys of the last start if there was one. */
  static async create(options: DemoProviderOptions): Promise<DemoProvider> {
    const origin = new URL(options.publicUrl).origin;
    const keys = await storedKeys(options.state);
    const holder: { demo?: DemoProvider } = {};
    const post: Fetch = async (url, init) => {
      if (!holder.demo) throw new Error('The demo provider is not there yet.');
      return holder.demo.fetch(url, init);
    };
    const provider = new Provider(`${origin}/oidc`, configuration(options, origin, keys, post));
    holder.demo = new DemoProvider(options, keys.clientSecret, provider, origin);
    return holder.demo;
  }

  /** Calls the provider (or the portal's back-channel) without leaving the process, whatever is between us and PUBLIC_URL. */
  readonly fetch: Fetch = async (url, init = {}) => {
    if (!this.server) throw new Error('The demo provider is not mounted yet.');
    const target = new URL(url);
    if (target.origin !== this.origin) throw new Error(`The demo provider does not call ${target.origin}.`);
    const request: InjectOptions = {
      method: init.method === 'POST' ? 'POST' : 'GET',
      url: `${target.pathname}${target.search}`,
      headers: { ...Object.fromEntries(new Headers(init.headers)), host: target.host },
      ...(init.body == null ? {} : { payload: await new Response(init.body).text() }),
    };
    const answer = await this.server.inject(request);
    const type = answer.headers['content-type'];
    const headers = { 'content-type': typeof type === 'string' ? type : 'application/octet-stream' };
    return new Response(answer.payload === '' ? null : answer.payload, { status: answer.statusCode, headers });
  };

  /** Puts the provider and its login page on the server, before anything that adds hooks for the rest. */
  async mount(fastify: FastifyInstance): Promise<void> {
    this.server = fastify;
    await fastify.register(async (scope) => {
      this.loginRoutes(scope);
    });
    const handle = this.provider.callback();
    await fastify.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', (_request, _payload, done) => {
        done(null);
      });
      const forward = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
        reply.hijack();
        const raw = this.asPublic(request) as typeof request.raw & { originalUrl?: string };
        raw.originalUrl = raw.url ?? '/';
        raw.url = raw.originalUrl.slice('/oidc'.length) || '/';
        await handle(raw, reply.raw);
      };
      scope.all('/oidc', forward);
      scope.all('/oidc/*', forward);
    });
  }

  private loginRoutes(scope: FastifyInstance): void {
    acceptForms(scope, MAX_FORM_BYTES);
    scope.get('/oidc/login/:uid', async (request, reply) => {
      if (!(await this.underWay(request, reply))) return expired(reply);
      return reply.headers(pageHeaders()).send(loginPage(request.url, this.options.accounts));
    });
    scope.post('/oidc/login/:uid', async (request, reply) => {
      const uid = await this.underWay(request, reply);
      if (!uid) return expired(reply);
      const form = formOf(request);
      const login = form.get('account') ?? form.get('login') ?? '';
      const password = form.has('account') ? DEMO_PASSWORD : form.get('password');
      const account = this.options.accounts.find(({ email }) => email === login.trim().toLowerCase());
      if (!account || password !== DEMO_PASSWORD) {
        return reply.headers(pageHeaders()).send(loginPage(request.url, this.options.accounts, login));
      }
      await this.forgetFormerPerson(uid, reply);
      const result = { login: { accountId: account.sub } };
      return reply.redirect(await this.provider.interactionResult(request.raw, reply.raw, result), 303);
    });
  }

  /** The id of the sign-in that this browser has under way at this address. */
  private async underWay(request: FastifyRequest, reply: FastifyReply): Promise<string | undefined> {
    try {
      return (await this.provider.interactionDetails(this.asPublic(request), reply.raw)).uid;
    } catch (error) {
      if (error instanceof errors.SessionNotFound) return undefined;
      throw error;
    }
  }

  /**
   * The provider would answer a change of person with a page that needs a script. So each login begins without a
   * session: the former one is taken from the sign-in under way and from the browser.
   */
  private async forgetFormerPerson(uid: string, reply: FastifyReply): Promise<void> {
    const interaction = await this.provider.Interaction.find(uid);
    if (!interaction?.session) return;
    await (await this.provider.Session.findByUid(interaction.session.uid))?.destroy();
    delete interaction.session;
    await interaction.save(SIGN_IN_SECONDS);
    void reply.header('set-cookie', `${SESSION_COOKIE}=; Path=/oidc; Max-Age=0; HttpOnly; SameSite=Lax`);
  }

  /** All addresses and cookies that the provider makes follow PUBLIC_URL, not what the request claims. */
  private asPublic(request: FastifyRequest): FastifyRequest['raw'] {
    const { headers } = request.raw;
    const { host, protocol } = new URL(this.origin);
    headers.host = host;
    headers['x-forwarded-host'] = host;
    headers['x-forwarded-proto'] = protocol.slice(0, -1);
    return request.raw;
  }
}

const SESSION_COOKIE = 'casebook-demo';

function expired(reply: FastifyReply): FastifyReply {
  return reply.code(400).headers(pageHeaders()).send(demoErrorPage());
}

function configuration(options: DemoProviderOptions, origin: string, keys: DemoKeys, post: Fetch): Configuration {
  const adapters = new StateAdapters(options.state);
  return {
    adapter: (model: string) => adapters.for(model),
    jwks: { keys: [keys.jwk] },
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: keys.clientSecret,
        redirect_uris: [`${origin}/auth/callback`],
        post_logout_redirect_uris: [`${origin}${options.afterLogout ?? '/'}`],
        backchannel_logout_uri: `${origin}/auth/backchannel-logout`,
        backchannel_logout_session_required: true,
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    // The e-mail belongs into the ID token, since the portal does not ask UserInfo.
    conformIdTokenClaims: false,
    findAccount: (_context, sub) => {
      const account = options.accounts.find((candidate) => candidate.sub === sub);
      if (!account) return undefined;
      const { email, name } = account;
      return { accountId: sub, claims: async () => ({ sub, email, email_verified: true, name }) };
    },
    loadExistingGrant: async (context) => {
      const { client, session, provider } = context.oidc;
      if (!client || !session?.accountId) return undefined;
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
    interactions: { url: (_context, interaction) => `/oidc/login/${interaction.uid}` },
    cookies: {
      keys: [keys.cookieKey],
      names: { session: SESSION_COOKIE, interaction: `${SESSION_COOKIE}-login`, resume: `${SESSION_COOKIE}-resume` },
      long: { signed: true, httpOnly: true, sameSite: 'lax', path: '/oidc' },
      short: { signed: true, httpOnly: true, sameSite: 'lax' },
    },
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      IdToken: 600,
      Interaction: SIGN_IN_SECONDS,
      Session: SESSION_SECONDS,
      Grant: SESSION_SECONDS,
    },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context, form) => {
          context.set(pageHeaders(LOGOUT_SCRIPT));
          context.body = logoutPage(form);
        },
      },
    },
    fetch: (url, init) => post(new Request(url).url, init),
    renderError: (context) => {
      context.set(pageHeaders());
      context.body = demoErrorPage();
    },
  };
}

/** The keys of this data directory, made at the first start. */
async function storedKeys(state: StateStore): Promise<DemoKeys> {
  const [space, key] = ['demo-provider', 'keys'];
  const found = await state.get<DemoKeys>(space, key);
  if (found) return found.value;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const kid = randomBytes(8).toString('hex');
  const made: DemoKeys = {
    jwk: { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid },
    clientSecret: randomBytes(32).toString('base64url'),
    cookieKey: randomBytes(32).toString('base64url'),
  };
  await state.insert(space, key, made);
  return (await state.get<DemoKeys>(space, key))?.value ?? made;
}
