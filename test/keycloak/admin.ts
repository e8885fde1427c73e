import type { Keycloak } from '../engines/keycloak';

/** A person at the provider. */
export interface User {
  readonly id: string;
  readonly username: string;
  readonly password: string;
}

/** What an administrator of Keycloak does to the realm, by its admin REST interface. Throws at every refusal. */
export class KeycloakAdmin {
  constructor(private readonly keycloak: Keycloak) {}

  async addUser(username: string, email: string, emailVerified: boolean): Promise<User> {
    const password = `password-of-${username}`;
    const user = { username, email, emailVerified, firstName: 'Ruth', lastName: 'Adler', enabled: true };
    const credentials = [{ type: 'password', value: password, temporary: false }];
    await this.call('POST', 'users', { ...user, credentials });
    const [made] = (await this.call('GET', `users?username=${username}&exact=true`)) as { id: string }[];
    return { id: made?.id ?? '', username, password };
  }

  async change(user: User, change: Readonly<Record<string, unknown>>): Promise<void> {
    await this.call('PUT', `users/${user.id}`, change);
  }

  async sessions(user: User): Promise<readonly string[]> {
    const sessions = (await this.call('GET', `users/${user.id}/sessions`)) as { id: string }[];
    return sessions.map(({ id }) => id);
  }

  async endSession(id: string): Promise<void> {
    await this.call('DELETE', `sessions/${id}`);
  }

  /** The id of the key that signs ID tokens now. */
  async signingKey(): Promise<string> {
    const { active } = (await this.call('GET', 'keys')) as { active: Record<string, string> };
    return active['RS256'] ?? '';
  }

  /** Lets a new key sign from now on. */
  async rotateKeys(): Promise<void> {
    await this.call('POST', 'components', {
      name: 'rotated',
      providerId: 'rsa-generated',
      providerType: 'org.keycloak.keys.KeyProvider',
      config: { priority: ['1000'], keySize: ['2048'], algorithm: ['RS256'], enabled: ['true'], active: ['true'] },
    });
  }

  private async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${this.keycloak.url}/admin/realms/casebook/${path}`, {
      method,
      headers: { authorization: `Bearer ${await this.token()}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** A new one for each call: it is good for a minute. */
  private async token(): Promise<string> {
    const { url, admin } = this.keycloak;
    const answer = await fetch(`${url}/realms/master/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: 'admin-cli',
        username: admin.user,
        password: admin.password,
      }),
    });
    return ((await answer.json()) as { access_token: string }).access_token;
  }
}
