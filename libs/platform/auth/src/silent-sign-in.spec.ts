import { Arena } from './testing/arena';
import { Browser } from './testing/browser';

let arena: Arena;
const SILENT = '/auth/login?prompt=none&returnTo=/tickets/CB-1042';

beforeAll(async () => {
  arena = await Arena.open();
});

afterAll(async () => {
  expect(await arena.close()).toEqual([]);
});

describe('a silent sign-in', () => {
  it('lets the provider ask nothing, and begins a session for whoever is signed in there', async () => {
    const browser = new Browser(arena.portal.origin);
    const out = (await browser.get(SILENT)).headers.get('location') ?? '';
    expect(new URL(out).searchParams.get('prompt')).toBe('none');
    const { state } = await arena.begin(browser, SILENT);
    const back = await browser.get(`/auth/callback?code=a&state=${state}`);
    expect([back.status, back.headers.get('location')]).toEqual([303, `${arena.portal.origin}/tickets/CB-1042`]);
  });

  it.each(['login_required', 'interaction_required', 'account_selection_required', 'consent_required'])(
    'ends on the sign-in page, without an error, when the provider says %s',
    async (error) => {
      const browser = new Browser(arena.portal.origin);
      const { state } = await arena.begin(browser, SILENT);
      const back = await browser.get(`/auth/callback?error=${error}&state=${state}`);
      expect([back.status, back.headers.get('location')]).toEqual([303, '/sign-in?returnTo=%2Ftickets%2FCB-1042']);
    },
  );

  it('does not hide other errors, nor these after a sign-in that may ask', async () => {
    const browser = new Browser(arena.portal.origin);
    const silent = await arena.begin(browser, SILENT);
    expect((await browser.get(`/auth/callback?error=access_denied&state=${silent.state}`)).status).toBe(403);
    const loud = await arena.begin(browser);
    expect((await browser.get(`/auth/callback?error=login_required&state=${loud.state}`)).status).toBe(502);
  });

  it('is not tried where the provider is to ask each time', async () => {
    const asking = await Arena.open([], { prompt: 'login' });
    const answer = await new Browser(asking.portal.origin).get(SILENT);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/sign-in?returnTo=%2Ftickets%2FCB-1042']);
    expect(await asking.close()).toEqual([]);
  });
});
