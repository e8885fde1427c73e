import { DomainError, type Actor, type CustomerRole, type RecordedEvent } from '@casebook/kernel';
import { given, keptAs, recorded, stringsIn } from '@casebook/kernel/testing';
import fc from 'fast-check';
import {
  activeAdmins,
  contactsUsed,
  evolveCompany,
  unlockedAdmins,
  validSubscriptions,
  type CompanyState,
} from './company';
import { checkCompanyAccess, companyDecider, type CompanyCommand } from './company.decider';
import { companyCatalog, type CompanyEvent } from './company.events';

const registered: CompanyEvent = {
  type: 'accounts.CompanyRegistered',
  data: { name: 'Acme', timeZone: 'Europe/Lisbon', mailDomains: ['acme.example'] },
};
const invited = (personId: string, role: CustomerRole = 'U'): CompanyEvent => ({
  type: 'accounts.MemberInvited',
  data: { personId, role },
});
const joined = (personId: string): CompanyEvent => ({ type: 'accounts.MemberJoined', data: { personId } });
const locked = (personId: string): CompanyEvent => ({ type: 'accounts.MemberLocked', data: { personId } });
const asked = (personId: string): CompanyEvent => ({ type: 'accounts.MembershipRequested', data: { personId } });
const limit = (count: number): CompanyEvent => ({ type: 'accounts.ContactLimitSet', data: { limit: count } });
const member = (personId: string, role: CustomerRole = 'U') => [invited(personId, role), joined(personId)];
const company = (...events: CompanyEvent[]) => given(companyDecider, [registered, ...events]);

const invite = (personId: string, role: CustomerRole = 'U') =>
  ({ type: 'InviteMember', data: { personId, role } }) as const;
const lock = (personId: string) => ({ type: 'LockMember', data: { personId } }) as const;
const unlock = (personId: string) => ({ type: 'UnlockMember', data: { personId } }) as const;
const setRole = (personId: string, role: CustomerRole) =>
  ({ type: 'ChangeMemberRole', data: { personId, role } }) as const;

describe('registering a company', () => {
  it('happens once', () => {
    given(companyDecider).when({ type: 'RegisterCompany', data: registered.data }).then([registered]);
    company().when({ type: 'RegisterCompany', data: registered.data }).then('company.exists');
  });

  it('comes before everything else', () => {
    const commands: CompanyCommand[] = [
      { type: 'NameAccountOwner', data: { personId: 'omar' } },
      { type: 'StartSubscription', data: { serviceId: 's', planId: 'p', from: '2026', until: '2027' } },
      { type: 'EndSubscription', data: { subscriptionId: 's1' } },
      { type: 'SetContactLimit', data: { limit: 8 } },
      invite('ada'),
      { type: 'RequestMembership', data: { personId: 'ada' } },
      { type: 'AcceptMembership', data: { personId: 'ada' } },
      { type: 'DeclineMembership', data: { personId: 'ada' } },
      { type: 'JoinMember', data: { personId: 'ada' } },
      setRole('ada', 'A'),
      lock('ada'),
      unlock('ada'),
    ];
    for (const command of commands) given(companyDecider).when(command).then('company.missing');
  });
});

