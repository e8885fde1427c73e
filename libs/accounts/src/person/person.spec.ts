import type { Actor } from '@casebook/kernel';
import { given, keptAs, recorded, stringsIn, without } from '@casebook/kernel/testing';
import { checkPersonAccess, personCatalog, personDecider, type PersonCommand, type PersonEvent } from './person';

const data = {
  personId: 'ada',
  name: 'Ada',
  email: 'ada@acme.example',
  phone: '+351 1',
  place: 'Porto',
  timeZone: 'Europe/Lisbon',
};
const registered: PersonEvent = { type: 'accounts.PersonRegistered', data };
const linked: PersonEvent = { type: 'accounts.IdentityLinked', data: { personId: 'ada', identity: 'hmac-1' } };
const erased: PersonEvent = { type: 'accounts.PersonErased', data: { personId: 'ada' } };
const link = { type: 'LinkIdentity', data: { identity: 'hmac-1' } } as const;
const erase = { type: 'ErasePerson', data: {} } as const;

describe('a person', () => {
  it('is registered once', () => {
    given(personDecider).when({ type: 'RegisterPerson', data }).then([registered]);
    given(personDecider, [registered]).when({ type: 'RegisterPerson', data }).then('person.exists');
    given(personDecider, [registered, erased]).when({ type: 'RegisterPerson', data }).then('person.exists');
  });

  it('signs in with several identities, each linked once', () => {
    given(personDecider, [registered]).when(link).then([linked]);
    given(personDecider, [registered, linked]).when(link).then([]);
    expect(given(personDecider, [registered, linked]).state?.identities).toEqual(['hmac-1']);
  });

  it('is erased once, and signs in no more', () => {
    given(personDecider, [registered]).when(erase).then([erased]);
    given(personDecider, [registered, erased]).when(erase).then([]);
    given(personDecider, [registered, erased]).when(link).then('person.erased');
  });

  it('must exist for anything else', () => {
    for (const command of [link, erase]) given(personDecider).when(command).then('person.missing');
  });

  it('is registered and erased by administrators and Casebook itself alone', () => {
    const check = (type: PersonCommand['type'], actor: Actor) => () => {
      checkPersonAccess(undefined, type, actor);
    };
    for (const type of ['RegisterPerson', 'LinkIdentity', 'ErasePerson'] as const) {
      expect(check(type, { kind: 'system', name: 'accounts' })).not.toThrow();
      expect(check(type, { kind: 'staff', personId: 'root', roles: ['engineer', 'administrator'] })).not.toThrow();
      for (const actor of [
        { kind: 'staff', personId: 'nina', roles: ['engineer', 'account_owner', 'knowledge_author'] },
        { kind: 'customer', personId: 'ada', companyId: 'acme', role: 'A' },
      ] as const) {
        expect(check(type, actor)).toThrow(
          expect.objectContaining({ kind: 'forbidden', code: 'person.forbidden' }) as Error,
        );
      }
    }
  });
});

describe('the catalogue of a person’s events', () => {
  const events = [registered, linked, erased];

  it('holds every event, and seals all that is personal under the person’s own key', () => {
    expect(events.map(({ type }) => type).sort()).toEqual(Object.keys(personCatalog).sort());
    const kept = stringsIn(registered.data).map(({ path }) => [path, keptAs(personCatalog[registered.type], path)]);
    expect(kept).toEqual([
      ['personId', 'plain'],
      ...['name', 'email', 'phone', 'place', 'timeZone'].map((path) => [path, 'sealed']),
    ]);
    for (const event of [linked, erased]) {
      for (const { path } of stringsIn(event.data)) expect(keptAs(personCatalog[event.type], path)).toBe('plain');
    }
    expect(Object.values(personCatalog[registered.type].sealed)).toEqual(Array(5).fill({ person: 'personId' }));
  });

  it('replays to the same state twice, and when everything personal is gone', () => {
    const replay = (from: readonly PersonEvent[]) =>
      given(
        personDecider,
        from.map((event) => recorded(event)),
      ).state;
    const { sealed } = personCatalog['accounts.PersonRegistered'];
    const gone = {
      ...registered,
      data: without(registered.data, (path) => Object.hasOwn(sealed, path)),
    } as PersonEvent;
    expect(stringsIn(gone.data)).toEqual([{ path: 'personId', text: 'ada' }]);
    expect(replay([gone, linked, erased])).toEqual(replay(events));
    expect(replay(events)).toEqual({ id: 'ada', identities: ['hmac-1'], erased: true });
  });
});
