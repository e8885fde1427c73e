import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

export interface SigningKey {
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/**
 * One answer over HTTP: `delayMs` keeps it back, `cut` closes the connection instead, `raw` is written to the socket in
 * place of an answer, `drip` goes on sending a byte at a time until the other side leaves.
 */
export interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly delayMs?: number;
  readonly cut?: boolean;
  readonly raw?: string;
  readonly drip?: boolean;
}

type Json = Record<string, unknown>;

/** What differs from an honest provider. Each part gets the honest value and answers the one to send. */
export interface Script {
  readonly discovery?: (honest: Json) => Answer;
  readonly claims?: (honest: JWTPayload) => Json;
  readonly header?: (honest: Json) => Json;
  readonly key?: SigningKey;
  readonly idToken?: (honest: string, claims: Json) => unknown;
  readonly token?: (honest: Json) => Answer;
  readonly jwks?: (honest: Json) => Answer;
  readonly userinfo?: Answer;
}

export const CLIENT_ID = 'casebook-test';
const ACCESS_TOKEN = 'access-token-of-the-test';

export async function signingKey(alg: string, kid = `key-${alg}`): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, publicJwk: { ...(await exportJWK(publicKey)), alg, kid, use: 'sig' } };
}

/** An OpenID provider on loopback that is honest until told otherwise. Who asks for a code gets one without a login. */
export class HostileProvider {
  script: Script = {};
  /** Of the authorization request that comes next to be answered. */
  nonce = '';
  /** Requests by path, for tests that count. */
  readonly calls: string[] = [];
  readonly tokenRequests: { authorization: string | undefined; body: URLSearchParams }[] = [];
  private readonly server = createServer((request, response) => {
    this.answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });

  private constructor(
    private readonly key: SigningKey,
    private readonly otherKeys: readonly SigningKey[],
  ) {}

  static async start(otherKeys: readonly SigningKey[] = []): Promise<HostileProvider> {
    const provider = new HostileProvider(await signingKey('RS256'), otherKeys);
    await provider.listen(0);
    return provider;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  port = 0;

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  honestClaims(): JWTPayload {
    const now = Math.floor(Date.now() / 1000);
    return {
      iss: this.origin,
      aud: CLIENT_ID,
      sub: 'subject-1',
      nonce: this.nonce,
      iat: now,
      exp: now + 300,
      email: 'ada@acme.example',
      email_verified: true,
      name: 'Ada Okafor',
      sid: 'provider-session-1',
    };
  }

  /** Signs whatever it is given, right or wrong. */
  async sign(claims: Json, header: Json = {}, key: SigningKey = this.key): Promise<string> {
    const { alg = 'RS256', kid } = key.publicJwk;
    return new SignJWT(claims).setProtectedHeader({ alg, ...(kid ? { kid } : {}), ...header }).sign(key.privateKey, {
      crit: { 'made-up': false },
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', this.origin).pathname;
    this.calls.push(path);
    const answer = await this.answerTo(path, request);
    if (answer.delayMs) await new Promise((resolve) => setTimeout(resolve, answer.delayMs).unref());
    if (answer.cut) {
      response.destroy();
      return;
    }
    if (answer.raw !== undefined) {
      response.socket?.end(answer.raw);
      return;
    }
    const { body = '' } = answer;
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers });
    if (answer.drip) {
      const drops = setInterval(() => response.write(' '), 10);
      response.once('close', () => {
        clearInterval(drops);
      });
      return;
    }
    response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  }

  private async answerTo(path: string, request: IncomingMessage): Promise<Answer> {
    const { discovery, jwks, userinfo } = this.script;
    if (path === '/.well-known/openid-configuration') {
      const honest = this.metadata();
      return discovery ? discovery(honest) : { body: honest };
    }
    if (path === '/jwks') {
      const honest = { keys: [this.key, ...this.otherKeys].map(({ publicJwk }) => publicJwk) };
      return jwks ? jwks(honest) : { body: honest };
    }
    if (path === '/token') return this.tokenAnswer(request);
    if (path === '/userinfo') return userinfo ?? { body: { sub: 'subject-1', email: 'uma@acme.example' } };
    return { status: 404 };
  }

  private metadata(): Json {
    return {
      issuer: this.origin,
      authorization_endpoint: `${this.origin}/authorize`,
      token_endpoint: `${this.origin}/token`,
      jwks_uri: `${this.origin}/jwks`,
      userinfo_endpoint: `${this.origin}/userinfo`,
      end_session_endpoint: `${this.origin}/logout`,
      id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
    };
  }

  private async tokenAnswer(request: IncomingMessage): Promise<Answer> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { authorization } = request.headers;
    this.tokenRequests.push({ authorization, body: new URLSearchParams(Buffer.concat(chunks).toString()) });
    const { claims, header, key, idToken, token } = this.script;
    const said = claims ? claims(this.honestClaims()) : this.honestClaims();
    const signed = await this.sign(said, header ? header({}) : {}, key);
    const honest = {
      access_token: ACCESS_TOKEN,
      token_type: 'Bearer',
      expires_in: 300,
      id_token: idToken ? idToken(signed, said) : signed,
    };
    return token ? token(honest) : { body: honest };
  }
}

/** A token of parts that no honest library would join. */
export function rawToken(header: unknown, claims: unknown, signature = ''): string {
  const part = (value: unknown) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims)}.${signature}`;
}
