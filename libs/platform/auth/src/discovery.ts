import { type ProviderHttp } from './provider-http';
import { SignInRefused } from './refusals';

/** What the provider says about itself, checked. */
export interface ProviderMetadata {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly jwksUri: string;
  readonly userinfoEndpoint: string | undefined;
  readonly endSessionEndpoint: string | undefined;
  /** How the client proves itself at the token endpoint. */
  readonly clientAuth: 'basic' | 'post';
  /** The provider promises an `iss` parameter at the callback (RFC 9207), so a missing one is an attack. */
  readonly issInCallback: boolean;
}

/** Whether people can sign in now, in a form that health checks and the start page can show. */
export type ProviderStatus =
  | { readonly state: 'waiting' }
  | { readonly state: 'ready' }
  | { readonly state: 'unavailable'; readonly since: Date; readonly message: string };

const FRESH_MS = 60 * 60_000;
const ATTEMPT_PAUSE_MS = 1_000;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;

/**
 * Finds the provider. Casebook starts without it: what failed is tried again in the background until it succeeds, and at
 * once when somebody wants to sign in. An answer holds for an hour; while a newer one cannot be had, the old one
 * goes on.
 */
export class Discovery {
  private found: { metadata: ProviderMetadata; at: number } | undefined;
  private failure: { since: Date; message: string; lastAttempt: number } | undefined;
  private running: Promise<ProviderMetadata> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private pauseMs = FIRST_RETRY_MS;
  private stopped = false;

  constructor(
    private readonly issuer: string,
    private readonly http: ProviderHttp,
    private readonly clock: () => Date,
    private readonly onStatus: (status: ProviderStatus) => void,
  ) {}

  /** Tries now and again (1, 2, 4 … 60 s) until the provider is found. */
  start(): void {
    void this.look().catch(() => undefined);
  }

  private tryAgain(pauseMs: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.pauseMs = Math.min(2 * pauseMs, MAX_RETRY_MS);
      this.start();
    }, pauseMs);
    this.timer.unref();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  status(): ProviderStatus {
    if (this.failure) return { state: 'unavailable', since: this.failure.since, message: this.failure.message };
    return { state: this.found ? 'ready' : 'waiting' };
  }

  /** Throws SignInRefused (`provider.unavailable`) when the provider was never found and cannot be found now. */
  async metadata(): Promise<ProviderMetadata> {
    const now = this.clock().getTime();
    if (this.found && now - this.found.at < FRESH_MS) return this.found.metadata;
    if (this.failure && now - this.failure.lastAttempt < ATTEMPT_PAUSE_MS) return this.old(this.failure.message);
    return this.look().catch((error: unknown) => this.old(String(error)));
  }

  private old(message: string): ProviderMetadata {
    if (this.found) return this.found.metadata;
    throw new SignInRefused('provider.unavailable', message);
  }

  private look(): Promise<ProviderMetadata> {
    this.running ??= this.fetch().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async fetch(): Promise<ProviderMetadata> {
    const before = this.status().state;
    try {
      const url = `${this.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
      const { status, body } = await this.http.json(url);
      if (status !== 200) throw new SignInRefused('provider.unavailable', `${url} answered ${status}`);
      this.found = { metadata: checked(body, this.issuer), at: this.clock().getTime() };
      this.failure = undefined;
      this.pauseMs = FIRST_RETRY_MS;
      if (before !== 'ready') this.onStatus(this.status());
      return this.found.metadata;
    } catch (error) {
      const now = this.clock();
      const message = error instanceof SignInRefused ? error.detail : String(error);
      this.failure = { since: this.failure?.since ?? now, message, lastAttempt: now.getTime() };
      if (before !== 'unavailable') this.onStatus(this.status());
      if (this.timer === undefined) this.tryAgain(this.pauseMs);
      throw error;
    }
  }
}

function checked(body: Record<string, unknown>, issuer: string): ProviderMetadata {
  if (body['issuer'] !== issuer) {
    throw new SignInRefused(
      'provider.unavailable',
      `the provider calls itself ${JSON.stringify(body['issuer'])}, the settings say "${issuer}": they must be equal`,
    );
  }
  const required = (name: string): string => {
    const url = endpoint(body[name], issuer);
    if (!url) throw new SignInRefused('provider.unavailable', `the provider's ${name} is missing or not https`);
    return url;
  };
  const methods = body['token_endpoint_auth_methods_supported'];
  return {
    issuer,
    authorizationEndpoint: required('authorization_endpoint'),
    tokenEndpoint: required('token_endpoint'),
    jwksUri: required('jwks_uri'),
    userinfoEndpoint: endpoint(body['userinfo_endpoint'], issuer),
    endSessionEndpoint: endpoint(body['end_session_endpoint'], issuer),
    clientAuth: Array.isArray(methods) && !methods.includes('client_secret_basic') ? 'post' : 'basic',
    issInCallback: body['authorization_response_iss_parameter_supported'] === true,
  };
}

/**
 * An endpoint's address. Plain http only where the issuer itself is configured so (loopback, tests). URL would pass over
 * spaces and line ends, which have no place in what becomes a header.
 */
function endpoint(value: unknown, issuer: string): string | undefined {
  if (typeof value !== 'string' || /[\s\p{Cc}]/u.test(value)) return undefined;
  const url = URL.parse(value);
  if (url?.username || url?.password) return undefined;
  if (url?.protocol === 'https:') return value;
  return url?.protocol === 'http:' && issuer.startsWith('http:') ? value : undefined;
}
