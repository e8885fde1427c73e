import type { User, Users } from '../api/types';
import { isLastAdmin, managers, optionsFor } from './user-rules';

function user(id: string, role: 'A' | 'U', status: NonNullable<User['status']> = 'active'): User {
  return { id, name: `Name of ${id}`, email: `${id}@acme.example`, side: 'customer', role, status };
}
function users(items: readonly User[], contacts = items.length, contactLimit = 8): Users {
  return { items, contacts, contactLimit };
}

describe('what an admin can do with a person', () => {
  const ada = user('ada', 'A');
  const marta = user('marta', 'A');
  const uma = user('uma', 'U');

  it('offers neither demotion nor lock for the last active admin, and says why', () => {
    const option = optionsFor(ada, users([ada, uma, user('ben', 'A', 'locked'), user('eve', 'A', 'invited')]));
    expect(option.actions).toEqual([]);
    expect(option.reason).toContain('Make somebody else admin first');
  });

  it('offers demotion and lock where another admin is active', () => {
    expect(optionsFor(ada, users([ada, marta])).actions).toEqual(['demote', 'lock']);
  });

  it('keeps the only invited admin where nobody has signed in yet', () => {
    const first = user('first', 'A', 'invited');
    expect(isLastAdmin(first, [first, uma])).toBe(true);
    expect(isLastAdmin(first, [first, user('second', 'A', 'invited')])).toBe(false);
  });

  it('offers promotion and lock for a user', () => {
    expect(optionsFor(uma, users([ada, uma]))).toEqual({ actions: ['promote', 'lock'] });
  });

  it('unlocks only while a place is free', () => {
    const locked = user('jonas', 'U', 'locked');
    expect(optionsFor(locked, users([ada, locked], 1)).actions).toEqual(['unlock']);
    const full = optionsFor(locked, users([ada, locked], 8));
    expect(full.actions).toEqual([]);
    expect(full.reason).toContain('8 of 8 contacts are in use');
  });

  it('can always decline a request, and accepts it while a place is free', () => {
    const asking = user('noor', 'U', 'requested');
    expect(optionsFor(asking, users([ada, asking], 1)).actions).toEqual(['accept', 'decline']);
    expect(optionsFor(asking, users([ada, asking], 8)).actions).toEqual(['decline']);
  });

  it('names the admins who can act, and nobody else', () => {
    expect(managers([ada, marta, uma, user('ben', 'A', 'locked')])).toBe('Name of ada or Name of marta');
  });
});
