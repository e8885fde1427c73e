import { TestBed } from '@angular/core/testing';
import { ApiClient } from '../api/api-client';
import type { TicketWritten } from '../api/types';
import { Uploads } from './uploads';

interface Options {
  readonly headers: Record<string, string>;
  readonly metadata: Record<string, string>;
  onProgress(sent: number): void;
  onSuccess(): void;
  onError(error: Error): void;
}
class FakeTus {
  static readonly made: FakeTus[] = [];
  static earlier: object[] = [];
  url: string | null = null;
  started = 0;
  aborted: (boolean | undefined)[] = [];
  resumedFrom: object | undefined;
  constructor(
    readonly file: File,
    readonly options: Options,
  ) {
    FakeTus.made.push(this);
  }
  start() {
    this.started++;
  }
  abort(terminate?: boolean) {
    this.aborted.push(terminate);
    return Promise.resolve();
  }
  findPreviousUploads() {
    return Promise.resolve(FakeTus.earlier);
  }
  resumeFromPreviousUpload(earlier: object) {
    this.resumedFrom = earlier;
  }
  finish(id: string) {
    this.url = `/api/uploads/${id}`;
    this.options.onProgress(this.file.size);
    this.options.onSuccess();
  }
}
jest.mock('tus-js-client', () => ({
  // Asked for late, since the class stands below the imports.
  get Upload() {
    return FakeTus;
  },
  DetailedError: class extends Error {},
}));

describe('Uploads', () => {
  const attach = jest.fn<Promise<TicketWritten>, [string, string]>();

  function setUp() {
    TestBed.configureTestingModule({ providers: [{ provide: ApiClient, useValue: { attach } }] });
    const fixture = TestBed.createComponent(Uploads);
    fixture.componentRef.setInput('number', 'CB-1042');
    const attached: TicketWritten[] = [];
    fixture.componentInstance.attached.subscribe((written) => attached.push(written));
    const page = fixture.nativeElement as HTMLElement;
    const settle = async () => {
      await Promise.resolve();
      await fixture.whenStable();
    };
    const press = async (name: RegExp) => {
      const button = [...page.querySelectorAll('button')].find((one) =>
        name.test(one.getAttribute('aria-label') ?? one.textContent),
      );
      button?.click();
      await settle();
    };
    return { fixture, page, attached, settle, press, uploads: fixture.componentInstance };
  }

  beforeEach(() => {
    FakeTus.made.length = 0;
    FakeTus.earlier = [];
    attach.mockReset().mockResolvedValue({ id: 't', number: 'CB-1042', entry: '8', attachmentId: 'a' });
  });

  it('sends a file marked as our own, and attaches it when it is there', async () => {
    const { uploads, attached, settle, page } = setUp();
    uploads.add([new File(['0123456789'], 'pg.log', { type: 'text/plain' })]);
    await settle();
    const [tus] = FakeTus.made;
    expect(tus?.options.headers).toEqual({ 'X-Casebook': '1' });
    expect(tus?.options.metadata).toEqual({ filename: 'pg.log', filetype: 'text/plain' });
    tus?.options.onProgress(4);
    await settle();
    expect(page.textContent).toContain('4 bytes of 10 bytes');
    expect(attach).not.toHaveBeenCalled();
    tus?.finish('u1');
    await settle();
    expect(attach).toHaveBeenCalledWith('CB-1042', 'u1');
    expect(attached.map(({ entry }) => entry)).toEqual(['8']);
    expect(page.textContent).toContain('entry 8');
  });

  it('pauses, resumes and cancels', async () => {
    const { uploads, settle, press, page } = setUp();
    uploads.add([new File(['abc'], 'a.log')]);
    await settle();
    const [tus] = FakeTus.made;
    await press(/^\s*Pause/);
    expect(tus?.aborted).toEqual([undefined]);
    expect(page.textContent).toContain('paused at');
    await press(/^\s*Resume/);
    expect(tus?.started).toBe(2);
    await press(/^Cancel a\.log/);
    expect(tus?.aborted).toEqual([undefined, true]);
    expect(page.querySelector('.up')).toBeNull();
  });

  it('goes on where an earlier try of the same file stopped', async () => {
    FakeTus.earlier = [{ uploadUrl: '/api/uploads/before' }];
    const { uploads, settle } = setUp();
    uploads.add([new File(['abc'], 'a.log')]);
    await settle();
    expect(FakeTus.made[0]?.resumedFrom).toEqual({ uploadUrl: '/api/uploads/before' });
  });

  it('attaches again, without sending again, when only the attaching failed', async () => {
    attach.mockRejectedValueOnce(new Error('The ticket is closed.'));
    const { uploads, attached, settle, press, page } = setUp();
    uploads.add([new File(['abc'], 'a.log')]);
    await settle();
    FakeTus.made[0]?.finish('u2');
    await settle();
    expect(page.querySelector('[role=alert]')?.textContent).toBe('The ticket is closed.');
    await press(/Try again/);
    expect(FakeTus.made[0]?.started).toBe(1);
    expect(attach.mock.calls).toEqual([
      ['CB-1042', 'u2'],
      ['CB-1042', 'u2'],
    ]);
    expect(attached).toHaveLength(1);
  });

  it('says that the connection is lost and goes on by itself', async () => {
    jest.useFakeTimers();
    try {
      const { uploads, page, fixture } = setUp();
      uploads.add([new File(['abc'], 'a.log')]);
      await jest.advanceTimersByTimeAsync(0);
      FakeTus.made[0]?.options.onError(new Error('offline'));
      fixture.detectChanges();
      expect(page.textContent).toContain('goes on by itself');
      await jest.advanceTimersByTimeAsync(5_000);
      expect(FakeTus.made[0]?.started).toBe(2);
    } finally {
      jest.useRealTimers();
    }
  });
});
