import { DomainError } from '@casebook/kernel';
import { type StateStore } from '@casebook/state';
import { type NewToken, PersonalTokens } from './personal-tokens';
import { TestClock, temporaryState } from './testing/portal';

const DAY = 86_400;
const ADA = { personId: 'ada', companyId: 'acme' };
let clock: TestClock;
let state: StateStore;
let close: () => Promise<void>;
let tokens: PersonalTokens;

beforeEach(async () => {
  clock = new TestClock();
  ({ state, close } = await temporaryState(clock));
  tokens = new PersonalTokens(state, clock.now);
});

afterEach(() => close());

async function refusal(promise: Promise<unknown>): Promise<{ code: string; fields: string[] }> {
  const error: unknown = await promise.catch((e: unknown) => e);
  if (!(error instanceof DomainError)) throw new Error('Not refused.');
  return { code: error.code, fields: error.fields.map(({ path }) => path) };
}

describe('personal tokens', () => {
  it('look like cb_ and 49 letters and digits, and the store has only a hash', async () => {
    const { token, info } = await tokens.create(ADA, { name: ' backup script ' });
    expect(token).toMatch(/^cb_[0-9A-Za-z]{49}$/);
    expect(info).toMatchObject({ name: 'backup script', scopes: ['read', 'write'] });
    const stored = JSON.stringify([await state.list('auth.token'), await state.list('auth.token-index')]);
    expect(stored).toContain('backup script');
    expect(stored).not.toContain(token.slice(3, 20));
  });

  it('are found with owner, company and scopes', async () => {
    const { token } = await tokens.create(ADA, { name: 'x', scopes: ['read'] });
    expect(await tokens.find(token)).toMatchObject({ ...ADA, info: { scopes: ['read'] } });
  });

  it('are told from typing errors without a look-up', async () => {
    const { token } = await tokens.create(ADA, { name: 'x' });
    const get = jest.spyOn(state, 'get');
    const last = token.endsWith('a') ? 'b' : 'a';
    for (const wrong of [`${token.slice(0, -1)}${last}`, token.slice(1), `${token}a`, '', 'x'.repeat(100_000)]) {
      expect(await tokens.find(wrong)).toBeUndefined();
    }
    expect(get).not.toHaveBeenCalled();
  });

  it('end on their day', async () => {
    const { token, info } = await tokens.create(ADA, { name: 'x', expiresInDays: 2 });
    expect(Date.parse(info.expiresAt) - Date.parse(info.createdAt)).toBe(2 * DAY * 1000);
    clock.advance(2 * DAY - 5);
    expect(await tokens.find(token)).toBeDefined();
    clock.advance(5);
    expect(await tokens.find(token)).toBeUndefined();
    expect(await tokens.list('ada')).toEqual([]);
  });

  it('are listed with their last use, noted at most once a minute', async () => {
    const { token } = await tokens.create(ADA, { name: 'first' });
    clock.advance(1);
    await tokens.create(ADA, { name: 'second' });
    const put = jest.spyOn(state, 'put');
    await tokens.find(token);
    await tokens.find(token);
    expect(put).toHaveBeenCalledTimes(1);
    const list = await tokens.list('ada');
    expect(list.map(({ name, lastUsedAt }) => [name, lastUsedAt !== undefined])).toEqual([
      ['first', true],
      ['second', false],
    ]);
    expect(JSON.stringify(list)).not.toContain('personId');
  });

  it('are revoked one by one by their owner alone, and all at once', async () => {
    const made = [await tokens.create(ADA, { name: 'a' }), await tokens.create(ADA, { name: 'b' })] as const;
    const adam = await tokens.create({ personId: 'adam', companyId: undefined }, { name: 'c' });
    expect(await refusal(tokens.revoke('adam', made[0].info.id))).toMatchObject({ code: 'token.missing' });
    await tokens.revoke('ada', made[0].info.id);
    expect(await tokens.find(made[0].token)).toBeUndefined();
    expect(await tokens.find(made[1].token)).toBeDefined();
    expect(await tokens.revokeAll('ada')).toBe(1);
    expect(await tokens.find(made[1].token)).toBeUndefined();
    expect(await tokens.find(adam.token)).toBeDefined();
  });

  it.each<[string, NewToken]>([
    ['name', { name: ' ' }],
    ['name', { name: 'x'.repeat(101) }],
    ['name', { name: 'a\nb' }],
    ['scopes', { name: 'x', scopes: [] }],
    ['scopes', { name: 'x', scopes: ['read', 'admin' as 'write'] }],
    ['expiresInDays', { name: 'x', expiresInDays: 0 }],
    ['expiresInDays', { name: 'x', expiresInDays: 1.5 }],
    ['expiresInDays', { name: 'x', expiresInDays: 367 }],
    ['expiresInDays', { name: 'x', expiresInDays: Number.NaN }],
  ])('are not made with a wrong %s: %j', async (field, wish) => {
    expect(await refusal(tokens.create(ADA, wish))).toEqual({ code: 'token.invalid', fields: [field] });
  });

  it('are not made twice under one idempotency key, and not without end', async () => {
    await tokens.create(ADA, { name: 'x' }, 'key-1');
    expect(await refusal(tokens.create(ADA, { name: 'x' }, 'key-1'))).toMatchObject({ code: 'token.repeated' });
    for (let n = 1; n < 50; n += 1) await tokens.create(ADA, { name: `${n}` });
    expect(await refusal(tokens.create(ADA, { name: 'x' }))).toMatchObject({ code: 'token.too_many' });
  });
});