describe('the limit of named contacts (R13, R14, D4)', () => {
  const five = ['p1', 'p2', 'p3', 'p4', 'p5'];

  it('is five unless the contract says otherwise, and refuses the sixth', () => {
    const four = five.slice(0, 4).flatMap((id) => member(id));
    company(...four)
      .when(invite('p5'))
      .then([invited('p5')]);
    company(...five.flatMap((id) => member(id)))
      .when(invite('p6'))
      .then('member.limit');
  });

  it('counts people who were only invited', () => {
    company(...five.map((id) => invited(id)))
      .when(invite('p6'))
      .then('member.limit');
  });

  it('does not count locked people, and not people who asked to be let in', () => {
    const people = [...five.flatMap((id) => member(id)), locked('p5'), asked('p7')];
    company(...people)
      .when(invite('p6'))
      .then([invited('p6')]);
  });

  it('is checked again when somebody is unlocked', () => {
    const full = [...five.flatMap((id) => member(id)), locked('p5'), ...member('p6')];
    company(...full)
      .when(unlock('p5'))
      .then('member.limit');
    company(...full, locked('p6'))
      .when(unlock('p5'))
      .then([{ type: 'accounts.MemberUnlocked', data: { personId: 'p5' } }]);
  });

  it('can be raised, and is a whole number from 1', () => {
    const full = five.flatMap((id) => member(id));
    company(...full, limit(6))
      .when(invite('p6'))
      .then([invited('p6')]);
    company()
      .when({ type: 'SetContactLimit', data: { limit: 8 } })
      .then([limit(8)]);
    company()
      .when({ type: 'SetContactLimit', data: { limit: 5 } })
      .then([]);
    for (const wrong of [0, -1, 2.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      company()
        .when({ type: 'SetContactLimit', data: { limit: wrong } })
        .then('company.contact_limit');
    }
  });

  it('takes nobody away when it is lowered below what is used', () => {
    const lowered = company(...five.flatMap((id) => member(id)), limit(2));
    expect(contactsUsed(lowered.state!)).toBe(5);
    lowered.when(invite('p6')).then('member.limit');
  });

  it('is counted in each company for a person of several (D15)', () => {
    const [acme, globex] = [company(limit(1)), company(limit(1), ...member('p1'))];
    acme.when(invite('ada')).then([invited('ada')]);
    globex.when(invite('ada')).then('member.limit');
  });
});

describe('the last subscription admin (R15)', () => {
  it('cannot be demoted or locked', () => {
    const given = company(...member('ada', 'A'), ...member('bob'));
    given.when(setRole('ada', 'U')).then('member.last_admin');
    given.when(lock('ada')).then('member.last_admin');
  });

  it('can, once there is another who can act (R17)', () => {
    const given = company(...member('ada', 'A'), ...member('bob', 'A'));
    given
      .when(setRole('ada', 'U'))
      .then([{ type: 'accounts.MemberRoleChanged', data: { personId: 'ada', role: 'U' } }]);
    given.when(lock('ada')).then([locked('ada')]);
  });

  it('is not replaced by an admin who has not joined yet, or is locked', () => {
    for (const other of [[invited('bob', 'A')], [...member('bob', 'A'), locked('bob')]]) {
      const given = company(...member('ada', 'A'), ...other);
      given.when(setRole('ada', 'U')).then('member.last_admin');
      given.when(lock('ada')).then('member.last_admin');
    }
  });

  it('is the last one invited, where nobody has joined yet', () => {
    company(invited('ada', 'A')).when(lock('ada')).then('member.last_admin');
    company(invited('ada', 'A'), invited('bob')).when(setRole('ada', 'U')).then('member.last_admin');
    company(invited('ada', 'A'), invited('bob', 'A'))
      .when(lock('ada'))
      .then([locked('ada')]);
  });

  it('does not keep an invited admin where another can act', () => {
    company(...member('ada', 'A'), invited('bob', 'A'))
      .when(lock('bob'))
      .then([locked('bob')]);
  });

  it('leaves a locked admin’s role free to change', () => {
    company(...member('ada', 'A'), ...member('bob', 'A'), locked('bob'))
      .when(setRole('bob', 'U'))
      .then([{ type: 'accounts.MemberRoleChanged', data: { personId: 'bob', role: 'U' } }]);
  });
});

describe('membership', () => {
  it('begins with an invitation, once', () => {
    company()
      .when(invite('ada', 'A'))
      .then([invited('ada', 'A')]);
    for (const history of [[invited('ada')], member('ada'), [...member('ada'), locked('ada')]]) {
      company(...history)
        .when(invite('ada'))
        .then('member.exists');
    }
  });

  it('is joined by signing in, once, and not by somebody locked', () => {
    const join = { type: 'JoinMember', data: { personId: 'ada' } } as const;
    company(invited('ada'))
      .when(join)
      .then([joined('ada')]);
    company(...member('ada'))
      .when(join)
      .then([]);
    company(...member('ada'), locked('ada'))
      .when(join)
      .then('member.locked');
    company().when(join).then('member.missing');
  });

  it('can be asked for, which an admin answers by an invitation or by declining (R24, D15)', () => {
    const ask = { type: 'RequestMembership', data: { personId: 'eve' } } as const;
    const decline = { type: 'DeclineMembership', data: { personId: 'eve' } } as const;
    const declined: CompanyEvent = { type: 'accounts.MembershipDeclined', data: { personId: 'eve' } };
    company()
      .when(ask)
      .then([asked('eve')]);
    company(asked('eve')).when(ask).then([]);
    company(...member('eve'))
      .when(ask)
      .then([]);
    company(asked('eve')).when(decline).then([declined]);
    company().when(decline).then('member.no_request');
    const accept = { type: 'AcceptMembership', data: { personId: 'eve' } } as const;
    company(asked('eve'))
      .when(accept)
      .then([invited('eve')]);
    company().when(accept).then('member.no_request');
    expect(company(asked('eve')).state).toMatchObject({ requests: ['eve'], members: {} });
    expect(company(asked('eve'), invited('eve')).state).toMatchObject({
      requests: [],
      members: { eve: { role: 'U' } },
    });
    expect(company(asked('eve'), declined).state?.requests).toEqual([]);
  });

  it('is locked and unlocked any time (R20), each once', () => {
    company(...member('bob'))
      .when(lock('bob'))
      .then([locked('bob')]);
    company(...member('bob'), locked('bob'))
      .when(lock('bob'))
      .then([]);
    company(...member('bob'))
      .when(unlock('bob'))
      .then([]);
    company().when(lock('bob')).then('member.missing');
    company().when(unlock('bob')).then('member.missing');
  });

  it('is invited again, not active, when it is unlocked without ever having joined', () => {
    const unlocked = company(...member('ada', 'A'), invited('bob', 'A'), locked('bob'));
    const { state } = unlocked.when(unlock('bob'));
    expect(state?.members['bob']).toEqual({ role: 'A', status: 'invited', joined: false });
    expect(activeAdmins(state!)).toEqual(['ada']);
    const back = company(...member('ada', 'A'), ...member('bob'), locked('bob')).when(unlock('bob'));
    expect(back.state?.members['bob']).toMatchObject({ status: 'active', joined: true });
  });

  it('changes its role (R21)', () => {
    company(...member('bob'))
      .when(setRole('bob', 'A'))
      .then([{ type: 'accounts.MemberRoleChanged', data: { personId: 'bob', role: 'A' } }]);
    company(...member('bob'))
      .when(setRole('bob', 'U'))
      .then([]);
    company().when(setRole('bob', 'A')).then('member.missing');
  });
});

describe('subscriptions (R2)', () => {
  const period = { serviceId: 's', planId: 'p', from: '2026-01-01T00:00:00.000Z', until: '2027-01-01T00:00:00.000Z' };
  const started: CompanyEvent = { type: 'accounts.SubscriptionStarted', data: { subscriptionId: 's1', ...period } };
  const end = { type: 'EndSubscription', data: { subscriptionId: 's1' } } as const;

  it('take their id from the command, and end after they begin', () => {
    company().when({ type: 'StartSubscription', data: period }, { commandId: 's1' }).then([started]);
    const empty = { ...period, until: period.from };
    company().when({ type: 'StartSubscription', data: empty }).then('subscription.period');
  });

  it('are valid from their first instant until just before their last', () => {
    const valid = (now: string) => validSubscriptions(company(started).state!, now).length;
    expect(['2025-12-31T23:59:59.999Z', period.from, '2026-12-31T23:59:59.999Z', period.until].map(valid)).toEqual([
      0, 1, 1, 0,
    ]);
  });

  it('end early, once', () => {
    const now = '2026-06-01T00:00:00.000Z';
    const ended: CompanyEvent = { type: 'accounts.SubscriptionEnded', data: { subscriptionId: 's1', at: now } };
    company(started).when(end, { now }).then([ended]);
    company(started, ended).when(end, { now }).then([]);
    company().when(end, { now }).then('subscription.missing');
    expect(validSubscriptions(company(started, ended).state!, now)).toEqual([]);
  });
});

describe('the account owner', () => {
  it('is named, once', () => {
    const named: CompanyEvent = { type: 'accounts.AccountOwnerNamed', data: { personId: 'omar' } };
    const name = { type: 'NameAccountOwner', data: { personId: 'omar' } } as const;
    company().when(name).then([named]);
    company(named).when(name).then([]);
  });
});

describe('who may change a company', () => {
  const commands = Object.keys(companyDecider.decide) as CompanyCommand['type'][];
  const { state } = company(
    ...member('ada', 'A'),
    ...member('bob'),
    invited('eve', 'A'),
    ...member('lou', 'A'),
    locked('lou'),
  );
  const allowed = (actor: Actor, id = 'acme', of: CompanyState = state) =>
    commands.filter((type) => refusal(actor, id, type, of) === undefined);
  function refusal(actor: Actor, id: string, type: CompanyCommand['type'], of: CompanyState): string | undefined {
    try {
      checkCompanyAccess(of, type, actor, id);
      return undefined;
    } catch (error) {
      return error instanceof DomainError ? error.code : 'not a DomainError';
    }
  }
  const customer = (personId: string, role: CustomerRole, companyId = 'acme'): Actor => ({
    kind: 'customer',
    personId,
    companyId,
    role,
  });

  it('is its active subscription admin, for its people alone', () => {
    expect(allowed(customer('ada', 'A'))).toEqual([
      'InviteMember',
      'AcceptMembership',
      'DeclineMembership',
      'ChangeMemberRole',
      'LockMember',
      'UnlockMember',
    ]);
  });

  it('is decided on the company’s own record, not on what the session believes', () => {
    for (const id of ['bob', 'eve', 'lou', 'stranger']) expect(allowed(customer(id, 'A'))).toEqual([]);
    expect(refusal(customer('ada', 'A'), 'acme', 'InviteMember', undefined)).toBe('company.forbidden');
  });

  it('is nobody of another company, who is told that there is none (R3)', () => {
    for (const type of commands)
      expect(refusal(customer('ada', 'A', 'globex'), 'acme', type, state)).toBe('company.missing');
  });

  it('is an administrator of the vendor, and Casebook itself, for everything (R14)', () => {
    expect(allowed({ kind: 'staff', personId: 'root', roles: ['administrator'] })).toEqual(commands);
    expect(allowed({ kind: 'system', name: 'accounts' })).toEqual(commands);
    expect(allowed({ kind: 'staff', personId: 'x', roles: ['engineer', 'account_owner', 'knowledge_author'] })).toEqual(
      [],
    );
  });
});

/** Any commands in any order; what is refused changes nothing. */
const person = fc.constantFrom('p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7');
const role = fc.constantFrom<CustomerRole>('A', 'U');
const day = fc.integer({ min: 1, max: 9 }).map((n) => `2026-0${n}-01T00:00:00.000Z`);
const aCommand: fc.Arbitrary<CompanyCommand> = fc.oneof(
  fc.record({ type: fc.constant('InviteMember' as const), data: fc.record({ personId: person, role }) }),
  fc.record({ type: fc.constant('ChangeMemberRole' as const), data: fc.record({ personId: person, role }) }),
  fc.record({
    type: fc.constantFrom('JoinMember' as const, 'LockMember' as const, 'UnlockMember' as const),
    data: fc.record({ personId: person }),
  }),
  fc.record({
    type: fc.constantFrom('RequestMembership' as const, 'DeclineMembership' as const, 'NameAccountOwner' as const),
    data: fc.record({ personId: person }),
  }),
  fc.record({
    type: fc.constant('SetContactLimit' as const),
    data: fc.record({ limit: fc.integer({ min: 0, max: 9 }) }),
  }),
  fc.record({
    type: fc.constant('StartSubscription' as const),
    data: fc.record({ serviceId: fc.constant('s'), planId: fc.constant('p'), from: day, until: day }),
  }),
  fc.record({
    type: fc.constant('EndSubscription' as const),
    data: fc.record({ subscriptionId: fc.constantFrom('c1', 'c2', 'c3') }),
  }),
);

function play(commands: readonly CompanyCommand[]): { events: RecordedEvent<CompanyEvent>[]; states: CompanyState[] } {
  const events = [recorded(registered)];
  const states = [given(companyDecider, events).state];
  commands.forEach((command, index) => {
    const outcome = given(companyDecider, events).when(command, {
      commandId: `c${index % 4}`,
      now: '2026-05-05T00:00:00.000Z',
    });
    for (const event of outcome.events) events.push(recorded(event, {}, events.length));
    states.push(outcome.state);
  });
  return { events, states };
}

describe('any life of a company', () => {
  const lives = fc.array(aCommand, { maxLength: 40, size: 'max' }).map(play);

  it('keeps an admin once it has one, and nobody invites or unlocks beyond the limit', () => {
    fc.assert(
      fc.property(lives, ({ states }) => {
        states.forEach((state, index) => {
          const before = states[index - 1];
          if (!before || !state) return;
          if (unlockedAdmins(before).length > 0) expect(unlockedAdmins(state).length).toBeGreaterThan(0);
          if (activeAdmins(before).length > 0) expect(activeAdmins(state).length).toBeGreaterThan(0);
          if (contactsUsed(state) > contactsUsed(before))
            expect(contactsUsed(state)).toBeLessThanOrEqual(state.contactLimit);
        });
      }),
    );
  });

  it('replays to the same state twice', () => {
    fc.assert(
      fc.property(lives, ({ events, states }) => {
        const replay = () => events.reduce<CompanyState>(evolveCompany, undefined);
        expect(replay()).toEqual(states.at(-1));
        expect(replay()).toEqual(replay());
      }),
    );
  });

  it('holds every type of event, and its catalogue lists every string and nothing else', () => {
    const filled = new Map<CompanyEvent['type'], Set<string>>();
    for (const { type, data } of fc.sample(lives, { seed: 3, numRuns: 200 }).flatMap(({ events }) => events)) {
      const paths = filled.get(type) ?? new Set();
      for (const { path } of stringsIn(data)) {
        paths.add(path);
        expect(keptAs(companyCatalog[type], path)).toBe('plain');
      }
      filled.set(type, paths);
    }
    const listed = Object.entries(companyCatalog).map(([type, { plain }]) => [type, [...plain].sort()]);
    expect([...filled].map(([type, paths]) => [type, [...paths].sort()]).sort()).toEqual(listed.sort());
  });
});
