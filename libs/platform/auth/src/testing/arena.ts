import { createHash } from 'node:crypto';
import { type AuthOptions } from '../auth';
import { Browser } from './browser';
import { CLIENT_ID, HostileProvider, type Script, type SigningKey } from './hostile-provider';
import { startPortal, type TestPortal } from './portal';

/** The outcome of a callback: a session, or the code on the page that refuses it. */
export interface Outcome {
  readonly status: number;
  readonly refused: string | undefined;
  readonly session: boolean;
  readonly html: string;
}

/** Milliseconds after which a silent provider is given up in tests. */
export const IMPATIENCE_MS = 100;

export const SIGNED_IN = { status: 303, refused: undefined, session: true };

/** What every attack must come to: no session, and a portal that still signs honest people in. */
export const REPELLED = { session: false, afterwards: SIGNED_IN };

/** Milliseconds for an honest answer: more than a busy machine needs. */
const PATIENCE_MS = 20_000;

/** A portal and the provider that attacks it. */
export class Arena {
  private constructor(
    readonly provider: HostileProvider,
    readonly portal: TestPortal,
    private readonly limits: { timeoutMs: number; maxBytes: number },
  ) {}

  static async open(otherKeys: readonly SigningKey[] = [], options: Partial<AuthOptions> = {}): Promise<Arena> {
    const provider = await HostileProvider.start(otherKeys);
    const client = { issuer: provider.origin, clientId: CLIENT_ID, clientSecret: 's3cret/+ %' };
    const limits = { timeoutMs: PATIENCE_MS, maxBytes: 64 * 1024 };
    return new Arena(provider, await startPortal({ ...client, providerLimits: limits, ...options }), limits);
  }

  /** Closes both; answers the errors that reached the server, of which there must be none. */
  async close(): Promise<readonly unknown[]> {
    await this.portal.close();
    await this.provider.stop();
    return this.portal.errors;
  }

  /** Begins a sign-in and answers the address of its callback, not yet called. */
  async begin(browser: Browser, path = '/auth/login'): Promise<Record<'code' | 'state', string>> {
    this.provider.script = {};
    const parameters = new URL((await browser.get(path)).headers.get('location') ?? 'x:').searchParams;
    this.provider.nonce = parameters.get('nonce') ?? '';
    return { code: 'a-code', state: parameters.get('state') ?? '' };
  }

  /** A whole sign-in under a script; `query` changes the parameters that come back, `timeoutMs` shortens patience. */
  async attempt(
    script: Script = {},
    query: (honest: Record<string, string>) => [string, string][] = Object.entries,
    timeoutMs = PATIENCE_MS,
  ): Promise<Outcome> {
    const browser = new Browser(this.portal.origin);
    const answer = new URLSearchParams(query(await this.begin(browser)));
    this.provider.script = script;
    this.limits.timeoutMs = timeoutMs;
    const response = await browser.get(`/auth/callback?${answer.toString()}`);
    this.provider.script = {};
    this.limits.timeoutMs = PATIENCE_MS;
    const html = await response.text();
    return {
      status: response.status,
      refused: /Code: <code>([^<]+)</.exec(html)?.[1],
      session: browser.cookie('casebook') !== undefined,
      html,
    };
  }

  /** An attempt under attack, and how an honest sign-in at the same process ends right after it. */
  async attack(...attempt: Parameters<Arena['attempt']>): Promise<Outcome & { readonly afterwards: Outcome }> {
    const outcome = await this.attempt(...attempt);
    return { ...outcome, afterwards: await this.attempt() };
  }
}

/** A script that changes claims of the ID token; undefined leaves one out. */
export const claims = (change: Record<string, unknown>): Script => ({ claims: (honest) => ({ ...honest, ...change }) });

export const now = (): number => Math.floor(Date.now() / 1000);

/** The at_hash of an access token under RS256. */
export function atHash(accessToken: string): string {
  return createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url');
}
