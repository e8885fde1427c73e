import { type Identity } from './directory';
import { Discovery, type ProviderMetadata, type ProviderStatus } from './discovery';
import { type EndedAtProvider, type IdTokenClaims, verifyIdToken, verifyLogoutToken } from './id-token';
import { type Fetch, ProviderHttp, type ProviderLimits } from './provider-http';
import { ProviderKeys } from './provider-keys';
import { SignInRefused } from './refusals';
import { type SignInAttempt } from './sign-in-attempts';

export interface OidcClientOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Empty or absent for a public client. */
  readonly clientSecret?: string;
  readonly callbackUrl: string;
  readonly clock: () => Date;
  readonly onStatus: (status: ProviderStatus) => void;
  readonly fetch?: Fetch;
  readonly limits?: ProviderLimits;
}

/** A finished sign-in at the provider. */
export interface ProvenIdentity {
  readonly identity: Identity;
  readonly idToken: string;
  /** The provider's session, which a back-channel logout may name. */
  readonly sid: string | undefined;
}

/** The two halves of a callback that count; anything that is no plain text is an attack. */
export interface CallbackAnswer {
  readonly code: string;
  readonly iss: string | undefined;
}

/** RFC 6749, A.12; anything else would not fit into a header. */
const PRINTABLE = /^[\x20-\x7e]+$/;

/** Casebook's side of OpenID Connect towards one provider. All errors are SignInRefused. */
export class OidcClient {
  readonly discovery: Discovery;
  private readonly http: ProviderHttp;
  private known: ProviderKeys | undefined;

  constructor(readonly options: OidcClientOptions) {
    this.http = new ProviderHttp(options.fetch, options.limits);
    this.discovery = new Discovery(options.issuer, this.http, options.clock, options.onStatus);
  }

  /** Turns the callback of `attempt` into an identity: code for tokens, ID token checked, e-mail found. */
  async complete(attempt: SignInAttempt, answer: CallbackAnswer): Promise<ProvenIdentity> {
    const provider = await this.discovery.metadata();
    if (answer.iss === undefined ? provider.issInCallback : answer.iss !== provider.issuer) {
      throw new SignInRefused('provider.answer_invalid', 'the callback comes from another issuer');
    }
    const { idToken, accessToken } = await this.exchange(provider, attempt, answer.code);
    const claims = await verifyIdToken(idToken, {
      ...this.expectation(provider),
      nonce: attempt.nonce,
      accessToken,
    });
    return { identity: await this.identity(provider, claims, accessToken), idToken, sid: text(claims['sid']) };
  }

  /** Checks a logout token of the provider. */
  async loggedOut(token: string): Promise<EndedAtProvider> {
    return verifyLogoutToken(token, this.expectation(await this.discovery.metadata()));
  }

  /** Where the browser goes to end the provider's session too; undefined when the provider has no such page. */
  async logoutUrl(idToken: string | undefined, afterwards: string): Promise<string | undefined> {
    const provider = await this.discovery.metadata().catch(() => undefined);
    if (!provider?.endSessionEndpoint) return undefined;
    const url = new URL(provider.endSessionEndpoint);
    url.searchParams.set('client_id', this.options.clientId);
    url.searchParams.set('post_logout_redirect_uri', afterwards);
    if (idToken) url.searchParams.set('id_token_hint', idToken);
    return url.href;
  }

  private expectation(provider: ProviderMetadata) {
    const { clientId, clock } = this.options;
    return { issuer: provider.issuer, clientId, keys: this.keys(provider.jwksUri), now: clock() };
  }

  private keys(uri: string): ProviderKeys {
    if (this.known?.uri !== uri) this.known = new ProviderKeys(uri, this.http);
    return this.known;
  }

  private async exchange(provider: ProviderMetadata, attempt: SignInAttempt, code: string) {
    const { clientId, clientSecret, callbackUrl } = this.options;
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: callbackUrl,
      code_verifier: attempt.verifier,
    });
    const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' };
    if (clientSecret && provider.clientAuth === 'basic') {
      headers['authorization'] = basic(clientId, clientSecret);
    } else {
      form.set('client_id', clientId);
      if (clientSecret) form.set('client_secret', clientSecret);
    }
    const init = { method: 'POST', headers, body: form.toString() };
    const { status, body } = await this.http.json(provider.tokenEndpoint, init);
    if (status !== 200) throw new SignInRefused('provider.error', `token request: ${status} ${String(body['error'])}`);
    if (body['error'] !== undefined) throw new SignInRefused('provider.error', 'token answer with an error');
    const idToken = text(body['id_token']);
    const accessToken = text(body['access_token']);
    if (!idToken || !accessToken || !PRINTABLE.test(accessToken))
      throw new SignInRefused('provider.answer_invalid', 'token answer without tokens');
    if (text(body['token_type'])?.toLowerCase() !== 'bearer') {
      throw new SignInRefused('provider.answer_invalid', 'token answer of an unknown type');
    }
    return { idToken, accessToken };
  }

  /** UserInfo is asked only when the ID token has no e-mail, and must speak of the same subject. */
  private async identity(provider: ProviderMetadata, claims: IdTokenClaims, accessToken: string): Promise<Identity> {
    let described: Record<string, unknown> = claims;
    if (email(claims['email']) === undefined && provider.userinfoEndpoint) {
      const headers = { authorization: `Bearer ${accessToken}` };
      const { status, body } = await this.http.json(provider.userinfoEndpoint, { headers });
      if (status !== 200) throw new SignInRefused('provider.error', `UserInfo answered ${status}`);
      if (body['sub'] !== claims.sub) {
        throw new SignInRefused('provider.answer_invalid', 'UserInfo speaks of another subject');
      }
      described = body;
    }
    const verified = described['email_verified'];
    return {
      issuer: provider.issuer,
      subject: claims.sub,
      email: email(described['email']),
      emailVerified: verified === true || verified === 'true',
      name: name(described['name'] ?? claims['name']),
    };
  }
}

/** RFC 6749, 2.3.1: both halves are form-encoded before they are joined. */
function basic(id: string, secret: string): string {
  const encoded = [id, secret].map((part) => new URLSearchParams({ '': part }).toString().slice(1)).join(':');
  return `Basic ${Buffer.from(encoded).toString('base64')}`;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function email(value: unknown): string | undefined {
  const trimmed = text(value)?.trim();
  return trimmed && trimmed.length <= 254 && /^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u.test(trimmed) ? trimmed : undefined;
}

function name(value: unknown): string | undefined {
  const plain = text(value)
    ?.replace(/[\p{Cc}\p{Cf}]/gu, '')
    .trim()
    .slice(0, 200);
  return plain === '' ? undefined : plain;
}
