import { createHmac } from 'node:crypto';
import { type CryptoKey, exportSPKI, importJWK } from 'jose';
import { Arena, atHash, claims, now, REPELLED, SIGNED_IN } from './testing/arena';
import { CLIENT_ID, rawToken, type Script, type SigningKey, signingKey } from './testing/hostile-provider';

const YEAR = 365 * 86_400;
const keys: Record<string, SigningKey> = {};
let arena: Arena;

beforeAll(async () => {
  for (const alg of ['ES256', 'PS256', 'EdDSA', 'RS512']) keys[alg] = await signingKey(alg);
  arena = await Arena.open(Object.values(keys));
  keys['stranger'] = await signingKey('RS256');
});

afterAll(async () => {
  expect(await arena.close()).toEqual([]);
});

const without = (name: string): Script => claims({ [name]: undefined });
const token = (change: Record<string, unknown>): Script => ({
  token: (honest) => ({ body: { ...honest, ...change } }),
});
const parts = (jwt: string) => jwt.split('.') as [string, string, string];

/** RS256's public key used as an HMAC secret: the classic confusion of algorithms. */
async function hmacToken(): Promise<Script> {
  const response = await fetch(`${arena.provider.origin}/jwks`);
  const jwks = (await response.json()) as { keys: [Record<string, string>] };
  const pem = await exportSPKI((await importJWK({ ...jwks.keys[0], ext: true }, 'RS256')) as CryptoKey);
  return {
    idToken: (_honest, said) => {
      const unsigned = rawToken({ alg: 'HS256', kid: 'key-RS256' }, said).replace(/\.$/, '');
      return `${unsigned}.${createHmac('sha256', pem).update(unsigned).digest('base64url')}`;
    },
  };
}

describe('an honest provider', () => {
  it('signs people in', async () => {
    expect(await arena.attempt()).toMatchObject(SIGNED_IN);
  });

  it.each(['ES256', 'PS256', 'EdDSA'])('may sign with %s', async (alg) => {
    expect(await arena.attempt({ key: keys[alg]! })).toMatchObject(SIGNED_IN);
  });

  it.each<[string, () => Script]>([
    ['an audience in a list of one', () => claims({ aud: [CLIENT_ID] })],
    ['azp naming this client', () => claims({ azp: CLIENT_ID })],
    ['a clock 40 s behind', () => claims({ exp: now() - 40, iat: now() - 340 })],
    ['a clock 40 s ahead', () => claims({ iat: now() + 40 })],
    ['the right at_hash', () => claims({ at_hash: atHash('access-token-of-the-test') })],
    ['typ JWT', () => ({ header: () => ({ typ: 'JWT' }) })],
    ['auth_time with a fraction', () => claims({ auth_time: now() - 0.5 })],
  ])('may send %s', async (_what, script) => {
    expect(await arena.attempt(script())).toMatchObject(SIGNED_IN);
  });

  it('gets the secret by Basic authentication, both halves form-encoded, and the PKCE verifier', async () => {
    await arena.attempt();
    const { authorization, body } = arena.provider.tokenRequests.at(-1)!;
    const decoded = Buffer.from(authorization!.replace('Basic ', ''), 'base64').toString();
    expect(decoded).toBe(`${CLIENT_ID}:s3cret%2F%2B+%25`);
    expect(body.get('code_verifier')).toMatch(/^[\w-]{43}$/);
    expect(body.get('client_secret')).toBeNull();
  });

  it('is asked for UserInfo only when the ID token has no e-mail', async () => {
    const before = arena.provider.calls.filter((path) => path === '/userinfo').length;
    await arena.attempt();
    expect(arena.provider.calls.filter((path) => path === '/userinfo').length).toBe(before);
    expect(await arena.attempt(without('email'))).toMatchObject(SIGNED_IN);
    expect(arena.portal.directory.asked.at(-1)).toMatchObject({ email: 'uma@acme.example', emailVerified: false });
  });
});

