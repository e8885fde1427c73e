import {
  DomainError,
  type Actor,
  type Command,
  type Decider,
  type DomainEvent,
  type EventType,
  type RecordedEvent,
} from '@casebook/kernel';

/** Personal fields are `null` once the person was erased. */
export type PersonEvent =
  | DomainEvent<
      'accounts.PersonRegistered',
      {
        readonly personId: string;
        readonly name: string | null;
        readonly email: string | null;
        readonly phone?: string | null;
        readonly place?: string | null;
        readonly timeZone?: string | null;
      }
    >
  | DomainEvent<'accounts.IdentityLinked', { readonly personId: string; readonly identity: string }>
  | DomainEvent<'accounts.PersonErased', { readonly personId: string }>;

const own = { person: 'personId' } as const;

export const personCatalog = {
  'accounts.PersonRegistered': {
    sealed: { name: own, email: own, phone: own, place: own, timeZone: own },
    plain: ['personId'],
  },
  // `identity` is an HMAC of issuer and subject under an installation key, not the provider's own identifier.
  'accounts.IdentityLinked': { sealed: {}, plain: ['personId', 'identity'] },
  'accounts.PersonErased': { sealed: {}, plain: ['personId'] },
} satisfies Record<PersonEvent['type'], EventType>;

export interface Person {
  readonly id: string;
  readonly identities: readonly string[];
  readonly erased: boolean;
}
export type PersonState = Person | undefined;

export type PersonCommand =
  | Command<
      'RegisterPerson',
      {
        readonly personId: string;
        readonly name: string;
        readonly email: string;
        readonly phone?: string;
        readonly place?: string;
        readonly timeZone?: string;
      }
    >
  | Command<'LinkIdentity', { readonly identity: string }>
  | Command<'ErasePerson', Record<string, never>>;

/** One person's own record. Who they work for stands in companies and staff. */
export const personDecider: Decider<PersonState, PersonCommand, PersonEvent> = {
  initial: undefined,
  evolve(state, event: RecordedEvent<PersonEvent>) {
    switch (event.type) {
      case 'accounts.PersonRegistered':
        return { id: event.data.personId, identities: [], erased: false };
      case 'accounts.IdentityLinked':
        return state && { ...state, identities: [...state.identities, event.data.identity] };
      case 'accounts.PersonErased':
        return state && { ...state, erased: true };
    }
  },
  decide: {
    RegisterPerson(state, data) {
      if (state) throw new DomainError('conflict', 'person.exists', 'This person is registered already.');
      return [{ type: 'accounts.PersonRegistered', data }];
    },
    LinkIdentity(state, { identity }) {
      const person = existing(state);
      if (person.erased) throw new DomainError('conflict', 'person.erased', 'This person was erased.');
      if (person.identities.includes(identity)) return [];
      return [{ type: 'accounts.IdentityLinked', data: { personId: person.id, identity } }];
    },
    ErasePerson(state) {
      const person = existing(state);
      return person.erased ? [] : [{ type: 'accounts.PersonErased', data: { personId: person.id } }];
    },
  },
};

/** Persons are registered and erased by administrators and by Casebook itself. */
export function checkPersonAccess(_state: PersonState, _type: PersonCommand['type'], actor: Actor): void {
  if (actor.kind === 'system' || (actor.kind === 'staff' && actor.roles.includes('administrator'))) return;
  throw new DomainError('forbidden', 'person.forbidden', 'Only an administrator can do this.');
}

function existing(state: PersonState): Person {
  if (!state) throw new DomainError('missing', 'person.missing', 'This person does not exist.');
  return state;
}
