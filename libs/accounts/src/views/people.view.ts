import { UNCHANGED, type CustomerRole, type Projection, type RecordedEvent, type StaffRole } from '@casebook/kernel';
import type { ReadModelDefinition } from '@casebook/read-model';
import { companyCatalog, type CompanyEvent } from '../company/company.events';
import { personCatalog, type PersonEvent } from '../person/person';
import { staffCatalog, type StaffEvent } from '../staff/staff';

/** What a person is to one company. */
export interface Membership {
  readonly role: CustomerRole;
  readonly status: 'invited' | 'active' | 'locked' | 'requested';
  /** Whether they ever came there themselves. */
  readonly joined: boolean;
}

/** A person: who they are, whom they work for. Personal fields are null once erased. */
export interface PersonDocument {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly phone?: string | null;
  readonly place?: string | null;
  readonly timeZone?: string | null;
  readonly companies: Readonly<Record<string, Membership>>;
  /** The keys of `companies`, for look-ups and scope. */
  readonly companyIds: readonly string[];
  readonly staff?: { readonly roles: readonly StaffRole[]; readonly locked: boolean };
  readonly isStaff: boolean;
}

type Event = PersonEvent | CompanyEvent | StaffEvent;

export const peopleModel: ReadModelDefinition = {
  name: 'people',
  version: 2,
  indexes: [{ companyIds: 1 }, { isStaff: 1 }],
  arrays: ['companyIds'],
  scope: { staff: true, company: { company: 'companyIds' } },
};

export const peopleProjection: Projection<PersonDocument, Event> = {
  name: 'people',
  version: 2,
  handles: [...keys(personCatalog), ...keys(companyCatalog), ...keys(staffCatalog)],
  id: (event) => ('personId' in event.data ? event.data.personId : undefined),
  on(event, document, id) {
    const person = document ?? { id, name: null, email: null, companies: {}, companyIds: [], isStaff: false };
    switch (event.type) {
      case 'accounts.PersonRegistered': {
        const { personId: _, ...fields } = event.data;
        return { ...person, ...fields };
      }
      case 'accounts.PersonErased': {
        const { phone: _p, place: _l, timeZone: _t, ...rest } = person;
        return { ...rest, name: null, email: null };
      }
      case 'accounts.StaffAdded':
      case 'accounts.StaffRolesChanged':
        return { ...person, isStaff: true, staff: { roles: event.data.roles, locked: person.staff?.locked ?? false } };
      case 'accounts.StaffLocked':
        return person.staff ? { ...person, staff: { ...person.staff, locked: true } } : UNCHANGED;
      case 'accounts.StaffUnlocked':
        return person.staff ? { ...person, staff: { ...person.staff, locked: false } } : UNCHANGED;
      case 'accounts.MemberInvited':
        return member(person, event, { role: event.data.role, status: 'invited' });
      case 'accounts.MembershipRequested':
        return member(person, event, { role: 'U', status: 'requested' });
      case 'accounts.MembershipDeclined': {
        const { [companyOf(event)]: _, ...companies } = person.companies;
        return { ...person, companies, companyIds: Object.keys(companies) };
      }
      case 'accounts.MemberJoined':
        return member(person, event, { status: 'active', joined: true });
      case 'accounts.MemberUnlocked':
        return member(person, event, {
          status: person.companies[companyOf(event)]?.joined === true ? 'active' : 'invited',
        });
      case 'accounts.MemberLocked':
        return member(person, event, { status: 'locked' });
      case 'accounts.MemberRoleChanged':
        return member(person, event, { role: event.data.role });
      default:
        return UNCHANGED;
    }
  },
};

function companyOf(event: RecordedEvent<Event>): string {
  return event.stream.slice('company-'.length);
}

function member(person: PersonDocument, event: RecordedEvent<Event>, change: Partial<Membership>): PersonDocument {
  const id = companyOf(event);
  const before = person.companies[id] ?? { role: 'U', status: 'invited', joined: false };
  const companies = { ...person.companies, [id]: { ...before, ...change } };
  return { ...person, companies, companyIds: Object.keys(companies) };
}

function keys<T extends string>(catalog: Record<T, unknown>): readonly T[] {
  return Object.keys(catalog) as T[];
}
