import { DestroyRef, inject, Injectable, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { Subject } from 'rxjs';
import { ReadAfter } from '../api/read-after';
import { ReadAgain } from '../api/read-again';
import { SessionStore } from '../session/session-store';

/** One change, as the server tells it: what changed, never its content. */
export interface Change {
  readonly topic: 'ticket' | 'queue' | 'user';
  readonly id: string;
  readonly position: string;
  readonly alert?: boolean;
  readonly severity?: string;
  readonly type?: string;
}
type Message =
  | { readonly change: Change }
  | { readonly state: Connection }
  | { readonly reload: true }
  /** A tab has come and asks how things stand. */
  | { readonly hello: true };
export type Connection = 'live' | 'reconnecting' | 'offline';

const LOCK = 'casebook.events';
const OFFLINE_AFTER_MS = 10_000;
const RECONNECTING_AFTER_MS = 3_000;
const RETRY_MS = 2_000;
const RETRY_MOST_MS = 30_000;

/**
 * Changes as they happen. All tabs share one connection: the tab that holds a lock owns the EventSource and passes
 * messages on, since browsers allow six connections to one server over HTTP/1.1.
 */
@Injectable({ providedIn: 'root' })
export class LiveStore {
  readonly #readAfter = inject(ReadAfter);
  readonly #session = inject(SessionStore);
  readonly #connection = signal<Connection>('reconnecting');
  readonly #offlineSince = signal<Date | undefined>(undefined);
  readonly #changes = new Subject<Change>();
  readonly #reloads = new Subject<void>();
  readonly #channel = new BroadcastChannel(LOCK);
  #started = false;
  #owner = false;
  /** Was connected before, by whichever tab: since then changes may have gone by. */
  #wasLive = false;
  #lostAt: number | undefined;
  #pause = RETRY_MS;
  #timer: ReturnType<typeof setInterval> | undefined;

  readonly connection = this.#connection.asReadonly();
  readonly offlineSince = this.#offlineSince.asReadonly();
  readonly changes = this.#changes.asObservable();
  /** Everything may have changed: pages fetch anew. */
  readonly reloads = this.#reloads.asObservable();

  constructor() {
    inject(ReadAgain)
      .due.pipe(takeUntilDestroyed())
      .subscribe(() => {
        this.#reloads.next();
      });
    inject(DestroyRef).onDestroy(() => {
      this.#channel.close();
      clearInterval(this.#timer);
    });
  }

  /** Begins to listen; harmless when it did already. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => {
      this.#take(data);
    };
    // The lock is held as long as this tab lives; then another tab takes over.
    void navigator.locks.request(LOCK, () => {
      this.#owner = true;
      this.#connect();
      return new Promise(() => undefined);
    });
    this.#channel.postMessage({ hello: true } satisfies Message);
  }

  #tell(message: Message): void {
    this.#take(message);
    this.#channel.postMessage(message);
  }

  #connect(): void {
    const source = new EventSource('/api/events');
    // The browser resumes a connection where it broke off; a new one knows nothing of what went by.
    let missed = this.#wasLive;
    this.#timer ??= setInterval(() => {
      this.#watch();
    }, 1_000);
    source.onopen = () => {
      this.#lostAt = undefined;
      this.#pause = RETRY_MS;
      this.#tell({ state: 'live' });
      if (missed) this.#tell({ reload: true });
      missed = false;
    };
    source.onerror = () => {
      this.#lostAt ??= Date.now();
      if (source.readyState !== EventSource.CLOSED) return;
      // The server refused: most likely the session ended. Whoever is still signed in connects again.
      this.#reconnectLater();
    };
    source.addEventListener('change', ({ data }: MessageEvent<string>) => {
      this.#tell({ change: JSON.parse(data) as Change });
    });
    source.addEventListener('reload', () => {
      this.#tell({ reload: true });
    });
    source.addEventListener('bye', () => {
      this.#lostAt ??= Date.now();
      source.close();
      setTimeout(() => void this.#reconnect(), 500);
    });
  }

  /** Less and less often, since a server that refuses may be full. */
  #reconnectLater(): void {
    setTimeout(() => void this.#reconnect(), this.#pause);
    this.#pause = Math.min(2 * this.#pause, RETRY_MOST_MS);
  }

  async #reconnect(): Promise<void> {
    await this.#session.load();
    if (this.#session.offline()) this.#reconnectLater();
    else if (this.#session.me()) this.#connect();
    else location.assign(`/sign-in?returnTo=${encodeURIComponent(location.pathname + location.search)}`);
  }

  #watch(): void {
    if (this.#lostAt === undefined) return;
    const lost = Date.now() - this.#lostAt;
    const state = lost > OFFLINE_AFTER_MS ? 'offline' : lost > RECONNECTING_AFTER_MS ? 'reconnecting' : undefined;
    if (state !== undefined && state !== this.#connection()) this.#tell({ state });
  }

  #take(message: Message): void {
    if ('change' in message) {
      this.#readAfter.wrote(message.change.position);
      this.#changes.next(message.change);
    } else if ('reload' in message) {
      this.#reloads.next();
    } else if ('hello' in message) {
      if (this.#owner) this.#channel.postMessage({ state: this.#connection() } satisfies Message);
    } else {
      const before = this.#connection();
      this.#wasLive ||= message.state === 'live';
      this.#connection.set(message.state);
      this.#offlineSince.set(message.state === 'offline' ? (this.#offlineSince() ?? new Date()) : undefined);
      if (before === 'offline' && message.state === 'live') this.#reloads.next();
    }
  }
}
