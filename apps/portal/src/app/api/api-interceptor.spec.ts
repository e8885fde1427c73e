import { HttpClient, provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { apiInterceptor } from './api-interceptor';
import { ReadAfter } from './read-after';
import { ReadAgain } from './read-again';

describe('Requests to the API', () => {
  function setUp() {
    TestBed.configureTestingModule({
      providers: [provideHttpClient(withInterceptors([apiInterceptor])), provideHttpClientTesting()],
    });
    return { http: TestBed.inject(HttpClient), api: TestBed.inject(HttpTestingController) };
  }

  it('mark writes as our own, and give every POST a key', () => {
    const { http, api } = setUp();
    http.post('/api/a', {}).subscribe();
    http.put('/api/b', {}).subscribe();
    const [post, put] = [api.expectOne('/api/a').request, api.expectOne('/api/b').request];
    expect(post.headers.get('X-Casebook')).toBe('1');
    expect(post.headers.get('Idempotency-Key')).toMatch(/^[0-9a-f-]{36}$/);
    expect(put.headers.get('X-Casebook')).toBe('1');
    expect(put.headers.has('Idempotency-Key')).toBe(false);
  });

  it('keep the key that the caller chose', () => {
    const { http, api } = setUp();
    http.post('/api/a', {}, { headers: { 'Idempotency-Key': 'mine' } }).subscribe();
    expect(api.expectOne('/api/a').request.headers.get('Idempotency-Key')).toBe('mine');
  });

  it('read what this browser wrote before', () => {
    const { http, api } = setUp();
    http.get('/api/before').subscribe();
    const before = api.expectOne('/api/before').request;
    expect(before.headers.has('X-Read-After')).toBe(false);
    expect(before.headers.has('X-Casebook')).toBe(false);
    http.post('/api/a', {}).subscribe();
    api.expectOne('/api/a').flush({}, { headers: { 'X-Position': 'p7' } });
    http.get('/api/after').subscribe();
    expect(api.expectOne('/api/after').request.headers.get('X-Read-After')).toBe('p7');
  });

  it('say when an answer was behind, and when it no longer is', () => {
    const { http, api } = setUp();
    const { stale } = TestBed.inject(ReadAfter);
    http.get('/api/a').subscribe();
    api.expectOne('/api/a').flush({}, { headers: { 'X-Stale': 'true' } });
    expect(stale()).toBe(true);
    http.get('/api/a').subscribe();
    api.expectOne('/api/a').flush({});
    expect(stale()).toBe(false);
  });

  it('read again what failed for now or was behind: soon, then less often; never what was refused', () => {
    jest.useFakeTimers();
    const { http, api } = setUp();
    const due = jest.fn();
    TestBed.inject(ReadAgain).due.subscribe(due);
    const read = (how: { status?: number; headers?: Record<string, string> }) => {
      http.get('/api/a').subscribe({ error: () => undefined });
      api.expectOne('/api/a').flush({}, { statusText: 'as said', ...how });
    };
    read({ status: 404 });
    read({});
    jest.advanceTimersByTime(10_000);
    expect(due).not.toHaveBeenCalled();
    read({ status: 503 });
    read({ headers: { 'X-Stale': 'true' } });
    jest.advanceTimersByTime(2_000);
    expect(due).toHaveBeenCalledTimes(1);
    read({ status: 503 });
    jest.advanceTimersByTime(3_999);
    expect(due).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(1);
    expect(due).toHaveBeenCalledTimes(2);
    jest.useRealTimers();
  });
});
