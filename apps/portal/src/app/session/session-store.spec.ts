import { HttpErrorResponse } from '@angular/common/http';
import { TestBed } from '@angular/core/testing';
import { ApiClient } from '../api/api-client';
import { SessionStore } from './session-store';

describe('SessionStore', () => {
  const me = jest.fn();
  function setUp() {
    localStorage.clear();
    TestBed.configureTestingModule({ providers: [{ provide: ApiClient, useValue: { me } }] });
    return TestBed.inject(SessionStore);
  }

  it('knows once that somebody was signed in on this browser before', async () => {
    const session = setUp();
    expect(session.wasHere()).toBe(false);
    me.mockResolvedValueOnce({ id: 'ada', kind: 'customer', roles: [], services: [] });
    await session.load();
    me.mockRejectedValueOnce(new HttpErrorResponse({ status: 401 }));
    await session.load();
    expect(session.me()).toBeUndefined();
    expect([session.wasHere(), session.wasHere()]).toEqual([true, false]);
  });

  it.each([0, 502, 503])('keeps who was signed in while the portal answers %i', async (status) => {
    const session = setUp();
    me.mockResolvedValueOnce({ id: 'ada', kind: 'customer', roles: [], services: [] });
    await session.load();
    me.mockRejectedValueOnce(new HttpErrorResponse({ status }));
    await session.load();
    expect([session.me()?.id, session.offline(), session.wasHere()]).toEqual(['ada', true, false]);
    me.mockRejectedValueOnce(new HttpErrorResponse({ status: 401 }));
    await session.load();
    expect([session.me(), session.offline(), session.wasHere()]).toEqual([undefined, false, true]);
  });
});
