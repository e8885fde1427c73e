import { TestBed } from '@angular/core/testing';
import { Upload as TusUpload } from 'tus-js-client';
import { HttpErrorResponse } from '@angular/common/http';
import { provideRouter } from '@angular/router';
import { signal } from '@angular/core';
import { ApiClient } from '../api/api-client';
import type { TicketWritten } from '../api/types';
import { LiveStore } from '../live/live-store';
import { SessionStore } from '../session/session-store';
import { Composer } from './composer';
import { TicketPeople } from './ticket-people';
import { TicketStore } from './ticket-store';

jest.mock('tus-js-client', () => ({ Upload: jest.fn(), DetailedError: class extends Error {} }));

describe('Composer', () => {
  const connection = signal('live');
  const allowed = signal<ReadonlySet<string>>(new Set());
  const staff = signal(true);
  const writing = signal(false);
  const asOf = signal<number | undefined>(undefined);
  const api = {
    reply: jest.fn<Promise<TicketWritten>, [string, string, string | undefined, string]>(),
    note: jest.fn<Promise<TicketWritten>, [string, string, string]>(),
    attach: jest.fn<Promise<TicketWritten>, [string, string]>(),
    proposeResolution: jest.fn<Promise<TicketWritten>, [string, object, string]>(),
  };
  const ENGINEER = ['reply', 'note', 'can_report', 'workaround_propose', 'resolution_propose', 'attach'];

  async function setUp() {
    TestBed.resetTestingModule();
    TestBed.configureTestingModule({
      providers: [
        provideRouter([]),
        TicketPeople,
        { provide: ApiClient, useValue: api },
        { provide: LiveStore, useValue: { connection } },
        { provide: SessionStore, useValue: { isStaff: staff, isCustomer: () => !staff() } },
        {
          provide: TicketStore,
          useValue: {
            ticket: () => ({ number: 'CB-1', company: { name: 'Acme Retail' } }),
            allowedNow: allowed,
            asOf,
            writing,
            act: (command: (client: typeof api, number: string) => Promise<TicketWritten>) => command(api, 'CB-1'),
            refresh: () => Promise.resolve(),
          },
        },
      ],
    });
    const fixture = TestBed.createComponent(Composer);
    fixture.componentRef.setInput('number', 'CB-1');
    const page = fixture.nativeElement as HTMLElement;
    const settle = async () => {
      await fixture.whenStable();
      await new Promise((done) => setTimeout(done));
      await fixture.whenStable();
    };
    const type = async (id: string, text: string) => {
      const field = page.querySelector<HTMLTextAreaElement>(`#${id}`)!;
      field.value = text;
      field.dispatchEvent(new Event('input'));
      await settle();
    };
    const tab = async (id: string) => {
      page.querySelector<HTMLElement>(`#tab-${id}`)!.click();
      await settle();
    };
    const send = async () => {
      page.querySelector<HTMLButtonElement>('.cf-end .btn.pri')!.click();
      await settle();
    };
    await settle();
    return { page, settle, type, tab, send };
  }

  beforeEach(() => {
    jest.useRealTimers();
    localStorage.clear();
    connection.set('live');
    staff.set(true);
    allowed.set(new Set(ENGINEER));
    globalThis.matchMedia = (() => ({ matches: false })) as never;
    for (const call of Object.values(api)) call.mockReset().mockResolvedValue({ id: 't', number: 'CB-1', entry: '2' });
  });

  const tabs = (page: HTMLElement) => [...page.querySelectorAll('[role=tab]')].map(({ id }) => id.slice(4));

  it('offers what the reader may do, and nothing else', async () => {
    expect(tabs((await setUp()).page)).toEqual(['reply', 'note', 'can', 'workaround', 'resolution']);
    staff.set(false);
    allowed.set(new Set(['reply', 'attach']));
    expect(tabs((await setUp()).page)).toEqual(['reply', 'files']);
    allowed.set(new Set());
    expect((await setUp()).page.querySelector('.comp')).toBeNull();
  });

  it('names the audience on the button, and turns to note paper for a note', async () => {
    const { page, tab } = await setUp();
    expect(page.querySelector('.cf-end .btn.pri')?.textContent).toContain('Send to Acme');
    expect(page.querySelector('.no-comp')).toBeNull();
    await tab('note');
    expect(page.querySelector('.cf-end .btn.pri')?.textContent).toContain('internal note');
    expect(page.querySelector('.no-comp')?.textContent).toContain('never shown or sent to the customer');
  });

  it('sends a reply with the side that owes the next one, and is empty afterwards', async () => {
    const { page, type, send } = await setUp();
    const owes = page.querySelector<HTMLSelectElement>('.owes select')!;
    owes.value = 'third_party';
    owes.dispatchEvent(new Event('change'));
    await type('w-reply', 'The vendor of the disk looks at it.');
    await send();
    expect(api.reply.mock.calls[0]?.slice(0, 3)).toEqual([
      'CB-1',
      'The vendor of the disk looks at it.',
      'third_party',
    ]);
    expect(page.querySelector<HTMLTextAreaElement>('#w-reply')?.value).toBe('');
    expect(localStorage).toHaveLength(0);
  });

  it('lets customers choose nothing: the vendor owes after their reply', async () => {
    staff.set(false);
    const { page, type, send } = await setUp();
    expect(page.querySelector('.owes')).toBeNull();
    await type('w-reply', 'It is back.');
    await send();
    expect(api.reply.mock.calls[0]?.[2]).toBeUndefined();
  });

  it('keeps the draft of each kind over a reload', async () => {
    const first = await setUp();
    await first.type('w-reply', 'half a reply');
    await first.tab('note');
    await first.type('w-note', 'half a note');
    const { page, tab } = await setUp();
    expect(page.querySelector<HTMLTextAreaElement>('#w-reply')?.value).toBe('half a reply');
    await tab('note');
    expect(page.querySelector<HTMLTextAreaElement>('#w-note')?.value).toBe('half a note');
  });

  it('keeps text and error after a failure, and repeats with the same key', async () => {
    api.reply.mockRejectedValueOnce(
      new HttpErrorResponse({
        status: 412,
        error: { code: 'ticket.stale', detail: 'Read entry 10 first.', status: 412 },
      }),
    );
    const { page, type, send } = await setUp();
    await type('w-reply', 'Hello.');
    await send();
    expect(page.querySelector('cb-problem')?.textContent).toContain('Read entry 10 first.');
    expect(page.querySelector<HTMLTextAreaElement>('#w-reply')?.value).toBe('Hello.');
    await send();
    const [first, second] = api.reply.mock.calls;
    expect(second).toEqual(first);
    expect(page.querySelector('cb-problem')).toBeNull();
  });

  it('takes another key for another text, and for the same words said again', async () => {
    const { type, send } = await setUp();
    for (const text of ['One.', 'Two.', 'Two.']) {
      await type('w-reply', text);
      await send();
    }
    expect(new Set(api.reply.mock.calls.map(([, , , key]) => key)).size).toBe(3);
  });

  it('offers to attach a text over 150 KB as a file, counted in UTF-8, and does not send it', async () => {
    const { page, type, send } = await setUp();
    await type('w-reply', 'ä'.repeat(75_000));
    expect(page.querySelector('.comp-ban')).toBeNull();
    await type('w-reply', 'ä'.repeat(75_001));
    expect(page.querySelector('.comp-ban')?.textContent).toContain('Attach it as a file');
    await send();
    expect(api.reply).not.toHaveBeenCalled();
  });

  it('keeps a text that is too long until it has arrived as a file', async () => {
    const sent: { options: { onSuccess(): void; onError(error: Error): void } }[] = [];
    jest.mocked(TusUpload).mockImplementation((_file, options) => {
      const upload = { options, url: '/api/uploads/u1', start: jest.fn(), abort: () => Promise.resolve() };
      sent.push(upload as never);
      return upload as never;
    });
    const { page, type, settle } = await setUp();
    const text = 'x'.repeat(150_001);
    const field = () => page.querySelector<HTMLTextAreaElement>('#w-reply')?.value;
    await type('w-reply', text);
    page.querySelector<HTMLButtonElement>('.comp-ban button')!.click();
    await settle();
    expect(page.querySelector('.comp-ban')?.textContent).toContain('until the file has arrived');
    sent[0]?.options.onError(new Error('cut off'));
    await settle();
    expect(field()).toBe(text);
    api.attach.mockResolvedValue({ id: 't1', number: 'CB-1' });
    sent[0]?.options.onSuccess();
    await settle();
    expect(api.attach).toHaveBeenCalledWith('CB-1', 'u1');
    expect(field()).toBe('');
    expect(page.querySelector('.comp-ban')).toBeNull();
  });

  it('never offers to attach a note, since the customer would read the file', async () => {
    const { page, type, tab } = await setUp();
    await tab('note');
    await type('w-note', 'x'.repeat(150_001));
    expect(page.querySelector('.comp-ban')?.textContent).not.toContain('Attach it as a file');
    expect(page.querySelector<HTMLElement>('cb-uploads')?.hidden).toBe(true);
  });

  it('sends nothing while offline, and says that the text is kept', async () => {
    connection.set('offline');
    const { page, type } = await setUp();
    await type('w-reply', 'Hello.');
    expect(page.querySelector<HTMLButtonElement>('.cf-end .btn.pri')?.disabled).toBe(true);
    expect(page.querySelector('.cf-end')?.textContent).toContain('kept on this device');
  });

  it('keeps files on their way while a CAN report is looked at, and while the past is', async () => {
    const { page, tab, settle } = await setUp();
    const uploads = page.querySelector('cb-uploads');
    await tab('can');
    expect(page.querySelector('cb-uploads')).toBe(uploads);
    asOf.set(1);
    await settle();
    expect(page.querySelector<HTMLElement>('.comp')?.hidden).toBe(true);
    expect(page.querySelector('cb-uploads')).toBe(uploads);
    asOf.set(undefined);
  });

  it('holds entries of others back only while somebody writes', async () => {
    const { page, settle } = await setUp();
    page.querySelector('.comp')?.dispatchEvent(new FocusEvent('focusin'));
    expect(writing()).toBe(true);
    page.querySelector('.comp')?.dispatchEvent(new FocusEvent('focusout'));
    expect(writing()).toBe(false);
    page.querySelector('.comp')?.dispatchEvent(new FocusEvent('focusin'));
    allowed.set(new Set());
    await settle();
    expect(writing()).toBe(false);
  });

  it('wants symptoms, root cause and steps for a resolution', async () => {
    const { page, type, tab, send } = await setUp();
    await tab('resolution');
    await type('w-symptoms', 'Stopped');
    await type('w-cause', 'Slot lost');
    expect(page.querySelector<HTMLButtonElement>('.cf-end .btn.pri')?.disabled).toBe(true);
    await type('w-steps', 'New slot');
    await send();
    expect(api.proposeResolution.mock.calls[0]?.[1]).toEqual({
      symptoms: 'Stopped',
      rootCause: 'Slot lost',
      steps: 'New slot',
    });
  });
});
