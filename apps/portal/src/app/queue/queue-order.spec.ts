import type { TicketSummary } from '../api/types';
import { grouped, inView, matches, sentence } from './queue-order';

const ticket = (number: string, change: Partial<TicketSummary> = {}): TicketSummary => ({
  id: number,
  number,
  type: 'issue',
  severity: 'S3',
  subject: number,
  status: 'open',
  stage: 'triage',
  owes: 'vendor',
  owesSince: '2026-03-02T09:00:00.000Z',
  service: { id: 's', name: 'Service' },
  company: { id: 'c', name: 'Company', timeZone: 'UTC' },
  products: [],
  requester: 'p',
  assignee: 'erin',
  openedAt: '2026-03-02T09:00:00.000Z',
  updatedAt: '2026-03-02T09:00:00.000Z',
  entries: 1,
  priority: false,
  ...change,
});
const unowned = (number: string, change: Partial<TicketSummary> = {}): TicketSummary => {
  const { assignee: _, ...rest } = ticket(number, change);
  return rest;
};

describe('the order of the queue', () => {
  it('puts nobody’s tickets first, then our debts, then those of others, each by severity and waiting time', () => {
    const groups = grouped([
      ticket('late S3', { owesSince: '2026-03-01T09:00:00.000Z' }),
      ticket('S1', { severity: 'S1' }),
      unowned('new S4', { severity: 'S4' }),
      unowned('new S2', { severity: 'S2' }),
      ticket('S3'),
      ticket('theirs', { owes: 'customer' }),
    ]);
    expect(groups.map(({ label, tickets }) => [label, ...tickets.map(({ number }) => number)])).toEqual([
      ['No owner', 'new S2', 'new S4'],
      ['We owe the reply', 'S1', 'late S3', 'S3'],
      ['Waiting for the customer', 'theirs'],
    ]);
  });

  it('cuts by saved view and filters', () => {
    expect(inView(ticket('a'), 'mine', 'erin')).toBe(true);
    expect(inView(ticket('a'), 'mine', 'tom')).toBe(false);
    expect(inView(unowned('a'), 'unowned', 'erin')).toBe(true);
    expect(inView(ticket('a', { priority: true }), 'priority', 'erin')).toBe(true);
    const any = { service: '', severity: '', stage: '', company: '' };
    expect(matches(ticket('a'), { ...any, severity: 'S3', stage: 'triage' })).toBe(true);
    expect(matches(ticket('a'), { ...any, company: 'other' })).toBe(false);
  });

  it('says first what nobody owns', () => {
    expect(sentence([])).toBe('Nothing is open.');
    expect(sentence([ticket('a')])).toBe('Every ticket has an owner. We owe one reply.');
    const open = [unowned('a', { priority: true }), unowned('b'), ticket('c', { owes: 'customer' })];
    expect(sentence(open)).toBe('2 tickets have no owner, 1 of them S1 or S2. We owe 2 replies.');
  });
});
