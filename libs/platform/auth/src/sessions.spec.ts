import { type NewSession, type SessionChange, Sessions } from './sessions';
import { TestClock, temporaryState } from './testing/portal';
import { type StateStore } from '@casebook/state';

const MINUTE = 60;
let clock: TestClock;
let state: StateStore;
let close: () => Promise<void>;
let sessions: Sessions;

beforeEach(async () => {
  clock = new TestClock();
  ({ state, close } = await temporaryState(clock));
  sessions = new Sessions(state, clock.now);
});

afterEach(() => close());

function create(change: Partial<NewSession> = {}): Promise<string> {
  const session = {
    personId: 'ada',
    companyId: 'acme',
    issuer: 'https://idp',
    subject: 's1',
    sid: 'p1',
    idToken: 'jwt',
  };
  return sessions.create({ ...session, ...change });
}

describe('sessions', () => {
  it('are found by their id, which is not in the store', async () => {
    const id = await create();
    expect(await sessions.find(id)).toMatchObject({ personId: 'ada', companyId: 'acme' });
    const spaces = ['auth.session', 'auth.session-index', 'auth.id-token'];
    const stored = JSON.stringify(await Promise.all(spaces.map((space) => state.list(space))));
    expect(stored).toContain('"personId":"ada"');
    expect(stored).not.toContain(id);
  });

  it.each(['', 'x', 'x'.repeat(43), '../etc/passwd', 'x'.repeat(100_000)])('are not found by %j', async (id) => {
    expect(await sessions.find(id)).toBeUndefined();
  });

  it('end after 30 minutes without use, whichever way the time passes', async () => {
    const id = await create();
    clock.advance(29 * MINUTE);
    expect(await sessions.find(id)).toBeDefined();
    clock.advance(29 * MINUTE);
    expect(await sessions.find(id)).toBeDefined();
    clock.advance(30 * MINUTE);
    expect(await sessions.find(id)).toBeUndefined();
  });

  it('end 12 hours after sign-in, however busy', async () => {
    const id = await create();
    for (let minutes = 0; minutes < 12 * 60 - 20; minutes += 20) {
      clock.advance(20 * MINUTE);
      expect(await sessions.find(id)).toBeDefined();
    }
    clock.advance(20 * MINUTE);
    expect(await sessions.find(id)).toBeUndefined();
  });

  it('note their use at most once a minute', async () => {
    const id = await create();
    const put = jest.spyOn(state, 'put');
    for (let second = 0; second < 59; second += 1) {
      clock.advance(1);
      await sessions.find(id);
    }
    expect(put).not.toHaveBeenCalled();
    clock.advance(1);
    await sessions.find(id);
    await sessions.find(id);
    expect(put).toHaveBeenCalledTimes(1);
  });

  it('cost one read each', async () => {
    const id = await create();
    const get = jest.spyOn(state, 'get');
    await sessions.find(id);
    expect(get).toHaveBeenCalledTimes(1);
  });

  it("of a person all end at once, also more than a page of them, and nobody else's", async () => {
    const ids: string[] = [];
    for (let n = 0; n < 105; n += 1) ids.push(await create());
    const other = await create({ personId: 'adam' });
    const heard: SessionChange[] = [];
    sessions.onChange((change) => heard.push(change));
    expect(await sessions.endPerson('ada')).toBe(105);
    for (const id of ids) expect(await sessions.find(id)).toBeUndefined();
    expect(await sessions.find(other)).toBeDefined();
    expect(heard.filter(({ what, personId }) => what === 'ended' && personId === 'ada')).toHaveLength(105);
    expect(await state.list('auth.id-token')).toHaveLength(1);
    expect(await state.list('auth.session-index', { limit: 10 })).toHaveLength(3);
  }, 30_000);

  it('do not come back by being used while they end', async () => {
    const id = await create();
    clock.advance(2 * MINUTE);
    const realGet = state.get.bind(state);
    jest.spyOn(state, 'get').mockImplementationOnce(async (space, key) => {
      const found = await realGet(space, key);
      await sessions.endPerson('ada');
      return found;
    });
    await sessions.find(id);
    expect(await sessions.find(id)).toBeUndefined();
  });

  it('move to another company and tell of it', async () => {
    const id = await create();
    const heard: SessionChange[] = [];
    const stop = sessions.onChange((change) => heard.push(change));
    const { key } = (await sessions.find(id))!;
    expect(await sessions.setCompany(key, 'globex')).toBe(true);
    expect(await sessions.find(id)).toMatchObject({ companyId: 'globex' });
    expect(heard).toEqual([{ key, personId: 'ada', what: 'company-changed' }]);
    stop();
    await sessions.end(key);
    expect(heard).toHaveLength(1);
    expect(await sessions.setCompany(key, 'acme')).toBe(false);
  });

  it("end by the provider's session, or all of a subject", async () => {
    const [first, second, third] = [
      await create(),
      await create({ sid: 'p2' }),
      await create({ subject: 's2', sid: 'p3' }),
    ];
    await sessions.endAtProvider('https://idp', { sid: 'p1', subject: 's1' });
    expect(
      await Promise.all([first, second, third].map(async (id) => (await sessions.find(id)) !== undefined)),
    ).toEqual([false, true, true]);
    await sessions.endAtProvider('https://another', { sid: undefined, subject: 's1' });
    expect(await sessions.find(second)).toBeDefined();
    await sessions.endAtProvider('https://idp', { sid: undefined, subject: 's1' });
    expect(await sessions.find(second)).toBeUndefined();
    expect(await sessions.find(third)).toBeDefined();
  });
});
