import type { Me } from '../api/types';
import { isCurrent, navigationFor, quickFor } from './navigation';

const me = (kind: Me['kind'], services: Me['services'] = []): Me => ({
  id: 'p',
  name: 'Ada',
  email: 'ada@acme.example',
  kind,
  roles: [],
  companies: [],
  services,
  demo: true,
});
const service = {
  id: 's',
  name: 'Production',
  kind: 'support',
  takesTasks: false,
  plan: { id: 'p', name: 'P' },
  until: '2027-01-01',
} as const;
const current = (of: Me, address: string) =>
  navigationFor(of)
    .flatMap(({ items }) => items)
    .filter((item) => isCurrent(item, address))
    .map(({ label }) => label);

describe('Navigation', () => {
  it('has administration for administrators alone', () => {
    const labels = (of: Me) => navigationFor(of).flatMap(({ items }) => items.map(({ label }) => label));
    expect(labels({ ...me('staff'), roles: ['administrator'] })).toContain('Administration');
    expect(labels({ ...me('staff'), roles: ['engineer'] })).not.toContain('Administration');
    expect(labels(me('customer', [service]))).not.toContain('Administration');
  });

  it('has no support pages without a purchased support service (R41)', () => {
    const labels = (of: Me) => navigationFor(of).map(({ label }) => label);
    expect(labels(me('customer'))).not.toContain('Support');
    expect(labels(me('customer', [service]))).toContain('Support');
  });

  it('marks one line for each address', () => {
    const customer = me('customer', [service]);
    expect(current(customer, '/')).toEqual(['Home']);
    expect(current(customer, '/tickets?q=wal')).toEqual(['Search tickets']);
    expect(current(customer, '/tickets/new')).toEqual(['Create a new ticket']);
    expect(current(customer, '/tickets/CB-1042#e7')).toEqual(['My tickets']);
    expect(current(me('staff'), '/tickets/CB-1042/can-report')).toEqual(['Queue']);
    expect(current(me('staff'), '/profile')).toEqual([]);
  });

  it('puts at most five places under the thumb', () => {
    expect(quickFor(navigationFor(me('customer', [service])))).toHaveLength(5);
  });
});
