import type { TicketSummary } from '../api/types';
import { columnsOf } from './mine-store';
import { overviewOf } from './overview';
import { queryOf } from './search-store';

const ticket = (change: Partial<TicketSummary>): TicketSummary => ({
  id: 'id',
  number: 'CB-1',
  type: 'issue',
  subject: 's',
  status: 'open',
  stage: 'triage',
  service: { id: 's', name: 'S' },
  company: { id: 'c', name: 'C', timeZone: 'UTC' },
  products: [],
  requester: 'p',
  openedAt: '2026-03-02T09:00:00.000Z',
  updatedAt: '2026-03-02T09:00:00.000Z',
  entries: 1,
  priority: false,
  ...change,
});

describe('lists of tickets', () => {
  it('ask the API for the filters that are set', () => {
    const state = { q: '', status: 'open', stage: '', severity: 'S1', service: '', company: '', sort: '' };
    expect(queryOf(state)).toEqual({ status: 'open', severity: 'S1', limit: 50 });
  });

  it('put the reader’s own debts first', () => {
    const open = [ticket({ owes: 'vendor' }), ticket({ owes: 'customer' }), ticket({ owes: 'customer' })];
    const sizes = (staff: boolean) => columnsOf(open, [], staff).map(({ side, tickets }) => [side, tickets.length]);
    expect(sizes(false)).toEqual([
      ['customer', 2],
      ['vendor', 1],
      ['third_party', 0],
      [undefined, 0],
    ]);
    expect(sizes(true)[0]).toEqual(['vendor', 1]);
  });

  it('count active tickets by stage and severity, tasks apart', () => {
    const overview = overviewOf([
      ticket({ severity: 'S1', priority: true, owes: 'vendor' }),
      ticket({ severity: 'S1', stage: 'mitigation', priority: true, owes: 'customer' }),
      ticket({ type: 'task', owes: 'vendor' }),
    ]);
    expect(overview).toMatchObject({ total: 3, priority: 2, owes: { customer: 1, vendor: 2, third_party: 0 } });
    expect(overview.rows.map(({ counts }) => counts)).toEqual([
      [1, 0, 0, 0, 1],
      [1, 0, 0, 0, 0],
      [0, 0, 0, 0, 0],
    ]);
  });
});
