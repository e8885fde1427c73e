import { TestBed } from '@angular/core/testing';
import { provideRouter, Router } from '@angular/router';
import { HttpErrorResponse } from '@angular/common/http';
import { Subject } from 'rxjs';
import { signal } from '@angular/core';
import { ApiClient } from '../api/api-client';
import type { Entry, NewCanReport } from '../api/types';
import { type Change, LiveStore } from '../live/live-store';
import { SessionStore } from '../session/session-store';
import { CanEditorPage } from './can-editor-page';

function report(id: string, number: string, more: Partial<Entry> = {}): Entry {
  return {
    id: `event-${id}`,
    number,
    audience: 'customer',
    at: '2026-11-20T01:38:00.000Z',
    by: 'erin',
    side: 'vendor',
    kind: 'can_report',
    data: {
      reportId: id,
      sequence: Number(number) - 8,
      conditions: 'Standby 184 GB behind.',
      actions: [{ text: 'Prepare catch-up', status: 'in_progress' }],
      needs: [
        { n: 1, text: 'no failover meanwhile', from: 'customer' },
        { n: 2, text: 'decide on the workaround', from: 'customer' },
      ],
    },
    ...more,
  };
}
const MET: Entry = { ...report('x', '10'), kind: 'need_met', data: { reportId: 'r1', n: 1, text: 'no failover' } };

