import { createHash } from 'node:crypto';
import { errors, jwtVerify, type JWTHeaderParameters, type JWTPayload } from 'jose';
import { type ProviderKeys } from './provider-keys';
import { SignInRefused } from './refusals';

/** Never taken from discovery: a provider that also offers `none` or HS256 must not talk us into them. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const SKEW_SECONDS = 60;
const MAX_AGE_SECONDS = 600;
const MAX_TOKEN_CHARS = 64 * 1024;
const MAX_SUBJECT_CHARS = 255;
const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** Against what a token is held. */
export interface TokenExpectation {
  readonly issuer: string;
  readonly clientId: string;
  readonly keys: ProviderKeys;
  readonly now: Date;
}

/** Claims of an ID token that passed every check. */
export type IdTokenClaims = JWTPayload & { readonly sub: string };

/**
 * Checks an ID token: signature by a key of the provider under a pinned algorithm, issuer, this client as the only
 * audience, azp, nonce, times with 60 s of skew, at_hash, and that it is no logout token.
 * Throws SignInRefused (`provider.answer_invalid`), or what the key look-up throws when the provider is silent.
 */
export async function verifyIdToken(
  token: string,
  expected: TokenExpectation & { readonly nonce: string; readonly accessToken: string },
): Promise<IdTokenClaims> {
  const { payload, protectedHeader } = await verified(token, expected, ['nonce', 'sub']);
  const typ = protectedHeader.typ?.toLowerCase();
  if (typ !== undefined && typ !== 'jwt') throw invalid(`typ ${typ}`);
  if (payload['events'] !== undefined) throw invalid('a logout token instead of an ID token');
  if (payload['nonce'] !== expected.nonce) throw invalid('foreign nonce');
  const authTime = payload['auth_time'];
  if (authTime !== undefined && !(typeof authTime === 'number' && authTime <= seconds(expected.now) + SKEW_SECONDS)) {
    throw invalid('auth_time ahead or not a number');
  }
  const hash = payload['at_hash'];
  if (hash !== undefined && hash !== accessTokenHash(expected.accessToken, protectedHeader)) {
    throw invalid('at_hash of another access token');
  }
  return { ...payload, sub: subject(payload) };
}

/** Which sign-in session of the provider has ended: one session (`sid`) or all of a person (`subject`). */
export interface EndedAtProvider {
  readonly sid: string | undefined;
  readonly subject: string | undefined;
  readonly tokenId: string;
}

/** Checks a back-channel logout token (OpenID Connect Back-Channel Logout 1.0, 2.6). Throws like verifyIdToken. */
export async function verifyLogoutToken(token: string, expected: TokenExpectation): Promise<EndedAtProvider> {
  const { payload, protectedHeader } = await verified(token, expected, ['jti', 'events']);
  const typ = protectedHeader.typ?.toLowerCase();
  if (typ !== undefined && typ !== 'jwt' && typ !== 'logout+jwt') throw invalid(`typ ${typ}`);
  const events = payload['events'];
  if (typeof events !== 'object' || events === null || !(LOGOUT_EVENT in events)) throw invalid('no logout event');
  if (payload['nonce'] !== undefined) throw invalid('a logout token with a nonce');
  const sid = payload['sid'];
  if (sid !== undefined && typeof sid !== 'string') throw invalid('sid is not text');
  if (typeof payload.jti !== 'string' || payload.jti.length > MAX_SUBJECT_CHARS) throw invalid('jti is not short text');
  const ended = payload.sub === undefined ? undefined : subject(payload);
  if (sid === undefined && ended === undefined) throw invalid('neither sid nor sub');
  return { sid, subject: ended, tokenId: payload.jti };
}

async function verified(token: string, expected: TokenExpectation, claims: readonly string[]) {
  if (token.length > MAX_TOKEN_CHARS) throw invalid(`token of ${token.length} characters`);
  const result = await withKeys(token, expected, claims)
    .catch(async (error: unknown) => {
      if (fitsNoKey(error) && (await expected.keys.renew())) return withKeys(token, expected, claims);
      throw error;
    })
    .catch((error: unknown) => {
      if (error instanceof SignInRefused) throw error;
      // Besides its own errors, jose throws those of Node about keys that cannot be used.
      const { code = '', message = '' } = error as { code?: string; message?: string };
      throw invalid(`${code}: ${message}`);
    });
  const { aud, azp } = result.payload;
  if (Array.isArray(aud) && aud.length !== 1) throw invalid('made for other audiences too');
  if (azp !== undefined && azp !== expected.clientId) throw invalid('azp names another client');
  return result;
}

function withKeys(token: string, { keys, issuer, clientId, now }: TokenExpectation, claims: readonly string[]) {
  return jwtVerify(token, keys.find, {
    algorithms: ALGORITHMS,
    issuer,
    audience: clientId,
    requiredClaims: ['exp', 'iat', ...claims],
    clockTolerance: SKEW_SECONDS,
    maxTokenAge: MAX_AGE_SECONDS,
    currentDate: now,
  });
}

/** True for a forgery, and for a key that is wrong or unusable: which of them it was, newer keys show. */
function fitsNoKey(error: unknown): boolean {
  if (error instanceof errors.JWSSignatureVerificationFailed) return true;
  return !(error instanceof errors.JOSEError) && !(error instanceof SignInRefused);
}

function subject(payload: JWTPayload): string {
  const { sub } = payload as { sub?: unknown };
  // Control characters: a store or a log that ends or splits text there would take one person for another.
  if (typeof sub !== 'string' || sub === '' || sub.length > MAX_SUBJECT_CHARS || /\p{Cc}/u.test(sub)) {
    throw invalid('sub is not short text');
  }
  return sub;
}

/** The left half of the access token's hash (OpenID Connect Core 3.1.3.6); Ed25519 hashes with SHA-512. */
function accessTokenHash(accessToken: string, header: JWTHeaderParameters): string {
  const digest = createHash(header.alg === 'EdDSA' ? 'sha512' : 'sha256')
    .update(accessToken, 'ascii')
    .digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

function invalid(detail: string): SignInRefused {
  return new SignInRefused('provider.answer_invalid', detail);
}
