import {
  Component,
  computed,
  DestroyRef,
  effect,
  type ElementRef,
  inject,
  input,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { Title } from '@angular/platform-browser';
import { ActivatedRoute, Router, RouterLink } from '@angular/router';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { AlertsStore } from '../queue/alerts-store';
import { SessionStore } from '../session/session-store';
import { Keys } from '../shell/keys';
import { Sev } from '../ui/sev';
import { Ticker } from '../ui/ticker';
import { fullTime, span } from '../ui/time';
import { Toasts } from '../ui/toasts';
import { Bands } from './bands';
import { Composer, type ComposerTab } from './composer';
import { ContextColumn } from './context-column';
import { FollowUpForm } from './follow-up-form';
import { Ruler } from './ruler';
import { StateStrip } from './state-strip';
import { TicketActions } from './ticket-actions';
import { TicketPeople } from './ticket-people';
import { TicketStore } from './ticket-store';
import { TimelineList } from './timeline';

/** One ticket: the same page for both sides, under different rights. */
@Component({
  selector: 'cb-ticket-page',
  imports: [RouterLink, Sev, Bands, StateStrip, Ruler, TimelineList, Composer, ContextColumn, FollowUpForm],
  providers: [TicketStore, TicketActions, TicketPeople],
  templateUrl: './ticket-page.html',
  host: { '(document:click)': 'closeMenu($event)', '(document:keydown.escape)': 'menu.set(false)' },
})
export class TicketPage {
  /** `cb-1042`, as somebody may type it, is `CB-1042`. */
  readonly number = input.required({ transform: (number: string) => number.toUpperCase() });
  protected readonly store = inject(TicketStore);
  protected readonly actions = inject(TicketActions);
  protected readonly session = inject(SessionStore);
  readonly #ticker = inject(Ticker);
  readonly #toasts = inject(Toasts);
  readonly #router = inject(Router);
  readonly #route = inject(ActivatedRoute);
  protected readonly menu = signal(false);
  protected readonly sheet = signal(false);
  protected readonly loadingOlder = signal(false);
  private readonly composer = viewChild(Composer);
  private readonly ruler = viewChild(Ruler);
  private readonly menuHost = viewChild<ElementRef<HTMLElement>>('menuHost');
  private readonly end = viewChild<ElementRef<HTMLElement>>('end');
  private readonly sheetDialog = viewChild<ElementRef<HTMLDialogElement>>('sheetDialog');

  protected readonly severity = computed(() => this.store.past()?.severity ?? this.store.ticket()?.severity);
  protected readonly products = computed(() =>
    (this.store.ticket()?.products ?? [])
      .map(({ name, version }) => (version === undefined ? name : `${name} ${version}`))
      .join(', '),
  );
  protected readonly opened = computed(() => fullTime(this.store.ticket()?.openedAt ?? ''));
  protected readonly age = computed(() => {
    const age = this.#ticker.now().getTime() - Date.parse(this.store.ticket()?.openedAt ?? '');
    return age < 60_000 ? 'just now' : `${span(age)} ago`;
  });
  /** While a decision of this reader is due, that is the filled button, and Reply is not. */
  protected readonly decisionDue = computed(() =>
    ['workaround_accept', 'resolution_accept', 'handover_accept'].some((action) => this.store.allowed().has(action)),
  );

  constructor() {
    const destroy = inject(DestroyRef);
    const keys = inject(Keys);
    effect(() => {
      const number = this.number();
      untracked(() => void this.#open(number));
    });
    this.#nameTab();
    this.#watchEnd();
    effect(() => {
      const dialog = this.sheetDialog()?.nativeElement;
      if (this.sheet() && dialog && !dialog.open) dialog.showModal();
    });
    this.#route.fragment.pipe(takeUntilDestroyed(destroy)).subscribe((fragment) => {
      if (fragment !== null && this.store.loading() === 'ready') void this.#goTo(fragment);
    });
    const off = keys.register(this.#keys());
    destroy.onDestroy(() => {
      off();
    });
  }

  /** Shows what came in while the reader wrote or looked at something further up, and goes there. */
  protected showNew(): void {
    const number = this.store.showWaiting();
    if (number !== undefined)
      setTimeout(() => {
        this.#scrollTo(`e${number}`);
      });
  }

  protected async older(): Promise<void> {
    this.loadingOlder.set(true);
    const height = document.documentElement.scrollHeight;
    try {
      await this.store.loadOlder();
    } finally {
      this.loadingOlder.set(false);
    }
    // Entries came in above: what was being read stays where it is.
    setTimeout(() => {
      scrollBy(0, document.documentElement.scrollHeight - height);
    });
  }

  protected write(tab: ComposerTab): void {
    this.composer()?.open(tab);
  }

  protected closeMenu(event: Event): void {
    if (this.menu() && !this.menuHost()?.nativeElement.contains(event.target as Node)) this.menu.set(false);
  }

  async #open(number: string): Promise<void> {
    await this.store.open(number);
    const fragment = this.#route.snapshot.fragment;
    const unread = this.store.firstUnread();
    setTimeout(() => {
      if (fragment !== null) void this.#goTo(fragment);
      else if (unread !== undefined) document.getElementById('new')?.scrollIntoView({ block: 'start' });
    });
  }

  /** Notes whether the end of the timeline lies below the window. */
  #watchEnd(): void {
    effect((onCleanup) => {
      const end = this.end()?.nativeElement;
      if (!end) return;
      const observer = new IntersectionObserver(([seen]) => {
        if (seen) this.store.setAway(!seen.isIntersecting && seen.boundingClientRect.top > 0);
      });
      observer.observe(end);
      onCleanup(() => {
        observer.disconnect();
      });
    });
  }

  #nameTab(): void {
    const title = inject(Title);
    const unseen = inject(AlertsStore).unseen;
    effect(() => {
      const ticket = this.store.ticket();
      const mark = unseen() > 0 ? `(${unseen()}) ` : '';
      title.setTitle(`${mark}${this.number()}${ticket ? ` ${ticket.subject ?? ''}` : ''} · Casebook`);
    });
  }

  /** Goes to an entry by its address, which may be older than what is loaded. */
  async #goTo(fragment: string): Promise<void> {
    const number = /^e(\d+[a-z]*)$/.exec(fragment)?.[1];
    if (number !== undefined) {
      await this.store.loadBackTo(number);
      this.store.unfold([number]);
    }
    setTimeout(() => {
      this.#scrollTo(fragment);
    });
  }

  #scrollTo(id: string): void {
    const entry = document.getElementById(id);
    entry?.closest('li')?.scrollIntoView({ block: 'start' });
    entry?.focus({ preventScroll: true });
  }

  #keys(): Readonly<Record<string, () => void>> {
    const when = (action: string, run: () => void) => () => {
      if (this.actions.may(action)) run();
    };
    return {
      r: () => {
        this.write('reply');
      },
      n: () => {
        this.write('note');
      },
      c: when('can_report', () => void this.#router.navigate(['/tickets', this.number(), 'can-report'])),
      t: when('take', () => void this.actions.take()),
      a: () => {
        if (this.actions.may('handover_offer')) void this.actions.handOver();
        else if (this.actions.may('assign')) void this.actions.assign();
      },
      s: when('severity', () => {
        this.actions.severity();
      }),
      j: () => {
        this.#walk(1);
      },
      k: () => {
        this.#walk(-1);
      },
      y: () => void this.#copy(),
      '[': () => this.ruler()?.step(-1),
      ']': () => this.ruler()?.step(1),
    };
  }

  /** Moves the focus to the next or the previous entry. */
  #walk(by: number): void {
    const numbers = [...document.querySelectorAll<HTMLElement>('.tl .g a')];
    const here = numbers.findIndex((number) => number.closest('.en')?.contains(document.activeElement));
    const next =
      numbers[here < 0 && by < 0 ? numbers.length - 1 : Math.max(0, Math.min(numbers.length - 1, here + by))];
    next?.focus();
    next?.closest('.en')?.scrollIntoView({ block: 'nearest' });
  }

  async #copy(): Promise<void> {
    await navigator.clipboard.writeText(`${location.origin}/tickets/${this.number()}`);
    this.#toasts.show('Link to the ticket copied.');
  }
}