describe('a hostile ID token signs nobody in', () => {
  it.each<[string, string, () => Script | Promise<Script>]>([
    ['signed by an unknown key', 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED', () => ({ key: keys['stranger']! })],
    [
      'changed after signing',
      'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
      () => ({ idToken: (jwt, said) => forged(jwt, { ...said, sub: 'admin' }) }),
    ],
    [
      'with a garbage signature',
      'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
      () => ({ idToken: (jwt) => `${parts(jwt).slice(0, 2).join('.')}.AAAA` }),
    ],
    [
      'with the signature removed',
      'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
      () => ({ idToken: (jwt) => `${parts(jwt).slice(0, 2).join('.')}.` }),
    ],
    ['with alg none', 'ERR_JOSE_ALG_NOT_ALLOWED', () => ({ idToken: (_jwt, said) => rawToken({ alg: 'none' }, said) })],
    [
      'with alg none and a kid',
      'ERR_JOSE_ALG_NOT_ALLOWED',
      () => ({ idToken: (_jwt, said) => rawToken({ alg: 'none', kid: 'key-RS256' }, said) }),
    ],
    ['with alg nOnE', 'ERR_JOSE_ALG_NOT_ALLOWED', () => ({ idToken: (_jwt, said) => rawToken({ alg: 'nOnE' }, said) })],
    ['without a signature part', 'ERR_JWS_INVALID', () => ({ idToken: (jwt) => parts(jwt).slice(0, 2).join('.') })],
    [
      'with a header that is no JSON',
      'ERR_JWS_INVALID',
      () => ({ idToken: (_jwt, said) => rawToken('{"alg":', said, 'AAAA') }),
    ],
    ['with an empty header', 'ERR_JWS_INVALID', () => ({ idToken: (_jwt, said) => rawToken('', said, 'AAAA') })],
    [
      'with claims that are no JSON',
      'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
      () => ({ idToken: () => rawToken({ alg: 'RS256' }, 'null{', 'AAAA') }),
    ],
    [
      'with claims null',
      'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
      () => ({ idToken: () => rawToken({ alg: 'RS256' }, 'null', 'AAAA') }),
    ],
    ['with HS256 keyed by the public key', 'ERR_JOSE_ALG_NOT_ALLOWED', () => hmacToken()],
    ['signed under an algorithm that is not pinned', 'ERR_JOSE_ALG_NOT_ALLOWED', () => ({ key: keys['RS512']! })],
    ['with an unknown kid', 'ERR_JWKS_NO_MATCHING_KEY', () => ({ header: () => ({ kid: 'nobody' }) })],
    [
      'with an unknown crit',
      'ERR_JOSE_NOT_SUPPORTED',
      () => ({ header: () => ({ crit: ['made-up'], 'made-up': true }) }),
    ],
    [
      'that brings its own key',
      'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
      () => ({ key: keys['stranger']!, header: () => ({ jwk: keys['stranger']!.publicJwk }) }),
    ],
    [
      'that names its own keys',
      'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
      () => ({ key: keys['stranger']!, header: () => ({ jku: 'http://127.0.0.1:9/keys' }) }),
    ],
    ['of typ logout+jwt', 'typ logout+jwt', () => ({ header: () => ({ typ: 'logout+jwt' }) })],
    ['of typ at+jwt', 'typ at+jwt', () => ({ header: () => ({ typ: 'at+jwt' }) })],
    [
      'with a logout event',
      'a logout token instead of an ID token',
      () => claims({ events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }),
    ],
    [
      'that is encrypted',
      'ERR_JWS_INVALID',
      () => ({ idToken: () => 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AAAA.AAAA.AAAA' }),
    ],
    ['of a foreign issuer', 'unexpected "iss" claim value', () => claims({ iss: 'https://evil.example' })],
    ['of the issuer with a slash', 'unexpected "iss" claim value', () => claims({ iss: `${arena.provider.origin}/` })],
    ['without issuer', 'missing required "iss" claim', () => without('iss')],
    ['for a foreign audience', 'unexpected "aud" claim value', () => claims({ aud: 'another-client' })],
    ['for an audience with our prefix', 'unexpected "aud" claim value', () => claims({ aud: `${CLIENT_ID}-2` })],
    ['without audience', 'missing required "aud" claim', () => without('aud')],
    ['for us and others', 'made for other audiences too', () => claims({ aud: [CLIENT_ID, 'other'] })],
    [
      'for us and others with our azp',
      'made for other audiences too',
      () => claims({ aud: [CLIENT_ID, 'other'], azp: CLIENT_ID }),
    ],
    ['with another azp', 'azp names another client', () => claims({ azp: 'other' })],
    ['with a foreign nonce', 'foreign nonce', () => claims({ nonce: 'foreign' })],
    ['without nonce', 'missing required "nonce" claim', () => without('nonce')],
    [
      'with a nonce in a list',
      'foreign nonce',
      () => ({ claims: (honest) => ({ ...honest, nonce: [honest['nonce']] }) }),
    ],
    ['expired 61 s ago', '"exp" claim timestamp check failed', () => claims({ exp: now() - 61, iat: now() - 300 })],
    ['without exp', 'missing required "exp" claim', () => without('exp')],
    ['with exp "never"', '"exp" claim must be a number', () => claims({ exp: 'never' })],
    ['with exp {}', '"exp" claim must be a number', () => claims({ exp: {} })],
    [
      'issued a year ago',
      '"iat" claim timestamp check failed (too far in the past)',
      () => claims({ iat: now() - YEAR }),
    ],
    [
      'issued in a year',
      '"iat" claim timestamp check failed (it should be in the past)',
      () => claims({ iat: now() + YEAR }),
    ],
    ['without iat', 'missing required "iat" claim', () => without('iat')],
    ['not valid before tomorrow', '"nbf" claim timestamp check failed', () => claims({ nbf: now() + 86_400 })],
    ['with a wrong at_hash', 'at_hash of another access token', () => claims({ at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' })],
    ['with an at_hash that is a number', 'at_hash of another access token', () => claims({ at_hash: 1 })],
    ['without subject', 'missing required "sub" claim', () => without('sub')],
    ['with an empty subject', 'sub is not short text', () => claims({ sub: '' })],
    ['with a subject that is an object', 'sub is not short text', () => claims({ sub: { toString: 'admin' } })],
    ['with a subject of 10 kB', 'sub is not short text', () => claims({ sub: 'x'.repeat(10_000) })],
    ['with auth_time in a year', 'auth_time ahead or not a number', () => claims({ auth_time: now() + YEAR })],
    ['with auth_time as text', 'auth_time ahead or not a number', () => claims({ auth_time: 'now' })],
    ['of 2 MB', 'answered more than 65536 bytes', () => claims({ padding: 'x'.repeat(2_000_000) })],
    [
      'with a signature of zeros',
      'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
      () => ({
        idToken: (_jwt, said) =>
          rawToken({ alg: 'ES256', kid: 'key-ES256' }, said, Buffer.alloc(64).toString('base64url')),
      }),
    ],
    [
      'signed under one algorithm with the key of another',
      'ERR_JWKS_NO_MATCHING_KEY',
      () => ({ key: keys['PS256']!, header: () => ({ kid: 'key-RS256' }) }),
    ],
    ['of five parts', 'ERR_JWS_INVALID', () => ({ idToken: (jwt) => `${jwt}.AAAA.AAAA` })],
    [
      'with certificates of its own',
      'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
      () => ({ key: keys['stranger']!, header: () => ({ x5u: 'http://127.0.0.1:9/chain', x5c: ['MIIB'] }) }),
    ],
    [
      'with an alg that is a list',
      'ERR_JWS_INVALID',
      () => ({ idToken: (_jwt, said) => rawToken({ alg: ['RS256'] }, said, 'AAAA') }),
    ],
    ['with a kid of JavaScript', 'ERR_JWKS_NO_MATCHING_KEY', () => ({ header: () => ({ kid: '__proto__' }) })],
    ['with an issuer in a list', 'unexpected "iss" claim value', () => claims({ iss: [arena.provider.origin] })],
    ['with an audience in a list of lists', 'unexpected "aud" claim value', () => claims({ aud: [[CLIENT_ID]] })],
    ['with azp in a list', 'azp names another client', () => claims({ azp: [CLIENT_ID] })],
    ['with iat as text', '"iat" claim must be a number', () => claims({ iat: String(now()) })],
    ['with nbf as text', '"nbf" claim must be a number', () => claims({ nbf: 'now' })],
    ['with a subject in a list', 'sub is not short text', () => claims({ sub: ['subject-1'] })],
    ['with a subject that ends early', 'sub is not short text', () => claims({ sub: 'admin\u0000' })],
    ['with a subject of two lines', 'sub is not short text', () => claims({ sub: 'subject-1\nadmin' })],
    ['that is missing', 'token answer without tokens', () => token({ id_token: undefined })],
    ['that is a number', 'token answer without tokens', () => token({ id_token: 42 })],
    ['that is a list', 'token answer without tokens', () => token({ id_token: ['a.b.c'] })],
    ['that is empty', 'token answer without tokens', () => token({ id_token: '' })],
    [
      'with the access token swapped',
      'at_hash of another access token',
      () => ({
        ...claims({ at_hash: atHash('access-token-of-the-test') }),
        token: (honest) => ({ body: { ...honest, access_token: 'another' } }),
      }),
    ],
  ])('%s', async (_what, reason, script) => {
    const outcome = await arena.attack(await script());
    expect(outcome).toMatchObject({ status: 502, refused: 'provider.answer_invalid', ...REPELLED });
    expect(arena.portal.refusals.at(-1)).toContain(reason);
  });
});

function forged(jwt: string, said: unknown): string {
  const [header, , signature] = parts(jwt);
  return `${header}.${Buffer.from(JSON.stringify(said)).toString('base64url')}.${signature}`;
}
