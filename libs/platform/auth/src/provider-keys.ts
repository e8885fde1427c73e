import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';
import { type ProviderHttp } from './provider-http';
import { SignInRefused } from './refusals';

const COOLDOWN_MS = 10_000;
const MAX_AGE_MS = 10 * 60_000;

/**
 * The provider's public keys, fetched when first needed, after ten minutes and for an unknown key id; at most every
 * 10 s, so that a rotation works and a flood of forgeries does not reach the provider.
 */
export class ProviderKeys {
  readonly find: JWTVerifyGetKey;
  private readonly remote: ReturnType<typeof createRemoteJWKSet>;

  constructor(
    readonly uri: string,
    http: ProviderHttp,
  ) {
    this.remote = createRemoteJWKSet(new URL(uri), {
      cooldownDuration: COOLDOWN_MS,
      cacheMaxAge: MAX_AGE_MS,
      [customFetch]: async () => {
        const { status, body } = await http.json(uri);
        if (status !== 200) throw new SignInRefused('provider.unavailable', `${uri} answered ${status}`);
        return Response.json(body);
      },
    });
    this.find = this.remote;
  }

  /**
   * Fetches the keys anew because one did not fit: it was unusable, or another one has its name now. False when they
   * are no older than 10 s.
   */
  async renew(): Promise<boolean> {
    if (this.remote.coolingDown) return false;
    await this.remote.reload();
    return true;
  }
}
