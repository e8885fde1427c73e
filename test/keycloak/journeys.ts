import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { Keycloak } from '../engines/keycloak';
import type { Journey, Place } from '../journeys/journey';
import type { KeycloakAdmin, User } from './admin';

/** A portal whose provider is Keycloak. */
interface KeycloakPlace extends Place {
  readonly keycloak: Keycloak;
  readonly admin: KeycloakAdmin;
  /** The portal's first administrator, whose mail address Keycloak has not verified at first. */
  readonly root: User;
  readonly email: string;
}

/** Casebook fetches keys at most this often. */
const KEYS_COOLDOWN_MS = 10_000;

export const unverified: Journey<KeycloakPlace> = {
  name: 'an unverified mail address does not get in; verified, the administrator does, by a code with PKCE',
  async run({ browser, url, keycloak, admin, root, email }) {
    const page = await browser.open();
    await browser.whileAway(async () => {
      await page.goto(`${url}/auth/login`);
      await submit(page, root);
      await page.getByText('email.unverified').waitFor();
    });
    assert.equal(await me(page, url), undefined);

    await admin.change(root, { emailVerified: true });
    const other = await browser.open();
    const asked = other.waitForRequest((request) => request.url().includes('/openid-connect/auth'));
    await other.goto(url);
    await other.getByRole('link', { name: 'Continue to your company sign-in' }).click();
    const request = new URL((await asked).url());
    assert.equal(request.searchParams.get('code_challenge_method'), 'S256');
    assert.equal(await withoutPkce(request), 'invalid_request');
    await submit(other, root);
    await signedIn(other);
    const person = await me(other, url);
    assert.equal(person?.email, email);
    assert.ok(person.roles.includes('administrator'), JSON.stringify(person));
    assert.ok(other.url().startsWith(url) && !other.url().startsWith(keycloak.url));
  },
};

export const signedOut: Journey<KeycloakPlace> = {
  name: 'signing out ends both sessions: the portal shows its sign-in page, and Keycloak asks again',
  async run({ browser, url, admin, root }) {
    const page = await browser.open();
    await signInAt(page, url, root);
    const before = await admin.sessions(root);
    // Single sign-on: while Keycloak knows the browser it asks nothing.
    await page.goto(`${url}/auth/login?returnTo=/users`);
    await signedIn(page);
    assert.equal(new URL(page.url()).pathname, '/users');

    await page.getByRole('button', { name: /account/i }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL(`${url}/sign-in`);
    assert.equal(await me(page, url), undefined);
    assert.equal((await admin.sessions(root)).length, before.length - 1);
    await page.getByRole('link', { name: 'Continue to your company sign-in' }).click();
    await loginForm(page).waitFor();
  },
};

export const silent: Journey<KeycloakPlace> = {
  name: 'whose session has ended is signed in again without a word if Keycloak knows them; else asked, after one try',
  async run({ browser, url, keycloak, admin, root }) {
    const page = await browser.open();
    const silently = `${url}/auth/login?prompt=none&returnTo=/users`;
    const errors: (string | null)[] = [];
    page.on('request', (request) => {
      const address = new URL(request.url());
      if (address.pathname === '/auth/callback') errors.push(address.searchParams.get('error'));
    });
    await page.goto(silently);
    await page.waitForURL(`${url}/sign-in?returnTo=%2Fusers`);
    assert.equal(await me(page, url), undefined);

    await signInAt(page, url, root);
    await forget(page, url);
    assert.equal(await me(page, url), undefined);
    await page.goto(`${url}/users`);
    await signedIn(page);
    assert.equal(new URL(page.url()).pathname, '/users');

    await admin.change(root, { requiredActions: ['UPDATE_PASSWORD'] });
    await forget(page, url);
    await page.goto(`${url}/users`);
    await page.waitForURL(`${url}/sign-in?returnTo=%2Fusers`);
    await admin.change(root, { requiredActions: [] });
    assert.deepEqual(errors, ['login_required', null, null, 'interaction_required']);
    assert.notEqual(new URL(page.url()).origin, keycloak.url);
  },
};

export const rotation: Journey<KeycloakPlace> = {
  name: 'after Keycloak changed its keys the next sign-in works, and who was signed in stays so',
  async run({ browser, url, admin, root }) {
    const before = await browser.open();
    await signInAt(before, url, root);
    const old = await admin.signingKey();
    await wait(KEYS_COOLDOWN_MS);
    await admin.rotateKeys();
    assert.notEqual(await admin.signingKey(), old);
    const after = await browser.open();
    await signInAt(after, url, root);
    assert.ok(await me(before, url));
  },
};

export const backChannel: Journey<KeycloakPlace> = {
  name: 'a session ended at Keycloak is over at the portal at once, with a page open; the others go on',
  async run({ browser, url, admin, root }) {
    for (const id of await admin.sessions(root)) await admin.endSession(id);
    const ended = await browser.open();
    await signInAt(ended, url, root);
    const [session = ''] = await admin.sessions(root);
    const other = await browser.open();
    await signInAt(other, url, root);
    await browser.whileAway(async () => {
      await admin.endSession(session);
      assert.equal(await me(ended, url), undefined);
      await ended.waitForURL(/\/sign-in/, { timeout: 15_000 });
    });
    assert.ok(await me(other, url));
  },
};

export async function signInAt(page: Page, url: string, user: User): Promise<void> {
  await page.goto(`${url}/auth/login?returnTo=/`);
  await submit(page, user);
  await signedIn(page);
}

function loginForm(page: Page) {
  return page.locator('#kc-form-login');
}

async function submit(page: Page, user: User): Promise<void> {
  await loginForm(page).locator('input[name=username]').fill(user.username);
  await loginForm(page).locator('input[name=password]').fill(user.password);
  await loginForm(page).locator('input[name=password]').press('Enter');
}

async function signedIn(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
}

/** Takes the portal's cookies from a browser, once no page is open that would notice. Keycloak's stay. */
async function forget(page: Page, url: string): Promise<void> {
  await page.goto('about:blank');
  await page.context().clearCookies({ domain: new URL(url).hostname });
}

/** Whom the portal knows by the cookies of this browser; undefined for nobody. */
async function me(page: Page, url: string): Promise<{ email: string; roles: string[] } | undefined> {
  const answer = await page.context().request.get(`${url}/api/me`);
  if (answer.status() === 401) return undefined;
  assert.equal(answer.status(), 200);
  return (await answer.json()) as { email: string; roles: string[] };
}

/** The error that Keycloak answers to the same request without PKCE. */
async function withoutPkce(request: URL): Promise<string | null> {
  const changed = new URL(request);
  changed.searchParams.delete('code_challenge');
  changed.searchParams.delete('code_challenge_method');
  const { headers } = await fetch(changed, { redirect: 'manual' });
  return new URL(headers.get('location') ?? 'x:').searchParams.get('error');
}
