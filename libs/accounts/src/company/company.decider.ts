import { DomainError, isStaff, type Actor, type Command, type CustomerRole, type Decider } from '@casebook/kernel';
import {
  activeAdmins,
  unlockedAdmins,
  contactsUsed,
  evolveCompany,
  type Company,
  type CompanyState,
  type Member,
} from './company';
import type { CompanyEvent } from './company.events';

export type CompanyCommand =
  | Command<
      'RegisterCompany',
      { readonly name: string; readonly timeZone: string; readonly mailDomains: readonly string[] }
    >
  | Command<'NameAccountOwner', { readonly personId: string }>
  | Command<
      'StartSubscription',
      { readonly serviceId: string; readonly planId: string; readonly from: string; readonly until: string }
    >
  | Command<'EndSubscription', { readonly subscriptionId: string }>
  | Command<'SetContactLimit', { readonly limit: number }>
  | Command<'InviteMember', { readonly personId: string; readonly role: CustomerRole }>
  | Command<'RequestMembership', { readonly personId: string }>
  | Command<'AcceptMembership', { readonly personId: string }>
  | Command<'DeclineMembership', { readonly personId: string }>
  | Command<'JoinMember', { readonly personId: string }>
  | Command<'ChangeMemberRole', { readonly personId: string; readonly role: CustomerRole }>
  | Command<'LockMember', { readonly personId: string }>
  | Command<'UnlockMember', { readonly personId: string }>;

/** A company's rules: its subscriptions and its people are decided in one place, so that R13, R15 and D4 hold under any race. */
export const companyDecider: Decider<CompanyState, CompanyCommand, CompanyEvent> = {
  initial: undefined,
  evolve: evolveCompany,
  decide: {
    RegisterCompany(state, data) {
      if (state) throw new DomainError('conflict', 'company.exists', 'This company is registered already.');
      return [{ type: 'accounts.CompanyRegistered', data }];
    },
    NameAccountOwner(state, { personId }) {
      const company = existing(state);
      return company.accountOwner === personId ? [] : [{ type: 'accounts.AccountOwnerNamed', data: { personId } }];
    },
    StartSubscription(state, data, { commandId }) {
      existing(state);
      if (data.until <= data.from) {
        throw new DomainError('invalid', 'subscription.period', 'A subscription ends after it begins.');
      }
      return [{ type: 'accounts.SubscriptionStarted', data: { subscriptionId: commandId, ...data } }];
    },
    EndSubscription(state, { subscriptionId }, { now }) {
      const subscription = existing(state).subscriptions.find((s) => s.id === subscriptionId);
      if (!subscription) throw new DomainError('missing', 'subscription.missing', 'This subscription does not exist.');
      if (subscription.until <= now) return [];
      return [{ type: 'accounts.SubscriptionEnded', data: { subscriptionId, at: now } }];
    },
    SetContactLimit(state, { limit }) {
      const company = existing(state);
      if (!Number.isInteger(limit) || limit < 1) {
        throw new DomainError('invalid', 'company.contact_limit', 'A contact limit is a whole number from 1.', [
          { path: 'limit', message: 'Please give a whole number from 1.' },
        ]);
      }
      return company.contactLimit === limit ? [] : [{ type: 'accounts.ContactLimitSet', data: { limit } }];
    },
    InviteMember(state, { personId, role }) {
      const company = existing(state);
      if (company.members[personId]) {
        throw new DomainError('conflict', 'member.exists', 'This person is a named contact already.');
      }
      requireRoom(company);
      return [{ type: 'accounts.MemberInvited', data: { personId, role } }];
    },
    RequestMembership(state, { personId }) {
      const company = existing(state);
      if (company.members[personId] || company.requests.includes(personId)) return [];
      return [{ type: 'accounts.MembershipRequested', data: { personId } }];
    },
    AcceptMembership(state, { personId }) {
      const company = existing(state);
      requested(company, personId);
      requireRoom(company);
      return [{ type: 'accounts.MemberInvited', data: { personId, role: 'U' } }];
    },
    DeclineMembership(state, { personId }) {
      requested(existing(state), personId);
      return [{ type: 'accounts.MembershipDeclined', data: { personId } }];
    },
    JoinMember(state, { personId }) {
      const member = memberOf(existing(state), personId);
      if (member.status === 'locked') throw new DomainError('forbidden', 'member.locked', 'This person is locked.');
      return member.status === 'active' ? [] : [{ type: 'accounts.MemberJoined', data: { personId } }];
    },
    ChangeMemberRole(state, { personId, role }) {
      const company = existing(state);
      const member = memberOf(company, personId);
      if (member.role === role) return [];
      if (role === 'U') requireAnotherAdmin(company, personId);
      return [{ type: 'accounts.MemberRoleChanged', data: { personId, role } }];
    },
    LockMember(state, { personId }) {
      const company = existing(state);
      if (memberOf(company, personId).status === 'locked') return [];
      requireAnotherAdmin(company, personId);
      return [{ type: 'accounts.MemberLocked', data: { personId } }];
    },
    UnlockMember(state, { personId }) {
      const company = existing(state);
      if (memberOf(company, personId).status !== 'locked') return [];
      requireRoom(company);
      return [{ type: 'accounts.MemberUnlocked', data: { personId } }];
    },
  },
};

