import type { CustomerRole, RecordedEvent } from '@casebook/kernel';
import type { CompanyEvent } from './company.events';

export interface Member {
  readonly role: CustomerRole;
  readonly status: 'invited' | 'active' | 'locked';
  /** Whether they ever came: nobody becomes active by being locked and unlocked again. */
  readonly joined: boolean;
}
export interface Subscription {
  readonly id: string;
  readonly serviceId: string;
  readonly planId: string;
  /** ISO; valid from `from` until just before `until`. */
  readonly from: string;
  readonly until: string;
}
export interface Company {
  readonly name: string;
  readonly timeZone: string;
  readonly mailDomains: readonly string[];
  readonly accountOwner?: string;
  /** Named contacts that the contract allows (R13, R14). */
  readonly contactLimit: number;
  readonly subscriptions: readonly Subscription[];
  readonly members: Readonly<Record<string, Member>>;
  /** People who signed in with a mail address of this company and wait for an admin's answer (R24, D15). */
  readonly requests: readonly string[];
}
export type CompanyState = Company | undefined;

/** R13: named contacts per company unless the contract says otherwise. */
export const DEFAULT_CONTACT_LIMIT = 5;

/** Subscriptions that are valid at the instant; without any, nobody of the company gets in (R2). */
export function validSubscriptions(company: Pick<Company, 'subscriptions'>, now: string): readonly Subscription[] {
  return company.subscriptions.filter(({ from, until }) => from <= now && now < until);
}

/** Active and invited people count against the limit, locked ones do not (D4). */
export function contactsUsed(company: Pick<Company, 'members'>): number {
  return Object.values(company.members).filter((member) => member.status !== 'locked').length;
}

/** Subscription admins who can act: the last of them stays (R15). */
export function activeAdmins(company: Pick<Company, 'members'>): readonly string[] {
  return Object.entries(company.members)
    .filter(([, member]) => member.role === 'A' && member.status === 'active')
    .map(([personId]) => personId);
}

/** Subscription admins who can act or will once they have signed in. */
export function unlockedAdmins(company: Pick<Company, 'members'>): readonly string[] {
  return Object.entries(company.members)
    .filter(([, member]) => member.role === 'A' && member.status !== 'locked')
    .map(([personId]) => personId);
}

export function evolveCompany(state: CompanyState, event: RecordedEvent<CompanyEvent>): CompanyState {
  if (event.type === 'accounts.CompanyRegistered') {
    const { name, timeZone, mailDomains } = event.data;
    return {
      name,
      timeZone,
      mailDomains,
      contactLimit: DEFAULT_CONTACT_LIMIT,
      subscriptions: [],
      members: {},
      requests: [],
    };
  }
  return state && fold(state, event);
}

function fold(company: Company, event: RecordedEvent<CompanyEvent>): Company {
  switch (event.type) {
    case 'accounts.CompanyRegistered':
      return company;
    case 'accounts.AccountOwnerNamed':
      return { ...company, accountOwner: event.data.personId };
    case 'accounts.ContactLimitSet':
      return { ...company, contactLimit: event.data.limit };
    case 'accounts.SubscriptionStarted': {
      const { subscriptionId: id, ...rest } = event.data;
      return { ...company, subscriptions: [...company.subscriptions, { id, ...rest }] };
    }
    case 'accounts.SubscriptionEnded': {
      const { subscriptionId, at } = event.data;
      return {
        ...company,
        subscriptions: company.subscriptions.map((s) => (s.id === subscriptionId ? { ...s, until: at } : s)),
      };
    }
    case 'accounts.MembershipRequested':
      return { ...company, requests: [...company.requests, event.data.personId] };
    case 'accounts.MembershipDeclined':
      return withoutRequest(company, event.data.personId);
    case 'accounts.MemberInvited':
      return withMember(withoutRequest(company, event.data.personId), event.data.personId, {
        role: event.data.role,
        status: 'invited',
        joined: false,
      });
    case 'accounts.MemberJoined':
      return changed(company, event.data.personId, { status: 'active', joined: true });
    case 'accounts.MemberUnlocked':
      return changed(company, event.data.personId, {
        status: company.members[event.data.personId]?.joined === true ? 'active' : 'invited',
      });
    case 'accounts.MemberLocked':
      return changed(company, event.data.personId, { status: 'locked' });
    case 'accounts.MemberRoleChanged':
      return changed(company, event.data.personId, { role: event.data.role });
  }
}

function changed(company: Company, personId: string, change: Partial<Member>): Company {
  const member = company.members[personId];
  return member ? withMember(company, personId, { ...member, ...change }) : company;
}

function withoutRequest(company: Company, personId: string): Company {
  return { ...company, requests: company.requests.filter((id) => id !== personId) };
}

function withMember(company: Company, personId: string, member: Member): Company {
  return { ...company, members: { ...company.members, [personId]: member } };
}
