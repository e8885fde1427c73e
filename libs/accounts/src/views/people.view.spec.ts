import { recorded } from '@casebook/kernel/testing';
import type { CompanyEvent } from '../company/company.events';
import { peopleProjection, type PersonDocument } from './people.view';

const bob = { personId: 'bob' };
const invited: CompanyEvent = { type: 'accounts.MemberInvited', data: { ...bob, role: 'A' } };
const joined: CompanyEvent = { type: 'accounts.MemberJoined', data: bob };
const locked: CompanyEvent = { type: 'accounts.MemberLocked', data: bob };
const unlocked: CompanyEvent = { type: 'accounts.MemberUnlocked', data: bob };

/** Bob's standing at Acme after these events. */
function standing(...events: readonly CompanyEvent[]) {
  const person = events.reduce<PersonDocument | undefined>((document, event) => {
    const next = peopleProjection.on({ ...recorded(event), stream: 'company-acme' }, document, 'bob');
    return typeof next === 'symbol' ? document : (next ?? undefined);
  }, undefined);
  return person?.companies['acme'];
}

describe('a person in a company', () => {
  it('is invited, active, locked, and active again', () => {
    expect(standing(invited)).toMatchObject({ role: 'A', status: 'invited' });
    expect(standing(invited, joined)).toMatchObject({ status: 'active' });
    expect(standing(invited, joined, locked)).toMatchObject({ status: 'locked' });
    expect(standing(invited, joined, locked, unlocked)).toMatchObject({ status: 'active' });
  });

  it('is invited again when they were unlocked without ever having come', () => {
    expect(standing(invited, locked, unlocked)).toMatchObject({ role: 'A', status: 'invited' });
  });
});
