import { TestBed } from '@angular/core/testing';
import { ReadAfter } from '../api/read-after';
import { SessionStore } from '../session/session-store';
import { type Change, LiveStore } from './live-store';

class FakeSource {
  static readonly open: FakeSource[] = [];
  readonly listeners = new Map<string, (event: { data: string }) => void>();
  readyState = 1;
  onopen?: () => void;
  onerror?: () => void;
  constructor(readonly address: string) {
    FakeSource.open.push(this);
  }
  addEventListener(name: string, listener: (event: { data: string }) => void) {
    this.listeners.set(name, listener);
  }
  close() {
    this.readyState = 2;
  }
  say(name: string, data: unknown = {}) {
    this.listeners.get(name)?.({ data: JSON.stringify(data) });
  }
}
class FakeChannel {
  static readonly all: FakeChannel[] = [];
  onmessage?: (event: { data: unknown }) => void;
  constructor() {
    FakeChannel.all.push(this);
  }
  postMessage(data: unknown) {
    for (const other of FakeChannel.all) if (other !== this) other.onmessage?.({ data });
  }
  close() {
    FakeChannel.all.splice(FakeChannel.all.indexOf(this), 1);
  }
}

describe('Live changes', () => {
  const change: Change = { topic: 'ticket', id: 'CB-1042', position: 'p9' };
  let waiting: (() => unknown)[] = [];
  const session = { load: jest.fn().mockResolvedValue(undefined), me: () => ({ id: 'erin' }), offline: () => false };

  beforeEach(() => {
    jest.useFakeTimers();
    waiting = [];
    FakeSource.open.length = 0;
    FakeChannel.all.length = 0;
    Object.assign(globalThis, { EventSource: FakeSource, BroadcastChannel: FakeChannel });
    Object.assign(globalThis.EventSource, { CLOSED: 2 });
    Object.defineProperty(navigator, 'locks', {
      configurable: true,
      value: { request: (_name: string, hold: () => unknown) => waiting.push(hold) },
    });
    TestBed.configureTestingModule({ providers: [{ provide: SessionStore, useValue: session }] });
  });
  afterEach(() => {
    TestBed.resetTestingModule();
    jest.useRealTimers();
  });

  function begin() {
    const store = TestBed.inject(LiveStore);
    const heard: Change[] = [];
    const reloads = jest.fn();
    store.changes.subscribe((one) => heard.push(one));
    store.reloads.subscribe(reloads);
    store.start();
    return { store, heard, reloads };
  }

  it('come over one connection, which only the tab with the lock holds', () => {
    const { heard } = begin();
    expect(FakeSource.open).toHaveLength(0);
    FakeChannel.all[0]?.onmessage?.({ data: { change } });
    expect(heard).toEqual([change]);
    waiting[0]?.();
    expect(FakeSource.open.map(({ address }) => address)).toEqual(['/api/events']);
  });

  it('are passed on to the other tabs, and reads wait for them', () => {
    const other = new FakeChannel();
    const passed: unknown[] = [];
    other.onmessage = ({ data }) => passed.push(data);
    const { heard } = begin();
    waiting[0]?.();
    FakeSource.open[0]?.say('change', change);
    expect(heard).toEqual([change]);
    expect(passed).toContainEqual({ change });
    expect(TestBed.inject(ReadAfter).position()).toBe('p9');
  });

  it('say that everything may have changed', () => {
    const { reloads } = begin();
    waiting[0]?.();
    FakeSource.open[0]?.say('reload');
    expect(reloads).toHaveBeenCalledTimes(1);
  });

  it('are reconnecting after 3 s without connection and offline after 10 s, and everything is fetched anew after that', () => {
    const { store, reloads } = begin();
    waiting[0]?.();
    const source = FakeSource.open[0]!;
    source.onopen?.();
    expect(store.connection()).toBe('live');
    source.onerror?.();
    jest.advanceTimersByTime(2_000);
    expect(store.connection()).toBe('live');
    jest.advanceTimersByTime(2_500);
    expect(store.connection()).toBe('reconnecting');
    jest.advanceTimersByTime(7_000);
    expect(store.connection()).toBe('offline');
    expect(store.offlineSince()).toBeInstanceOf(Date);
    source.onopen?.();
    expect(store.connection()).toBe('live');
    expect(store.offlineSince()).toBeUndefined();
    expect(reloads).toHaveBeenCalledTimes(1);
  });

  it('connect again when the session ended here but somebody is still signed in', async () => {
    begin();
    waiting[0]?.();
    FakeSource.open[0]?.say('bye');
    await jest.advanceTimersByTimeAsync(1_000);
    expect(session.load).toHaveBeenCalled();
    expect(FakeSource.open).toHaveLength(2);
  });

  it('are fetched anew once a new connection stands: what went by in between is not told again', async () => {
    const { store, reloads } = begin();
    waiting[0]?.();
    FakeSource.open[0]?.onopen?.();
    FakeSource.open[0]?.say('bye');
    await jest.advanceTimersByTimeAsync(1_000);
    FakeSource.open[1]?.onopen?.();
    expect(reloads).toHaveBeenCalledTimes(1);
    FakeSource.open[1]?.onopen?.();
    expect(reloads).toHaveBeenCalledTimes(1);
    expect(store.connection()).toBe('live');
  });

  it('are offline while the server stays away after it said goodbye, and nobody is sent to the sign-in page', async () => {
    const away = { ...session, offline: () => true, load: jest.fn().mockResolvedValue(undefined) };
    TestBed.overrideProvider(SessionStore, { useValue: away });
    const { store } = begin();
    waiting[0]?.();
    FakeSource.open[0]?.onopen?.();
    FakeSource.open[0]?.say('bye');
    await jest.advanceTimersByTimeAsync(120_000);
    expect(store.connection()).toBe('offline');
    expect(FakeSource.open).toHaveLength(1);
    expect(away.load.mock.calls.length).toBeLessThan(10);
  });

  it('tell a tab that comes later how things stand', () => {
    begin();
    waiting[0]?.();
    FakeSource.open[0]?.onopen?.();
    const later = new FakeChannel();
    const told: unknown[] = [];
    later.onmessage = ({ data }) => told.push(data);
    later.postMessage({ hello: true });
    expect(told).toEqual([{ state: 'live' }]);
  });
});