describe('CanEditorPage', () => {
  const changes = new Subject<Change>();
  const connection = signal('live');
  const canReport = jest.fn<Promise<unknown>, [string, NewCanReport, string]>();
  const needMet = jest.fn();
  const ticket = jest.fn();
  const answer = (items: readonly Entry[]) => ({
    ticket: {
      number: 'CB-1042',
      subject: 'Standby stopped',
      severity: 'S2',
      stage: 'mitigation',
      owes: 'customer',
      company: { id: 'acme', name: 'Acme', timeZone: 'Europe/Paris' },
      plan: { id: 'p' },
      entries: 10,
      priority: true,
      allowed: ['can_report'],
    },
    timeline: { items },
    people: {},
  });

  async function setUp(me = 'erin') {
    TestBed.configureTestingModule({
      providers: [
        provideRouter([{ path: '**', children: [] }]),
        {
          provide: ApiClient,
          useValue: {
            ticket,
            canReport,
            needMet,
            plans: () =>
              Promise.resolve({
                items: [{ id: 'p', targets: [{ severity: 'S2', update: { value: 2, unit: 'clock_hours' } }] }],
              }),
            users: () => Promise.resolve({ items: [{ id: 'erin', name: 'Erin Vogt', side: 'vendor' }] }),
          },
        },
        { provide: LiveStore, useValue: { changes, reloads: new Subject(), connection } },
        { provide: SessionStore, useValue: { me: () => ({ id: me, name: 'Erin Vogt' }) } },
      ],
    });
    const fixture = TestBed.createComponent(CanEditorPage);
    fixture.componentRef.setInput('number', 'CB-1042');
    const page = fixture.nativeElement as HTMLElement;
    const settle = async () => {
      await fixture.whenStable();
      // Lets the answers of the API come in.
      await new Promise((done) => setTimeout(done));
      await fixture.whenStable();
    };
    const press = async (name: RegExp) => {
      [...page.querySelectorAll('button')]
        .find((one) => name.test(one.getAttribute('aria-label') ?? one.textContent))!
        .click();
      await settle();
    };
    const type = async (selector: string, value: string) => {
      const field = page.querySelector<HTMLInputElement>(selector)!;
      field.value = value;
      field.dispatchEvent(new Event('input'));
      await settle();
    };
    await settle();
    return { fixture, page, settle, press, type };
  }

  beforeEach(() => {
    localStorage.clear();
    connection.set('live');
    ticket.mockReset().mockResolvedValue(answer([report('r1', '9'), MET]));
    canReport.mockReset().mockResolvedValue({ id: 't', number: 'CB-1042', entry: '11' });
    needMet.mockReset().mockResolvedValue({});
  });

  it('starts from the last report, without needs that are met', async () => {
    const { page } = await setUp();
    expect(page.querySelector('h1')?.textContent).toBe('CAN report 2: Standby stopped');
    expect([...page.querySelectorAll<HTMLInputElement>('.eds .tx')].map(({ value }) => value)).toEqual([
      'Prepare catch-up',
      'decide on the workaround',
    ]);
  });

  it('sends only when "none" is said for every side, and goes back to the new entry', async () => {
    const { page, press } = await setUp();
    const navigate = jest.spyOn(TestBed.inject(Router), 'navigate').mockResolvedValue(true);
    await press(/^\s*Send report 2/);
    expect(canReport).not.toHaveBeenCalled();
    expect(page.querySelector('[role=alert]')?.textContent).toContain('support, third parties');
    await press(/None from Support/);
    await press(/None from Third party/);
    await press(/^\s*Send report 2/);
    expect(canReport.mock.calls[0]?.[1]).toMatchObject({
      audience: 'customer',
      needs: [{ text: 'decide on the workaround', from: 'customer' }],
    });
    expect(navigate).toHaveBeenCalledWith(['/tickets', 'CB-1042'], { fragment: 'e11' });
    expect(localStorage).toHaveLength(0);
  });

  it('shows what changed in the conditions, word by word', async () => {
    const { page, type } = await setUp();
    await type('#c1', 'Standby 186 GB behind.');
    expect(page.querySelector('.wdiff del')?.textContent).toBe('184 ');
    expect(page.querySelector('.wdiff ins')?.textContent).toBe('186 ');
    expect(page.querySelector('.pvb ins')?.textContent).toBe('186 ');
  });

  it('keeps the draft of each audience over a reload', async () => {
    const first = await setUp();
    await first.type('#c1', 'Not yet sent.');
    first.fixture.destroy();
    TestBed.resetTestingModule();
    const { page, settle } = await setUp();
    expect(page.querySelector<HTMLTextAreaElement>('#c1')?.value).toBe('Not yet sent.');
    page.querySelector<HTMLInputElement>('#audi')!.click();
    await settle();
    expect(page.querySelector<HTMLTextAreaElement>('#c1')?.value).toBe('');
    expect(page.querySelector('.cane > .tag')?.textContent).toContain('never shown or sent to the customer');
  });

  it('shows a draft to nobody else who signs in on this device', async () => {
    const first = await setUp();
    await first.type('#c1', 'Not yet sent.');
    first.fixture.destroy();
    TestBed.resetTestingModule();
    const { page } = await setUp('tomasz');
    expect(page.querySelector<HTMLTextAreaElement>('#c1')?.value).toBe('Standby 184 GB behind.');
  });

  it('repeats a report whose answer was lost with the same key, so that it is filed once', async () => {
    canReport.mockRejectedValueOnce(new HttpErrorResponse({ status: 0 }));
    const { page, press } = await setUp();
    await press(/None from Support/);
    await press(/None from Third party/);
    await press(/^\s*Send report 2/);
    expect(page.querySelector('cb-problem')?.textContent).toContain('cannot be reached');
    await press(/^\s*Send report 2/);
    const [first, second] = canReport.mock.calls;
    expect(second).toEqual(first);
  });

  it('tells when somebody else reported meanwhile, and keeps the text', async () => {
    const { page, type, settle, press } = await setUp();
    await type('#c1', 'My text.');
    ticket.mockResolvedValue(answer([report('r1', '9'), MET, report('r2', '11')]));
    changes.next({ topic: 'ticket', id: 'CB-1042', position: '1' });
    await settle();
    expect(page.querySelector('.ban')?.textContent).toContain('filed report 3 meanwhile');
    expect(page.querySelector<HTMLTextAreaElement>('#c1')?.value).toBe('My text.');
    expect([...page.querySelectorAll('button')].find(({ type }) => type === 'submit')?.disabled).toBe(true);
    await press(/Keep my text/);
    expect(page.querySelector('.ban')).toBeNull();
    expect(page.querySelector('h1')?.textContent).toContain('CAN report 4');
  });
});
