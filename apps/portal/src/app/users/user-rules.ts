import type { User, Users } from '../api/types';

/** What an admin can do with one person of their company. */
export type UserAction = 'promote' | 'demote' | 'lock' | 'unlock' | 'accept' | 'decline';

export interface UserOptions {
  readonly actions: readonly UserAction[];
  /** Why an action that one might look for is absent. */
  readonly reason?: string;
}

/** Which actions make sense for a person, after the same rules as the server's (R15, R20, R21). */
export function optionsFor(user: User, all: Users): UserOptions {
  const full = isFull(all);
  switch (user.status) {
    case 'requested':
      return full ? { actions: ['decline'], reason: limitReason(all) } : { actions: ['accept', 'decline'] };
    case 'locked':
      return full ? { actions: [], reason: limitReason(all) } : { actions: ['unlock'] };
    default:
      if (isLastAdmin(user, all.items)) {
        return { actions: [], reason: 'The last admin stays one. Make somebody else admin first.' };
      }
      return { actions: [user.role === 'A' ? 'demote' : 'promote', 'lock'] };
  }
}

/** True for the only admin who can act, or where none can act yet, for the only one who was invited (R15). */
export function isLastAdmin(user: User, all: readonly User[]): boolean {
  const unlocked = all.filter(({ role, status }) => role === 'A' && (status === 'active' || status === 'invited'));
  const active = unlocked.filter(({ status }) => status === 'active');
  const admins = active.length > 0 ? active : unlocked;
  return admins.length === 1 && admins[0]?.id === user.id;
}

/** True where the contract allows no further named contact. */
export function isFull({ contacts, contactLimit }: Users): boolean {
  return contacts !== undefined && contactLimit !== undefined && contacts >= contactLimit;
}

/** Why nobody can be added. */
export function limitReason({ contacts, contactLimit }: Users): string {
  return `${contacts ?? 0} of ${contactLimit ?? 0} contacts are in use. Lock one first, or ask us for more.`;
}

/** Who can manage users, in words: "Ada Visser or Marta Kowalczyk". */
export function managers(all: readonly User[]): string {
  const names = all.flatMap(({ role, status, name }) =>
    role === 'A' && status === 'active' && name !== null ? [name] : [],
  );
  return new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(names);
}
