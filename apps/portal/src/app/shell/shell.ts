import { Component, computed, effect, inject, signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { NavigationEnd, Router, RouterLink, RouterOutlet } from '@angular/router';
import { filter, map } from 'rxjs';
import { ReadAfter } from '../api/read-after';
import { AlertsStore } from '../queue/alerts-store';
import { LiveStore } from '../live/live-store';
import { SessionStore } from '../session/session-store';
import { Ask, AskDialog } from '../ui/ask';
import { Avatar, initials } from '../ui/avatar';
import { Ticker } from '../ui/ticker';
import { clock, zoneOf } from '../ui/time';
import { ToastList } from '../ui/toasts';
import { AccountMenu } from './account-menu';
import { Appearance } from './appearance';
import { GlobalSearch } from './global-search';
import { Keys } from './keys';
import { Logo } from './logo';
import { isCurrent, navigationFor, type NavItem, quickFor } from './navigation';

@Component({
  selector: 'cb-shell',
  imports: [RouterOutlet, RouterLink, Avatar, AccountMenu, GlobalSearch, Logo, AskDialog, ToastList],
  templateUrl: './shell.html',
  host: { '(document:keydown)': 'keys.press($event)' },
})
export class Shell {
  protected readonly session = inject(SessionStore);
  protected readonly live = inject(LiveStore);
  protected readonly alerts = inject(AlertsStore);
  protected readonly keys = inject(Keys);
  protected readonly stale = inject(ReadAfter).stale;
  protected readonly look = inject(Appearance);
  protected readonly menu = signal(false);
  protected readonly help = signal(false);
  protected readonly searching = signal(false);
  readonly #ticker = inject(Ticker);
  readonly #router = inject(Router);

  readonly #address = toSignal(
    this.#router.events.pipe(
      filter((event) => event instanceof NavigationEnd),
      map(({ urlAfterRedirects }) => urlAfterRedirects),
    ),
    { initialValue: this.#router.url },
  );

  protected readonly me = computed(() => this.session.me());
  protected readonly groups = computed(() => {
    const me = this.me();
    return me ? navigationFor(me) : [];
  });
  protected readonly quick = computed(() => quickFor(this.groups()));
  protected readonly here = computed(() => `${clock(this.#ticker.now().toISOString())} ${zoneOf(this.#ticker.now())}`);
  protected readonly since = computed(() => {
    const since = this.live.offlineSince();
    return since ? `${clock(since.toISOString())} ${zoneOf(since)}` : '';
  });
  protected readonly letters = computed(() => initials(this.me()?.name));
  protected readonly self = computed(() => {
    const me = this.me();
    return me && { id: me.id, name: me.name, side: me.kind === 'staff' ? ('vendor' as const) : ('customer' as const) };
  });

  constructor() {
    this.live.start();
    this.alerts.start();
    this.look.apply(this.session.isStaff() ? 'compact' : 'comfortable');
    const ask = inject(Ask);
    effect(() => {
      if (!this.me()) ask.question.set(undefined);
    });
    this.keys.register({
      'g q': () => void this.#router.navigateByUrl(this.session.isStaff() ? '/queue' : '/tickets'),
      'g t': () => void this.#router.navigateByUrl('/tickets/mine'),
      'g h': () => void this.#router.navigateByUrl('/'),
      '?': () => {
        this.help.update((open) => !open);
      },
    });
  }

  protected isCurrent(item: NavItem): boolean {
    return isCurrent(item, this.#address());
  }

  /** By hand: a plain fragment would lead to the start page, since addresses resolve against it. */
  protected skip(event: Event): void {
    event.preventDefault();
    document.getElementById('main')?.focus();
  }

  protected count(which: 'queue' | 'mine' | undefined): number | undefined {
    if (which === undefined) return undefined;
    const count = which === 'queue' ? this.alerts.open() : this.alerts.mine();
    return count === 0 ? undefined : count;
  }
}
