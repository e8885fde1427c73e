/** A time promise: clock hours run always, business hours and days follow the company's calendar (D2). */
export interface Target {
  readonly value: number;
  readonly unit: 'clock_hours' | 'business_hours' | 'business_days';
}
export interface SeverityTarget {
  readonly severity: 'S1' | 'S2' | 'S3' | 'S4';
  /** Absent: no commitment (R118). */
  readonly firstResponse?: Target;
  /** Ongoing updates (D11). */
  readonly update?: Target;
}
export interface Plan {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly services: readonly string[];
  readonly software: readonly string[];
  readonly targets: readonly SeverityTarget[];
  readonly contactLimit: number;
  readonly reopenHours: number;
  readonly noAnswerDays: number;
}

const hours = (value: number): Target => ({ value, unit: 'clock_hours' });

export const PLANS: readonly Plan[] = [
  {
    id: 'premium',
    name: 'Premium',
    description: 'Every service, around the clock. First answers within an hour when production is down.',
    services: ['production-24x7', 'replication-support', 'remote-dba', 'cloud-dba'],
    software: [
      'postgresql',
      'advanced-server',
      'pgbouncer',
      'patroni',
      'barman',
      'pgbackrest',
      'repmgr',
      'pg-upgrade',
      'tungsten',
    ],
    targets: [
      { severity: 'S1', firstResponse: hours(1), update: hours(1) },
      { severity: 'S2', firstResponse: hours(4), update: hours(2) },
      { severity: 'S3', firstResponse: { value: 1, unit: 'business_days' } },
      { severity: 'S4' },
    ],
    contactLimit: 8,
    reopenHours: 72,
    noAnswerDays: 14,
  },
  {
    id: 'standard',
    name: 'Standard',
    description: 'Production support around the clock for priority incidents, business days for everything else.',
    services: ['production-24x7', 'business-8x5', 'replication-support'],
    software: ['postgresql', 'pgbouncer', 'patroni', 'barman', 'pgbackrest', 'repmgr', 'tungsten'],
    targets: [
      { severity: 'S1', firstResponse: hours(1), update: hours(1) },
      { severity: 'S2', firstResponse: hours(4), update: hours(2) },
      { severity: 'S3', firstResponse: { value: 1, unit: 'business_days' } },
      { severity: 'S4' },
    ],
    contactLimit: 5,
    reopenHours: 72,
    noAnswerDays: 14,
  },
  {
    id: 'business',
    name: 'Business',
    description: 'Answers on working days, for teams that run PostgreSQL without night shifts.',
    services: ['business-8x5'],
    software: ['postgresql', 'pgbouncer', 'barman', 'pgbackrest'],
    targets: [
      { severity: 'S1', firstResponse: { value: 4, unit: 'business_hours' } },
      { severity: 'S2', firstResponse: { value: 8, unit: 'business_hours' } },
      { severity: 'S3', firstResponse: { value: 2, unit: 'business_days' } },
      { severity: 'S4' },
    ],
    contactLimit: 5,
    reopenHours: 72,
    noAnswerDays: 14,
  },
];

export function planById(id: string): Plan | undefined {
  return PLANS.find((plan) => plan.id === id);
}
