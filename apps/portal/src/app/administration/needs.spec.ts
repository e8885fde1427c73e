import type { SystemStatus } from '../api/types';
import { needsOf, sentenceOf } from './needs';

const view = (name: string, more: Partial<SystemStatus['views'][number]> = {}) =>
  ({ name, state: 'live', eventsBehind: 0, secondsBehind: 0, lag: [0], parked: [], ...more }) as const;
const status = (more: Partial<SystemStatus> = {}): SystemStatus => ({
  asOf: '2026-11-20T01:00:00.000Z',
  instance: 'east',
  upSince: '2026-11-19T01:00:00.000Z',
  connections: 3,
  freeBytes: 50e9,
  views: [view('tickets'), view('search')],
  record: { events: 10, head: 'ab', holds: true, keptElsewhere: false },
  engines: {
    log: 'SQLite',
    readModels: 'SQLite',
    state: 'SQLite',
    keys: 'SQLite',
    files: 'a directory',
    search: 'SQLite',
  },
  endingSubscriptions: [],
  signIn: 'ready',
  ...more,
});
const ending = (daysLeft: number) => ({
  companyId: 'c',
  company: 'Globex',
  service: 'Production',
  until: '',
  daysLeft,
  openTickets: 1,
});

describe('What needs a person', () => {
  it('is nothing while all is well', () => {
    expect(needsOf(status())).toEqual([]);
    expect(sentenceOf(status())).toBe('Everything customers use works.');
  });

  it('is what is parked, until it is tried again', () => {
    const parked = [{ stream: 'ticket-1', eventId: 'e', reason: 'it broke' }];
    const [need] = needsOf(status({ views: [view('search', { state: 'parked', parked })] }));
    expect(need).toMatchObject({ title: '1 stream is parked in “search”', rebuild: 'search' });
    expect(need?.text).toContain('ticket-1: it broke');
    expect(needsOf(status({ views: [view('search', { state: 'filling', parked })] }))).toEqual([]);
  });

  it('is a subscription within its last 30 days', () => {
    expect(needsOf(status({ endingSubscriptions: [ending(31)] }))).toEqual([]);
    expect(needsOf(status({ endingSubscriptions: [ending(30), ending(1)] })).map(({ title }) => title)).toEqual([
      'Globex: Production ends in 30 days',
      'Globex: Production ends in 1 day',
    ]);
  });

  it('names the gravest first', () => {
    const all = status({
      views: [view('tickets', { state: 'behind', eventsBehind: 7 })],
      record: { events: 10, head: 'ab', holds: false, keptElsewhere: false, finding: 'event 7 was changed' },
      endingSubscriptions: [ending(3)],
      freeBytes: 100e6,
      signIn: 'unavailable',
    });
    expect(needsOf(all).map(({ grave, title }) => [grave, title])).toEqual([
      [true, 'The record does not hold'],
      [true, 'Nobody can sign in'],
      [true, '“tickets” is behind the record'],
      [true, '100 MB of disk are free'],
      [false, 'Globex: Production ends in 3 days'],
    ]);
    expect(sentenceOf(all)).toBe('The record does not hold.');
    expect(sentenceOf({ ...all, record: { ...all.record, holds: true }, signIn: 'ready' })).toBe(
      'Pages may not show the newest: tickets is behind.',
    );
  });
});