/** Customers: only an active subscription admin of this very company changes its people. Staff: administrators. */
export function checkCompanyAccess(state: CompanyState, type: CompanyCommand['type'], actor: Actor, id: string): void {
  if (actor.kind === 'system') return;
  if (actor.kind === 'staff') {
    if (!isStaff(actor, 'administrator')) {
      throw new DomainError('forbidden', 'company.forbidden', 'Only an administrator can change a company.');
    }
    return;
  }
  if (actor.companyId !== id) throw new DomainError('missing', 'company.missing', 'This company does not exist.');
  const member = state?.members[actor.personId];
  const people = [
    'InviteMember',
    'AcceptMembership',
    'DeclineMembership',
    'ChangeMemberRole',
    'LockMember',
    'UnlockMember',
  ];
  if (!people.includes(type) || member?.role !== 'A' || member.status !== 'active') {
    throw new DomainError('forbidden', 'company.forbidden', 'Only a subscription admin (A) can manage users.');
  }
}

function existing(state: CompanyState): Company {
  if (!state) throw new DomainError('missing', 'company.missing', 'This company does not exist.');
  return state;
}

function memberOf(company: Company, personId: string): Member {
  const member = company.members[personId];
  if (!member) throw new DomainError('missing', 'member.missing', 'This person is not a named contact.');
  return member;
}

/** Whoever has not asked is nobody here: ids of other people are not confirmed. */
function requested(company: Company, personId: string): void {
  if (company.requests.includes(personId)) return;
  throw new DomainError('missing', 'member.no_request', 'This person has not asked to be let in.');
}

/** The last admin who can act stays, and so does the last one who was invited where none can act yet (R15). */
function requireAnotherAdmin(company: Company, personId: string): void {
  const active = activeAdmins(company);
  const admins = active.length > 0 ? active : unlockedAdmins(company);
  if (admins.length === 1 && admins[0] === personId) {
    throw new DomainError(
      'conflict',
      'member.last_admin',
      'A company keeps at least one subscription admin. Make somebody else admin first.',
    );
  }
}

/** Throws DomainError `member.limit` when all named contacts of the contract are in use (R13). */
export function requireRoom(company: Company): void {
  if (contactsUsed(company) >= company.contactLimit) {
    throw new DomainError(
      'conflict',
      'member.limit',
      `The contract allows ${company.contactLimit} named contacts, and all are in use. Lock one first, or ask us for more.`,
    );
  }
}
