import type { Actor, RecordedEvent, StaffRole } from '@casebook/kernel';
import { given, keptAs, recorded, stringsIn } from '@casebook/kernel/testing';
import fc from 'fast-check';
import {
  checkStaffAccess,
  staffCatalog,
  staffDecider,
  type StaffCommand,
  type StaffEvent,
  type StaffState,
} from './staff';

const added = (personId: string, ...roles: StaffRole[]): StaffEvent => ({
  type: 'accounts.StaffAdded',
  data: { personId, roles },
});
const changed = (personId: string, ...roles: StaffRole[]): StaffEvent => ({
  type: 'accounts.StaffRolesChanged',
  data: { personId, roles },
});
const locked = (personId: string): StaffEvent => ({ type: 'accounts.StaffLocked', data: { personId } });
const unlocked = (personId: string): StaffEvent => ({ type: 'accounts.StaffUnlocked', data: { personId } });
const staff = (...events: StaffEvent[]) => given(staffDecider, events);
const change = (personId: string, ...roles: StaffRole[]) =>
  ({ type: 'ChangeStaffRoles', data: { personId, roles } }) as const;
const lock = (personId: string) => ({ type: 'LockStaff', data: { personId } }) as const;
const unlock = (personId: string) => ({ type: 'UnlockStaff', data: { personId } }) as const;

describe('staff (D9)', () => {
  it('are added once, with at least one role', () => {
    const add = { type: 'AddStaff', data: { personId: 'nina', roles: ['engineer', 'account_owner'] } } as const;
    staff()
      .when(add)
      .then([added('nina', 'engineer', 'account_owner')]);
    staff(added('nina', 'engineer')).when(add).then('staff.exists');
    staff()
      .when({ type: 'AddStaff', data: { personId: 'nina', roles: [] } })
      .then('staff.no_role');
  });

  it('change their roles; the same roles in another order are no change', () => {
    const given = staff(added('nina', 'engineer', 'account_owner'));
    given.when(change('nina', 'engineer')).then([changed('nina', 'engineer')]);
    given.when(change('nina', 'account_owner', 'engineer')).then([]);
    given.when(change('nina')).then('staff.no_role');
    given.when(change('eve', 'engineer')).then('staff.missing');
  });

  it('are locked and unlocked, each once', () => {
    staff(added('nina', 'engineer'))
      .when(lock('nina'))
      .then([locked('nina')]);
    staff(added('nina', 'engineer'), locked('nina')).when(lock('nina')).then([]);
    staff(added('nina', 'engineer'), locked('nina'))
      .when(unlock('nina'))
      .then([unlocked('nina')]);
    staff(added('nina', 'engineer')).when(unlock('nina')).then([]);
    for (const command of [lock('eve'), unlock('eve')]) staff().when(command).then('staff.missing');
  });

  it('keep their lock when their roles change', () => {
    expect(staff(added('nina', 'engineer'), locked('nina'), changed('nina', 'account_owner')).state['nina']).toEqual({
      roles: ['account_owner'],
      locked: true,
    });
  });
});

describe('the last administrator', () => {
  it('can be neither locked nor demoted', () => {
    const given = staff(added('root', 'administrator', 'engineer'), added('nina', 'engineer'));
    given.when(lock('root')).then('staff.last_administrator');
    given.when(change('root', 'engineer')).then('staff.last_administrator');
    given.when(change('root', 'administrator')).then([changed('root', 'administrator')]);
  });

  it('can, once there is another who is not locked', () => {
    const two = [added('root', 'administrator'), added('ada', 'administrator')];
    staff(...two)
      .when(lock('root'))
      .then([locked('root')]);
    staff(...two)
      .when(change('root', 'engineer'))
      .then([changed('root', 'engineer')]);
    staff(...two, locked('ada'))
      .when(lock('root'))
      .then('staff.last_administrator');
    staff(...two, locked('ada'))
      .when(change('root', 'engineer'))
      .then('staff.last_administrator');
  });
});

describe('who may manage staff', () => {
  const { state } = staff(
    added('root', 'administrator'),
    added('ex', 'administrator'),
    locked('ex'),
    added('nina', 'engineer'),
  );
  const check = (actor: Actor) => () => {
    checkStaffAccess(state, 'AddStaff', actor);
  };

  it('is Casebook itself, and an administrator who is one on record and not locked', () => {
    expect(check({ kind: 'system', name: 'cli' })).not.toThrow();
    expect(check({ kind: 'staff', personId: 'root', roles: ['administrator'] })).not.toThrow();
    const refused: Actor[] = [
      { kind: 'staff', personId: 'ex', roles: ['administrator'] },
      { kind: 'staff', personId: 'nina', roles: ['administrator'] },
      { kind: 'staff', personId: 'eve', roles: ['administrator'] },
      { kind: 'staff', personId: 'root', roles: ['engineer'] },
      { kind: 'customer', personId: 'root', companyId: 'acme', role: 'A' },
    ];
    for (const actor of refused) {
      expect(check(actor)).toThrow(expect.objectContaining({ kind: 'forbidden', code: 'staff.forbidden' }) as Error);
    }
  });
});

describe('any life of the staff', () => {
  const personId = fc.constantFrom('p1', 'p2', 'p3');
  const roles = fc.uniqueArray(
    fc.constantFrom<StaffRole>('engineer', 'account_owner', 'knowledge_author', 'administrator'),
  );
  const aCommand: fc.Arbitrary<StaffCommand> = fc.oneof(
    fc.record({
      type: fc.constantFrom('AddStaff' as const, 'ChangeStaffRoles' as const),
      data: fc.record({ personId, roles }),
    }),
    fc.record({ type: fc.constantFrom('LockStaff' as const, 'UnlockStaff' as const), data: fc.record({ personId }) }),
  );
  const administrators = (state: StaffState) =>
    Object.values(state).filter(({ roles: held, locked: out }) => held.includes('administrator') && !out).length;
  const lives = fc.array(aCommand, { maxLength: 30, size: 'max' }).map((commands) => {
    const events: RecordedEvent<StaffEvent>[] = [];
    const states: StaffState[] = [{}];
    for (const command of commands) {
      const outcome = given(staffDecider, events).when(command);
      for (const event of outcome.events) events.push(recorded(event, {}, events.length));
      states.push(outcome.state);
    }
    return { events, states };
  });

  it('keeps an administrator once it has one, and replays to the same state', () => {
    fc.assert(
      fc.property(lives, ({ events, states }) => {
        states.forEach((state, index) => {
          const before = states[index - 1];
          if (before && administrators(before) > 0) expect(administrators(state)).toBeGreaterThan(0);
        });
        expect(given(staffDecider, events).state).toEqual(states.at(-1));
      }),
    );
  });

  it('holds every type of event, and its catalogue lists every string and nothing else', () => {
    const events = fc.sample(lives, { seed: 5, numRuns: 100 }).flatMap((life) => life.events);
    const paths = new Set(events.flatMap(({ type, data }) => stringsIn(data).map(({ path }) => `${type} ${path}`)));
    const listed = Object.entries(staffCatalog).flatMap(([type, { plain }]) => plain.map((path) => `${type} ${path}`));
    expect([...paths].sort()).toEqual(listed.sort());
    for (const { type, data } of events) {
      for (const { path } of stringsIn(data)) expect(keptAs(staffCatalog[type], path)).toBe('plain');
    }
  });
});
