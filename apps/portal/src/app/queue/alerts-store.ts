import { DestroyRef, inject, Injectable, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { ApiClient } from '../api/api-client';
import { type Change, LiveStore } from '../live/live-store';
import { SessionStore } from '../session/session-store';

const TITLE_MARK = /^\(\d+\) /;

/** Counts beside the navigation, and for staff the alert of a new ticket: banner, count in the title, sound (R54). */
@Injectable({ providedIn: 'root' })
export class AlertsStore {
  readonly #api = inject(ApiClient);
  readonly #live = inject(LiveStore);
  readonly #session = inject(SessionStore);
  readonly #destroy = inject(DestroyRef);
  readonly #newest = signal<Change | undefined>(undefined);
  readonly #unseen = signal(0);
  readonly #open = signal(0);
  readonly #mine = signal(0);
  readonly newest = this.#newest.asReadonly();
  readonly unseen = this.#unseen.asReadonly();
  /** Open tickets that the reader may see, and those that wait for the reader. */
  readonly open = this.#open.asReadonly();
  readonly mine = this.#mine.asReadonly();
  #started = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#live.changes.pipe(takeUntilDestroyed(this.#destroy)).subscribe((change) => {
      if (change.topic === 'queue' && change.alert === true) this.#alert(change);
      this.#countSoon();
    });
    this.#live.reloads.pipe(takeUntilDestroyed(this.#destroy)).subscribe(() => {
      this.#countSoon();
    });
    void this.#count();
  }

  /** The reader has looked at the new tickets. */
  look(): void {
    this.#newest.set(undefined);
    this.#unseen.set(0);
    document.title = document.title.replace(TITLE_MARK, '');
  }

  #alert(change: Change): void {
    this.#newest.set(change);
    this.#unseen.update((count) => count + 1);
    document.title = `(${this.#unseen()}) ${document.title.replace(TITLE_MARK, '')}`;
    if (localStorage.getItem('casebook.sound') !== 'off') chime(change.severity === 'S1');
  }

  #countSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#count(), 400);
  }

  async #count(): Promise<void> {
    const status = 'open,awaiting_acceptance';
    const mine = this.#session.isStaff() ? { assignee: 'me', status } : { owes: 'customer', status };
    try {
      const [open, own] = await Promise.all([
        this.#api.tickets({ status, limit: 1, total: true }),
        this.#api.tickets({ ...mine, limit: 1, total: true }),
      ]);
      this.#open.set(open.total ?? 0);
      this.#mine.set(own.total ?? 0);
    } catch {
      // Counts are a convenience: the old ones stay, and the connection sign says why.
    }
  }
}

/** Two short tones, three for a severity 1. Browsers refuse sound before the first click; then the banner alone speaks. */
function chime(urgent: boolean): void {
  try {
    const audio = new AudioContext();
    const tones = urgent ? [880, 660, 880] : [660, 880];
    tones.forEach((frequency, index) => {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      volume.gain.value = 0.06;
      tone.frequency.value = frequency;
      tone.connect(volume).connect(audio.destination);
      tone.start(audio.currentTime + index * 0.18);
      tone.stop(audio.currentTime + index * 0.18 + 0.14);
    });
    setTimeout(() => void audio.close(), 1_000);
  } catch {
    // No sound device.
  }
}
