import type { Entry, Ticket, TicketPageAnswer } from '../../api/types';
import type { EntryKind, EntryOf } from '../entry-data';

export const ADA = { id: 'ada', name: 'Ada Visser', side: 'customer', role: 'A' } as const;
export const ERIN = { id: 'erin', name: 'Erin Vogt', side: 'vendor' } as const;
export const PEOPLE = { ada: ADA, erin: ERIN };

/** Minute `minute` of the sample ticket's day, as the API writes times. */
export function minute(minute: number): string {
  return new Date(Date.UTC(2026, 10, 20, 1, minute)).toISOString();
}

/** An entry of the sample ticket; its number says its time, and whether it is internal. */
export function entry<K extends EntryKind>(number: string, kind: K, data: EntryOf<K>['data'], by = 'erin'): Entry {
  return {
    id: `id-${number}`,
    number,
    audience: /[a-z]$/.test(number) ? 'internal' : 'customer',
    at: minute(Number(/^\d+/.exec(number)?.[0])),
    by,
    side: by === 'ada' ? 'customer' : 'vendor',
    kind,
    data: { ...data },
  };
}

export const OPENED = entry(
  '1',
  'opened',
  { type: 'issue', severity: 'S3', description: 'It **stopped**.', products: [] },
  'ada',
);

export function ticket(changes: Partial<Ticket> = {}): Ticket {
  return {
    id: 't1',
    number: 'CB-1042',
    type: 'issue',
    severity: 'S3',
    subject: 'Standby stopped replaying',
    status: 'open',
    stage: 'triage',
    owes: 'vendor',
    owesSince: minute(1),
    owesReason: 'opened',
    service: { id: 's', name: 'Production support 24×7' },
    company: { id: 'c', name: 'Acme Retail', timeZone: 'Europe/Amsterdam' },
    products: [{ id: 'postgresql', name: 'PostgreSQL', version: '16.13' }],
    requester: 'ada',
    openedAt: minute(1),
    updatedAt: minute(1),
    entries: 1,
    priority: false,
    plan: { id: 'premium', name: 'Premium' },
    followUps: [],
    attachments: [],
    chain: { entries: 1 },
    allowed: [],
    ...changes,
  };
}

export function answer(items: readonly Entry[], changes: Partial<Ticket> = {}, nextCursor?: string): TicketPageAnswer {
  return {
    ticket: ticket(changes),
    timeline: { items, ...(nextCursor !== undefined && { nextCursor }) },
    people: PEOPLE,
  };
}
