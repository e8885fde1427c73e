import {
  DomainError,
  isStaff,
  type Actor,
  type Command,
  type Decider,
  type DomainEvent,
  type EventType,
  type RecordedEvent,
  type StaffRole,
} from '@casebook/kernel';

export type StaffEvent =
  | DomainEvent<'accounts.StaffAdded', { readonly personId: string; readonly roles: readonly StaffRole[] }>
  | DomainEvent<'accounts.StaffRolesChanged', { readonly personId: string; readonly roles: readonly StaffRole[] }>
  | DomainEvent<'accounts.StaffLocked', { readonly personId: string }>
  | DomainEvent<'accounts.StaffUnlocked', { readonly personId: string }>;

export const staffCatalog = {
  'accounts.StaffAdded': { sealed: {}, plain: ['personId', 'roles[]'] },
  'accounts.StaffRolesChanged': { sealed: {}, plain: ['personId', 'roles[]'] },
  'accounts.StaffLocked': { sealed: {}, plain: ['personId'] },
  'accounts.StaffUnlocked': { sealed: {}, plain: ['personId'] },
} satisfies Record<StaffEvent['type'], EventType>;

export interface StaffMember {
  readonly roles: readonly StaffRole[];
  readonly locked: boolean;
}
/** All staff of the vendor, by person id: one stream, so that the last administrator stays under any race. */
export type StaffState = Readonly<Record<string, StaffMember>>;

export type StaffCommand =
  | Command<'AddStaff', { readonly personId: string; readonly roles: readonly StaffRole[] }>
  | Command<'ChangeStaffRoles', { readonly personId: string; readonly roles: readonly StaffRole[] }>
  | Command<'LockStaff', { readonly personId: string }>
  | Command<'UnlockStaff', { readonly personId: string }>;

/** The one stream of the vendor's staff. */
export const STAFF_ID = '00000000-0000-5000-8000-000000000001';

export const staffDecider: Decider<StaffState, StaffCommand, StaffEvent> = {
  initial: {},
  evolve(state, event: RecordedEvent<StaffEvent>) {
    const { personId } = event.data;
    const member = state[personId] ?? { roles: [], locked: false };
    switch (event.type) {
      case 'accounts.StaffAdded':
      case 'accounts.StaffRolesChanged':
        return { ...state, [personId]: { ...member, roles: event.data.roles } };
      case 'accounts.StaffLocked':
        return { ...state, [personId]: { ...member, locked: true } };
      case 'accounts.StaffUnlocked':
        return { ...state, [personId]: { ...member, locked: false } };
    }
  },
  decide: {
    AddStaff(state, { personId, roles }) {
      if (state[personId]) throw new DomainError('conflict', 'staff.exists', 'This person is staff already.');
      if (roles.length === 0) throw new DomainError('invalid', 'staff.no_role', 'Staff hold at least one role.');
      return [{ type: 'accounts.StaffAdded', data: { personId, roles } }];
    },
    ChangeStaffRoles(state, { personId, roles }) {
      const member = memberOf(state, personId);
      if (roles.length === 0) throw new DomainError('invalid', 'staff.no_role', 'Staff hold at least one role.');
      if ([...member.roles].sort().join() === [...roles].sort().join()) return [];
      if (!roles.includes('administrator')) requireAnotherAdministrator(state, personId);
      return [{ type: 'accounts.StaffRolesChanged', data: { personId, roles } }];
    },
    LockStaff(state, { personId }) {
      if (memberOf(state, personId).locked) return [];
      requireAnotherAdministrator(state, personId);
      return [{ type: 'accounts.StaffLocked', data: { personId } }];
    },
    UnlockStaff(state, { personId }) {
      return memberOf(state, personId).locked ? [{ type: 'accounts.StaffUnlocked', data: { personId } }] : [];
    },
  },
};

export function checkStaffAccess(state: StaffState, _type: StaffCommand['type'], actor: Actor): void {
  if (actor.kind === 'system') return;
  const member = actor.kind === 'staff' ? state[actor.personId] : undefined;
  if (isStaff(actor, 'administrator') && member?.roles.includes('administrator') && !member.locked) return;
  throw new DomainError('forbidden', 'staff.forbidden', 'Only an administrator can manage staff.');
}

function memberOf(state: StaffState, personId: string): StaffMember {
  const member = state[personId];
  if (!member) throw new DomainError('missing', 'staff.missing', 'This person is not staff.');
  return member;
}

function requireAnotherAdministrator(state: StaffState, personId: string): void {
  const administrators = Object.entries(state)
    .filter(([, member]) => member.roles.includes('administrator') && !member.locked)
    .map(([id]) => id);
  if (administrators.length === 1 && administrators[0] === personId) {
    throw new DomainError('conflict', 'staff.last_administrator', 'At least one administrator stays.');
  }
}
