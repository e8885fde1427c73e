import { HttpErrorResponse } from '@angular/common/http';
import { TestBed } from '@angular/core/testing';
import { ApiClient } from '../api/api-client';
import type { Collection, TicketWritten } from '../api/types';
import { Collections } from './collections';

const collection = (more: Partial<Collection> = {}): Collection => ({
  uploadId: 'u1',
  fileName: 'db1.tar.bz2',
  size: 81_000,
  sha256: 'ab',
  receivedAt: '2026-11-20T01:00:00.000Z',
  ...more,
});

describe('What collectors sent', () => {
  const collections = jest.fn<Promise<{ items: Collection[] }>, []>();
  const attach = jest.fn<Promise<TicketWritten>, [string, string]>();

  async function opened() {
    TestBed.configureTestingModule({ providers: [{ provide: ApiClient, useValue: { collections, attach } }] });
    const fixture = TestBed.createComponent(Collections);
    fixture.componentRef.setInput('number', 'CB-1042');
    const entries: (string | undefined)[] = [];
    fixture.componentInstance.attached.subscribe(({ entry }) => entries.push(entry));
    await fixture.whenStable();
    const page = fixture.nativeElement as HTMLElement;
    const press = async (name: RegExp) => {
      [...page.querySelectorAll('button')].find((button) => name.test(button.textContent))?.click();
      await fixture.whenStable();
    };
    expect(collections).not.toHaveBeenCalled();
    await press(/From a collector/);
    return { page, press, entries };
  }

  beforeEach(() => {
    collections.mockReset().mockResolvedValue({ items: [collection()] });
    attach.mockReset().mockResolvedValue({ id: 't', number: 'CB-1042', entry: '8', attachmentId: 'a' });
  });

  it('is listed when asked for, and attached once', async () => {
    const { page, press, entries } = await opened();
    expect(page.textContent).toContain('db1.tar.bz2');
    expect(page.textContent).toContain('81 KB');
    collections.mockResolvedValue({ items: [collection({ attachedTo: 'CB-1042' })] });
    await press(/Attach/);
    expect(attach.mock.calls).toEqual([['CB-1042', 'u1']]);
    expect(entries).toEqual(['8']);
    expect(page.textContent).toContain('attached to CB-1042');
    expect([...page.querySelectorAll('button')].map(({ textContent }) => textContent.trim())).toEqual([
      'From a collector',
    ]);
  });

  it('says how files come there when there are none', async () => {
    collections.mockResolvedValue({ items: [] });
    const { page } = await opened();
    expect(page.textContent).toContain('--upload');
  });

  it('says why one could not be attached, and lets it be tried again', async () => {
    attach.mockRejectedValueOnce(
      new HttpErrorResponse({ status: 409, error: { code: 'ticket.closed', detail: 'This ticket is closed.' } }),
    );
    const { page, press, entries } = await opened();
    await press(/Attach/);
    expect(page.textContent).toContain('This ticket is closed.');
    await press(/Attach/);
    expect(page.textContent).not.toContain('This ticket is closed.');
    expect(entries).toEqual(['8']);
  });
});
