import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { signal } from '@angular/core';
import type { Entry } from '../api/types';
import { SessionStore } from '../session/session-store';
import { TicketActions } from './ticket-actions';
import { TicketPeople } from './ticket-people';
import { TicketStore } from './ticket-store';
import { TimelineList } from './timeline';

const PEOPLE: Readonly<Record<string, object>> = {
  ada: { id: 'ada', name: 'Ada Visser', side: 'customer' },
  erin: { id: 'erin', name: 'Erin Vogt', side: 'vendor' },
  gone: { id: 'gone', name: null, side: 'customer' },
};

function entry(number: string, kind: string, data: object, more: Partial<Entry> = {}): Entry {
  return {
    id: `event-${number}`,
    number,
    audience: /[a-z]/.test(number) ? 'internal' : 'customer',
    at: '2026-11-20T01:00:00.000Z',
    by: 'erin',
    side: 'vendor',
    kind,
    data: data as Entry['data'],
    ...more,
  };
}

describe('TimelineList', () => {
  const entries = signal<readonly Entry[]>([]);
  const ticket = signal<object>({});
  const firstUnread = signal<string | undefined>(undefined);
  const fresh = signal<ReadonlySet<string>>(new Set());
  const unfolded = signal<ReadonlySet<string>>(new Set());
  const may = jest.fn<boolean, [string]>();
  const actions = {
    may,
    busy: () => false,
    needMet: jest.fn(),
    acceptWorkaround: jest.fn(),
    declineWorkaround: jest.fn(),
  };
  const staff = signal(true);

  async function show(...list: readonly Entry[]) {
    entries.set(list);
    TestBed.configureTestingModule({
      providers: [
        provideRouter([]),
        TicketPeople,
        { provide: TicketActions, useValue: actions },
        { provide: SessionStore, useValue: { isStaff: staff, isCustomer: () => !staff(), me: () => ({ id: 'erin' }) } },
        {
          provide: TicketStore,
          useValue: {
            entries,
            all: entries,
            ticket,
            firstUnread,
            fresh,
            unfolded,
            unfold: (numbers: readonly string[]) => {
              unfolded.set(new Set(numbers));
            },
            hasOlder: () => false,
            asOf: () => undefined,
            allowed: () => new Set(),
            person: (id: string) => PEOPLE[id],
          },
        },
      ],
    });
    const fixture = TestBed.createComponent(TimelineList);
    await fixture.whenStable();
    const page = fixture.nativeElement as HTMLElement;
    const line = (number: string) => page.querySelector(`#e${number}`)?.closest('li') ?? undefined;
    const text = (number: string) => line(number)?.textContent.replace(/\s+/g, ' ').trim() ?? '';
    return { page, line, text };
  }

  beforeEach(() => {
    staff.set(true);
    firstUnread.set(undefined);
    fresh.set(new Set());
    unfolded.set(new Set());
    ticket.set({ number: 'CB-1', company: { name: 'Acme Retail' } });
    may.mockReset().mockReturnValue(false);
  });

  it('shows messages as sheets of their side and events as lines', async () => {
    const { line } = await show(
      entry(
        '1',
        'opened',
        { description: 'Down', severity: 'S2', type: 'issue', products: [] },
        { by: 'ada', side: 'customer' },
      ),
      entry('2', 'assigned', { assignee: 'erin', how: 'took' }),
      entry('3', 'reply', { body: 'On it', owes: 'customer' }),
    );
    expect([...line('1')!.classList]).toEqual(expect.arrayContaining(['msg', 'cu']));
    expect([...line('2')!.classList]).toEqual(expect.arrayContaining(['en', 'ev']));
    expect([...line('3')!.classList]).toEqual(expect.arrayContaining(['msg', 've']));
  });

  it('makes an internal note unmistakable in words, not by colour alone', async () => {
    const { line, text } = await show(entry('3a', 'note', { body: 'Do not offer a rebuild.' }));
    expect([...line('3a')!.classList]).toEqual(expect.arrayContaining(['msg', 'no']));
    expect(text('3a')).toContain('INTERNAL NOTE: never shown or sent to the customer');
    expect(line('3a')?.querySelector('.g a')?.getAttribute('aria-label')).toBe('Entry 3a, internal');
  });

  it('folds a run of changes into one line, and shows it whole when pressed or printed', async () => {
    const stages = ['2', '3', '4', '5'].map((number) => entry(number, 'stage', { from: 'triage', to: 'mitigation' }));
    const { page, line } = await show(...stages);
    const fold = () => page.querySelector<HTMLElement>('.folded');
    expect(fold()?.textContent.replace(/\s+/g, ' ')).toMatch(/2–5.*4 changes, entries 2 to 5 ?stage/);
    expect(line('3')).toBeUndefined();
    fold()?.querySelector('button')?.click();
    TestBed.tick();
    expect(fold()).toBeNull();
    expect(line('3')).toBeDefined();
    unfolded.set(new Set());
    TestBed.tick();
    window.dispatchEvent(new Event('beforeprint'));
    expect(line('3')).toBeDefined();
  });

  it('tells each event in a sentence with who and why', async () => {
    const { text } = await show(
      entry('2', 'severity', { from: 'S3', to: 'S2', reason: 'No failover target.' }, { by: 'ada' }),
      entry('3', 'stage', { from: 'triage', to: 'mitigation' }),
      entry('4', 'assigned', { assignee: 'erin', how: 'took' }),
      entry('5', 'workaround_declined', { workaroundId: 'w', reason: 'Too risky.' }, { by: 'ada' }),
      entry('6', 'closed', { code: 'no_answer', reason: 'Asked three times.' }),
      entry('7', 'reopened', { reason: 'Again.' }, { by: 'ada' }),
      entry('8', 'need_met', { reportId: 'r', n: 1, text: 'a log' }, { by: 'ada' }),
      entry('9', 'follow_up', { number: 'CB-2' }, { by: 'ada' }),
    );
    expect(text('2')).toMatch(/Severity raised S3 Normal → S2 High by Ada Visser ?“No failover target.”/);
    expect(text('3')).toContain('Stage Triage → Mitigation by Erin Vogt');
    expect(text('4')).toContain('Erin Vogt took the ticket and is accountable for it.');
    expect(text('5')).toMatch(/Workaround declined by Ada Visser.*“Too risky.”/);
    expect(text('6')).toMatch(/Ticket closed by Erin Vogt.*“Asked three times.”/);
    expect(text('7')).toMatch(/Ticket reopened by Ada Visser.*“Again.”/);
    expect(text('8')).toMatch(/Need 1 met.*Ada Visser.*a log/);
    expect(text('9')).toContain('CB-2');
  });

  it('shows a kind that it does not know instead of hiding an entry', async () => {
    const { text } = await show(entry('2', 'target_met', {}));
    expect(text('2')).toContain('target met by Erin Vogt');
  });

  it('says that a text or a person was erased', async () => {
    const { text } = await show(
      entry('2', 'reply', { body: null, owes: 'vendor' }, { by: 'gone', side: 'customer' }),
      entry('3', 'withdrawn', { reason: null }, { by: 'gone' }),
    );
    expect(text('2')).toMatch(/Erased person.*This text was erased/);
    expect(text('3')).toContain('The reason was erased.');
  });

  it('never runs what somebody wrote', async () => {
    const { page } = await show(
      entry('2', 'reply', {
        body: '<img src=x onerror=alert(1)> [a](javascript:alert(1)) ![b](https://spy.example/x.png)',
        owes: 'vendor',
      }),
    );
    expect(page.querySelectorAll('img, script, [onerror]')).toHaveLength(0);
    expect([...page.querySelectorAll('.md a')].map((link) => link.getAttribute('href'))).not.toContain(
      'javascript:alert(1)',
    );
  });

  it('marks needs of a CAN report as met or open, and says "none" for the other sides', async () => {
    const needs = [
      { n: 1, text: 'decide', from: 'customer' },
      { n: 2, text: 'no failover', from: 'customer' },
    ];
    const report = { reportId: 'r', sequence: 1, conditions: '184 GB behind', actions: [], needs };
    may.mockImplementation((action) => action === 'need_met');
    const { line, text } = await show(
      entry('2', 'can_report', report),
      entry('3', 'need_met', { reportId: 'r', n: 2, text: 'no failover' }),
    );
    const lines = [...line('2')!.querySelectorAll('.act')].map(({ textContent }) => textContent.replace(/\s+/g, ' '));
    expect(lines[1]).toMatch(/decide.*open/);
    expect(lines[2]).toMatch(/no failover.*met/);
    expect(text('2')).toMatch(/Support, third parties: ?none/);
    const buttons = [...line('2')!.querySelectorAll('button.met')];
    expect(buttons).toHaveLength(1);
    (buttons[0] as HTMLButtonElement).click();
    expect(actions.needMet).toHaveBeenCalledWith('r', 1);
  });

  it('leaves deciding on a workaround to the customer, and only while it is undecided', async () => {
    staff.set(false);
    ticket.set({ number: 'CB-1', company: { name: 'Acme Retail' }, workaround: { id: 'w', state: 'proposed' } });
    may.mockImplementation(
      (action) => action.startsWith('workaround_accept') || action.startsWith('workaround_decline'),
    );
    const proposal = entry('2', 'workaround_proposed', { workaroundId: 'w', body: '# Catch up\n\nRisk: low.' });
    const { line, text } = await show(proposal);
    expect(text('2')).toContain('Workaround 1: Catch up');
    expect([...line('2')!.querySelectorAll('.flow li')].map(({ textContent }) => textContent.trim())).toEqual([
      expect.stringContaining('Proposed'),
      'Acme decides',
      'Applied',
      'Worked or failed',
    ]);
    const accept = [...line('2')!.querySelectorAll('button')].find((one) => one.textContent.includes('Accept'));
    accept!.click();
    expect(actions.acceptWorkaround).toHaveBeenCalledWith('w');
  });

  it('draws a line above the first unread entry and tints what just came', async () => {
    firstUnread.set('event-3');
    fresh.set(new Set(['event-4']));
    const { line } = await show(
      entry('2', 'reply', { body: 'a' }),
      entry('3', 'reply', { body: 'b' }),
      entry('4', 'reply', { body: 'c' }),
    );
    expect(line('3')?.previousElementSibling?.id).toBe('new');
    expect(line('4')?.className).toContain('fresh');
    expect(line('3')?.className).not.toContain('fresh');
  });
});
