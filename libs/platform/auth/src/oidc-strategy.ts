import OpenIDConnectStrategy from 'passport-openidconnect';
import { type ProviderMetadata } from './discovery';
import { type OidcClient, type ProvenIdentity } from './oidc-client';
import { SignInRefused } from './refusals';
import { challengeOf, type SignInAttempt, type SignInAttempts } from './sign-in-attempts';

/** What Passport hands on when a sign-in succeeded. */
export interface SignedInAtProvider extends ProvenIdentity {
  readonly returnTo: string;
}

/** What Passport hands on when a silent sign-in found nobody whom the provider knows without asking. */
export interface NobodyAtProvider {
  readonly identity?: undefined;
  readonly returnTo: string;
}

/** A request as far as the strategy looks at it. */
interface CallbackRequest {
  readonly query: unknown;
}

/** Per-call options of `passport.authenticate`. */
export interface SignInOptions {
  /** For the way out: the attempt, saved before the browser leaves. */
  readonly state?: SignInAttempt;
  /** For the way back: the secret of this browser that belongs to a `state`. */
  readonly browserOf?: (handle: string) => string | undefined;
  readonly prompt?: string;
}

/** OpenID Connect Core 3.1.2.6: the person would have to do something. */
const WOULD_ASK = ['login_required', 'interaction_required', 'consent_required', 'account_selection_required'];
const MAX_PARAMETER_CHARS = 4096;

/**
 * `passport-openidconnect`, of which only the way out is used: it writes the authorization request, and this class
 * adds nonce and PKCE. Its way back verifies no signature, keeps one state per session and can be crashed by the
 * provider, so the callback is handled here from beginning to end.
 */
export class HardenedStrategy extends OpenIDConnectStrategy {
  constructor(
    provider: ProviderMetadata,
    private readonly client: OidcClient,
    private readonly attempts: SignInAttempts,
  ) {
    super(
      {
        issuer: provider.issuer,
        authorizationURL: provider.authorizationEndpoint,
        tokenURL: provider.tokenEndpoint,
        userInfoURL: '',
        clientID: client.options.clientId,
        clientSecret: '',
        callbackURL: client.options.callbackUrl,
        scope: ['email', 'profile'],
        store: {
          store: (_request, _context, state, _meta, done) => {
            const attempt = state as SignInAttempt;
            attempts.save(attempt).then(() => {
              done(null, attempt.handle);
            }, done);
          },
          verify: (_request, _state, done) => {
            done(new Error('The callback is handled without the library.'));
          },
        },
      },
      (_issuer: string, _profile: unknown, done: OpenIDConnectStrategy.VerifyCallback) => {
        done(new Error('The callback is handled without the library.'));
      },
    );
    this.name = 'casebook-oidc';
  }

  override authenticate(request: CallbackRequest, options: SignInOptions): void {
    if (options.state) {
      super.authenticate(request as Parameters<OpenIDConnectStrategy['authenticate']>[0], options);
      return;
    }
    this.finish(request.query, options).then(
      (signedIn) => {
        this.success(signedIn);
      },
      (error: unknown) => {
        this.error(error instanceof Error ? error : new Error(String(error)));
      },
    );
  }

  override authorizationParams(options: SignInOptions): object {
    if (!options.state) return {};
    const { nonce, verifier } = options.state;
    return { nonce, code_challenge: challengeOf(verifier), code_challenge_method: 'S256' };
  }

  private async finish(query: unknown, options: SignInOptions): Promise<SignedInAtProvider | NobodyAtProvider> {
    const answer = (query ?? {}) as Record<string, unknown>;
    const state = parameter(answer, 'state');
    if (state === undefined) throw new SignInRefused('sign_in.invalid', 'callback without state');
    const attempt = await this.attempts.take(state, options.browserOf?.(state));
    const error = parameter(answer, 'error');
    if (error !== undefined && attempt.silent && WOULD_ASK.includes(error)) return { returnTo: attempt.returnTo };
    if (error !== undefined) {
      throw new SignInRefused(error === 'access_denied' ? 'provider.denied' : 'provider.error', `callback: ${error}`);
    }
    const code = parameter(answer, 'code');
    if (code === undefined) throw new SignInRefused('sign_in.invalid', 'callback without code');
    const proven = await this.client.complete(attempt, { code, iss: parameter(answer, 'iss') });
    return { ...proven, returnTo: attempt.returnTo };
  }
}

/** A query parameter, which must be there at most once. */
function parameter(query: Record<string, unknown>, name: string): string | undefined {
  const value = query[name];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value !== '' && value.length <= MAX_PARAMETER_CHARS) return value;
  throw new SignInRefused('sign_in.invalid', `callback with an odd ${name}`);
}
