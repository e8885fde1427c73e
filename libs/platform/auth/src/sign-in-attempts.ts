import { createHash, randomBytes } from 'node:crypto';
import { type StateStore } from '@casebook/state';
import { SignInRefused } from './refusals';

/** One sign-in under way, in one tab of one browser. */
export interface SignInAttempt {
  /** The `state` parameter. */
  readonly handle: string;
  /** Known to this browser alone, by a cookie. */
  readonly browser: string;
  readonly nonce: string;
  /** The PKCE secret. */
  readonly verifier: string;
  readonly returnTo: string;
  /** The provider may ask the person nothing (`prompt=none`). */
  readonly silent: boolean;
}

interface StoredAttempt {
  readonly browserHash: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly returnTo: string;
  readonly silent?: true;
}

export const ATTEMPT_SECONDS = 600;
const SPACE = 'auth.sign-in';

/**
 * Sign-ins under way. Each has a record and a cookie of its own, so tabs do not disturb each other, and is taken
 * once: a replayed callback, or one in another browser, finds nothing.
 */
export class SignInAttempts {
  constructor(private readonly state: StateStore) {}

  begin(returnTo: string, silent = false): SignInAttempt {
    return { handle: secret(), browser: secret(), nonce: secret(), verifier: secret(), returnTo, silent };
  }

  async save(attempt: SignInAttempt): Promise<void> {
    const { browser, nonce, verifier, returnTo, silent } = attempt;
    const said = { nonce, verifier, returnTo, ...(silent && { silent }) };
    const stored: StoredAttempt = { browserHash: hash(browser), ...said };
    await this.state.set(SPACE, hash(attempt.handle), stored, { ttlSeconds: ATTEMPT_SECONDS });
  }

  /** Takes the attempt out, or throws SignInRefused (`sign_in.expired`). */
  async take(handle: string, browser: string | undefined): Promise<SignInAttempt> {
    const key = hash(handle);
    const found = await this.state.get<StoredAttempt>(SPACE, key);
    if (!found) throw new SignInRefused('sign_in.expired', 'unknown, used or expired state');
    if (browser === undefined || hash(browser) !== found.value.browserHash) {
      throw new SignInRefused('sign_in.expired', 'state of another browser');
    }
    if (!(await this.state.delete(SPACE, key, found.version))) {
      throw new SignInRefused('sign_in.expired', 'state used at the same time');
    }
    const { nonce, verifier, returnTo, silent = false } = found.value;
    return { handle, browser, nonce, verifier, returnTo, silent };
  }
}

/** The PKCE challenge of a verifier (S256). */
export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}

function hash(value: string): string {
  return createHash('sha256').update(value).digest('base64url');
}
