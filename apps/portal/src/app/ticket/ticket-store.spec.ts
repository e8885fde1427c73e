import { TestBed } from '@angular/core/testing';
import { HttpErrorResponse } from '@angular/common/http';
import { Subject } from 'rxjs';
import { ApiClient } from '../api/api-client';
import type { Entry } from '../api/types';
import { type Change, LiveStore } from '../live/live-store';
import { SessionStore } from '../session/session-store';
import { TicketStore } from './ticket-store';

function entry(number: string, by = 'ada'): Entry {
  return {
    id: `event-${number}`,
    number,
    audience: /[a-z]/.test(number) ? 'internal' : 'customer',
    at: `2026-11-20T00:${number.replace(/\D/g, '').padStart(2, '0')}:00.000Z`,
    by,
    side: 'customer',
    kind: 'reply',
    data: { body: number },
  };
}

describe('TicketStore', () => {
  const changes = new Subject<Change>();
  const reloads = new Subject<void>();
  const ticket = jest.fn();
  const timeline = jest.fn();
  const answer = (numbers: readonly string[], nextCursor?: string, allowed: readonly string[] = ['reply']) => ({
    ticket: { number: 'CB-1', allowed },
    timeline: { items: numbers.map((number) => entry(number)), ...(nextCursor !== undefined && { nextCursor }) },
    people: { ada: { id: 'ada', name: 'Ada Visser', side: 'customer' } },
  });
  const settle = () => new Promise((done) => setTimeout(done));

  function setUp(): TicketStore {
    TestBed.resetTestingModule();
    TestBed.configureTestingModule({
      providers: [
        TicketStore,
        { provide: ApiClient, useValue: { ticket, timeline } },
        { provide: LiveStore, useValue: { changes, reloads } },
        { provide: SessionStore, useValue: { me: () => ({ id: 'me' }) } },
      ],
    });
    return TestBed.inject(TicketStore);
  }

  const shown = (store: TicketStore) => store.entries().map(({ number }) => number);
  const change = async (id = 'CB-1') => {
    changes.next({ topic: 'ticket', id, position: '9' });
    await settle();
  };

  beforeEach(() => {
    localStorage.clear();
    ticket.mockReset();
    timeline.mockReset();
  });

  it('fetches older entries once, however often they are asked for on the way through the ruler', async () => {
    ticket.mockResolvedValue(answer(['5', '6'], 'c1'));
    timeline.mockImplementation(async (_number, cursor) => {
      await settle();
      return answer(cursor === 'c1' ? ['3', '4'] : ['1', '2'], cursor === 'c1' ? 'c2' : undefined).timeline;
    });
    const store = setUp();
    await store.open('CB-1');
    await Promise.all([40, 30, 20, 10].map((to) => store.travel(to)));
    await store.travel(undefined);
    expect(shown(store)).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(timeline.mock.calls).toEqual([
      ['CB-1', 'c1'],
      ['CB-1', 'c2'],
    ]);
  });

  it('leaves older entries of a ticket away when another one stands there meanwhile', async () => {
    ticket.mockResolvedValueOnce(answer(['5', '6'], 'c1')).mockResolvedValueOnce(answer(['8', '9']));
    const page = Promise.withResolvers<unknown>();
    timeline.mockReturnValue(page.promise);
    const store = setUp();
    await store.open('CB-1');
    const older = store.loadBackTo('1');
    await store.open('CB-2');
    page.resolve(answer(['3', '4'], 'c2').timeline);
    await older;
    expect(shown(store)).toEqual(['8', '9']);
    expect([store.hasOlder(), timeline.mock.calls.length]).toEqual([false, 1]);
  });

  it('shows what changed while it was being opened', async () => {
    const first = Promise.withResolvers<unknown>();
    ticket.mockReturnValueOnce(first.promise).mockResolvedValueOnce(answer(['1', '2', '3']));
    const store = setUp();
    const opened = store.open('CB-1');
    await change();
    first.resolve(answer(['1', '2']));
    await opened;
    await settle();
    expect(shown(store)).toEqual(['1', '2', '3']);
  });

  it('looks again for a ticket that views did not know yet', async () => {
    ticket.mockRejectedValueOnce(new HttpErrorResponse({ status: 404 })).mockResolvedValueOnce(answer(['1']));
    const store = setUp();
    await store.open('CB-1');
    expect(store.loading()).toBe('missing');
    reloads.next();
    await settle();
    expect([store.loading(), shown(store)]).toEqual(['ready', ['1']]);
  });

  it('shows new entries as they come, tinted, and asks only for its own ticket', async () => {
    ticket.mockResolvedValue(answer(['1', '2']));
    const store = setUp();
    await store.open('CB-1');
    ticket.mockResolvedValue(answer(['1', '2', '3']));
    await change('CB-2');
    expect(ticket).toHaveBeenCalledTimes(1);
    await change();
    expect(shown(store)).toEqual(['1', '2', '3']);
    expect([...store.fresh()]).toEqual(['event-3']);
  });

  it('opens by itself what could not be read at first', async () => {
    ticket.mockRejectedValueOnce(new Error('away'));
    const store = setUp();
    await store.open('CB-1');
    expect(store.loading()).toBe('failed');
    ticket.mockResolvedValue(answer(['1']));
    reloads.next();
    await settle();
    expect(store.loading()).toBe('ready');
    expect(shown(store)).toEqual(['1']);
  });

  it('holds entries back while the reader writes, until they are asked for', async () => {
    ticket.mockResolvedValue(answer(['1']));
    const store = setUp();
    await store.open('CB-1');
    store.writing.set(true);
    ticket.mockResolvedValue(answer(['1', '2', '3']));
    await change();
    expect(shown(store)).toEqual(['1']);
    expect(store.waiting()).toBe(2);
    expect(store.showWaiting()).toBe('2');
    expect(shown(store)).toEqual(['1', '2', '3']);
    expect(store.waiting()).toBe(0);
  });

  it('shows entries that come in below what is seen, and counts those of others until the end is reached', async () => {
    ticket.mockResolvedValue(answer(['1']));
    const store = setUp();
    await store.open('CB-1');
    store.setAway(true);
    ticket.mockResolvedValue(answer(['1', '2', '3']));
    await change();
    expect(shown(store)).toEqual(['1', '2', '3']);
    expect(store.waiting()).toBe(2);
    store.setAway(false);
    expect(store.waiting()).toBe(0);
    ticket.mockResolvedValue(answer(['1', '2', '3', '4']));
    await change();
    expect(store.waiting()).toBe(0);
  });

  it('shows one’s own entry at once, even while writing', async () => {
    ticket.mockResolvedValue(answer(['1']));
    const store = setUp();
    await store.open('CB-1');
    store.writing.set(true);
    ticket.mockResolvedValue(answer(['1', '2']));
    await store.act(() => Promise.resolve({ id: 't', number: 'CB-1', entry: '2' }));
    expect(shown(store)).toEqual(['1', '2']);
  });

  it('takes over new rights with each answer, and offers nothing while looking at the past', async () => {
    ticket.mockResolvedValue(answer(['1', '2'], undefined, ['reply', 'take']));
    const store = setUp();
    await store.open('CB-1');
    expect([...store.allowed()]).toEqual(['reply', 'take']);
    await store.travel(Date.parse('2026-11-20T00:01:30.000Z'));
    expect(shown(store)).toEqual(['1']);
    expect([...store.allowed()]).toEqual([]);
    await store.travel(undefined);
    expect(shown(store)).toEqual(['1', '2']);
  });

  it('marks the first entry not read in an earlier visit, lettered ones in their order', async () => {
    ticket.mockResolvedValue(answer(['1', '2', '2a']));
    await setUp().open('CB-1');
    ticket.mockResolvedValue(answer(['1', '2', '2a', '2b', '3']));
    const store = setUp();
    await store.open('CB-1');
    expect(store.firstUnread()).toBe('event-2b');
  });

  it('marks nothing on the first visit', async () => {
    ticket.mockResolvedValue(answer(['1', '2']));
    const store = setUp();
    await store.open('CB-1');
    expect(store.firstUnread()).toBeUndefined();
  });

  it('loads older entries, as far back as an address needs', async () => {
    ticket.mockResolvedValue(answer(['5', '6'], 'c1'));
    timeline
      .mockResolvedValueOnce({ items: [entry('3'), entry('4')], nextCursor: 'c2', people: {} })
      .mockResolvedValueOnce({ items: [entry('1'), entry('2')], people: {} });
    const store = setUp();
    await store.open('CB-1');
    await store.loadBackTo('3');
    expect(shown(store)).toEqual(['3', '4', '5', '6']);
    await store.loadOlder();
    expect(shown(store)).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(store.hasOlder()).toBe(false);
  });

  it('fetches once more when a change comes during a fetch, so that nothing is missed', async () => {
    ticket.mockResolvedValue(answer(['1']));
    const store = setUp();
    await store.open('CB-1');
    let first: (value: unknown) => void = () => undefined;
    ticket.mockReturnValueOnce(new Promise((done) => (first = done)));
    changes.next({ topic: 'ticket', id: 'CB-1', position: '1' });
    changes.next({ topic: 'ticket', id: 'CB-1', position: '2' });
    changes.next({ topic: 'ticket', id: 'CB-1', position: '3' });
    ticket.mockResolvedValue(answer(['1', '2', '3']));
    first(answer(['1', '2']));
    await settle();
    expect(ticket).toHaveBeenCalledTimes(3);
    expect(shown(store)).toEqual(['1', '2', '3']);
  });

  it('keeps what it shows when a refresh fails', async () => {
    ticket.mockResolvedValue(answer(['1', '2']));
    const store = setUp();
    await store.open('CB-1');
    ticket.mockRejectedValue(new HttpErrorResponse({ status: 0 }));
    reloads.next();
    await settle();
    expect(shown(store)).toEqual(['1', '2']);
    expect(store.loading()).toBe('ready');
  });

  it('tells a ticket that does not exist from one that could not be fetched', async () => {
    const store = setUp();
    ticket.mockRejectedValue(
      new HttpErrorResponse({ status: 404, error: { code: 'ticket.missing', detail: 'No.', status: 404 } }),
    );
    await store.open('CB-9');
    expect(store.loading()).toBe('missing');
    ticket.mockRejectedValue(new HttpErrorResponse({ status: 0 }));
    await store.open('CB-9');
    expect(store.loading()).toBe('failed');
    expect(store.problem()?.code).toBe('offline');
  });

  it('leaves the error of a command to its caller', async () => {
    ticket.mockResolvedValue(answer(['1']));
    const store = setUp();
    await store.open('CB-1');
    await expect(store.act(() => Promise.reject(new Error('ticket.stale')))).rejects.toThrow('ticket.stale');
  });
});
