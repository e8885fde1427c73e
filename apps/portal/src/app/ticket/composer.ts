import {
  Component,
  computed,
  DestroyRef,
  effect,
  type ElementRef,
  inject,
  input,
  signal,
  viewChild,
} from '@angular/core';
import { RouterLink } from '@angular/router';
import { problemOf } from '../api/problem';
import { RepeatKey } from '../api/repeat-key';
import type { Problem, Side, TicketWritten } from '../api/types';
import { LiveStore } from '../live/live-store';
import { SessionStore } from '../session/session-store';
import { draft } from '../ui/draft';
import { MarkdownEditor } from '../ui/markdown-editor';
import { ProblemNote } from '../ui/problem-note';
import { Toasts } from '../ui/toasts';
import type { Upload } from '../ui/upload';
import { Uploads } from '../ui/uploads';
import { TicketPeople } from './ticket-people';
import { TicketStore } from './ticket-store';

export type ComposerTab = 'reply' | 'note' | 'can' | 'workaround' | 'resolution' | 'files';
interface Texts {
  readonly reply: string;
  readonly note: string;
  readonly workaround: string;
  readonly symptoms: string;
  readonly rootCause: string;
  readonly steps: string;
}
type Field = keyof Texts;

const EMPTY: Texts = { reply: '', note: '', workaround: '', symptoms: '', rootCause: '', steps: '' };
/** What the server takes in one entry, counted in UTF-8. */
const MAX_BYTES = 150_000;
const FIELDS: Readonly<Record<ComposerTab, readonly Field[]>> = {
  reply: ['reply'],
  note: ['note'],
  can: [],
  workaround: ['workaround'],
  resolution: ['symptoms', 'rootCause', 'steps'],
  files: [],
};
const encoder = new TextEncoder();

/** Where one writes into the ticket. Texts are kept as a draft per ticket until they are sent. */
@Component({
  selector: 'cb-composer',
  imports: [MarkdownEditor, ProblemNote, RouterLink, Uploads],
  templateUrl: './composer.html',
})
export class Composer {
  readonly number = input.required<string>();
  protected readonly store = inject(TicketStore);
  protected readonly people = inject(TicketPeople);
  protected readonly session = inject(SessionStore);
  protected readonly live = inject(LiveStore);
  readonly #toasts = inject(Toasts);
  readonly #draft = draft<Texts>(`ticket.${this.store.ticket()?.number ?? ''}`, EMPTY);
  protected readonly texts = this.#draft.value;
  protected readonly chosen = signal<ComposerTab | undefined>(undefined);
  protected readonly owes = signal<Side>('customer');
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | undefined>(undefined);
  protected readonly over = signal(false);
  protected readonly preview = signal(false);
  /** A text that was too long, on its way as a file. */
  protected readonly textFile = signal<{ tab: ComposerTab; text: string; upload: Upload } | undefined>(undefined);
  /** On a phone the composer fills the screen while one writes. */
  protected readonly full = signal(false);
  private readonly host = viewChild<ElementRef<HTMLElement>>('host');
  private readonly uploads = viewChild(Uploads);
  /** One key per text: a second try of the same text is the same entry. */
  readonly #key = new RepeatKey();

  protected readonly tabs = computed<readonly ComposerTab[]>(() => {
    const allowed = this.store.allowedNow();
    const customer = this.session.isCustomer();
    const tabs: readonly (readonly [ComposerTab, boolean])[] = [
      ['reply', allowed.has('reply')],
      ['note', allowed.has('note')],
      ['can', allowed.has('can_report')],
      ['workaround', allowed.has('workaround_propose')],
      ['resolution', allowed.has('resolution_propose')],
      ['files', customer && allowed.has('attach')],
    ];
    return tabs.filter(([, shown]) => shown).map(([tab]) => tab);
  });
  protected readonly tab = computed(() => {
    const chosen = this.chosen();
    return chosen !== undefined && this.tabs().includes(chosen) ? chosen : this.tabs()[0];
  });
  readonly #values = computed(() => FIELDS[this.tab() ?? 'reply'].map((field) => this.texts()[field]));
  protected readonly size = computed(() => this.#values().reduce((sum, text) => sum + encoder.encode(text).length, 0));
  protected readonly tooLarge = computed(() => this.size() > MAX_BYTES);
  protected readonly kilobytes = computed(() => Math.ceil(this.size() / 1000));
  protected readonly empty = computed(() => this.#values().some((text) => text.trim() === ''));
  protected readonly offline = computed(() => this.live.connection() === 'offline');
  protected readonly mayAttach = computed(() => this.store.allowedNow().has('attach'));
  protected readonly company = computed(() => this.store.ticket()?.company.name ?? '');
  protected readonly button = computed(() => {
    switch (this.tab()) {
      case 'note':
        return 'Save internal note';
      case 'workaround':
        return `Propose to ${this.people.company()}`;
      case 'resolution':
        return `Propose to ${this.people.company()}`;
      default:
        return this.session.isStaff() ? `Send to ${this.people.company()}` : 'Send reply';
    }
  });

  constructor() {
    // When there is nothing to write any more, as after closing, nobody writes: entries need not wait.
    effect(() => {
      if (this.tabs().length === 0 || this.store.asOf() !== undefined) this.#watch(false);
    });
    inject(DestroyRef).onDestroy(() => {
      this.#watch(false);
    });
  }

  /** Opens a tab and puts the cursor into it. */
  open(tab: ComposerTab): void {
    if (!this.tabs().includes(tab) || this.store.asOf() !== undefined) return;
    this.choose(tab);
    setTimeout(() => {
      const host = this.host()?.nativeElement;
      host?.scrollIntoView({ block: 'nearest' });
      host?.querySelector<HTMLElement>('textarea')?.focus();
    });
  }

  protected choose(tab: ComposerTab): void {
    this.chosen.set(tab);
    this.preview.set(false);
    this.problem.set(undefined);
  }

  protected arrows(event: KeyboardEvent): void {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const tabs = this.tabs();
    if (by === undefined) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(this.tab() ?? 'reply') + by + tabs.length) % tabs.length];
    if (next === undefined) return;
    this.choose(next);
    setTimeout(() => this.host()?.nativeElement.querySelector<HTMLElement>('[aria-selected="true"]')?.focus());
  }

  protected write(field: Field, text: string): void {
    this.texts.update((texts) => ({ ...texts, [field]: text }));
    this.#watch(true);
  }

  protected focus(): void {
    this.#watch(true);
    if (matchMedia('(max-width: 760px)').matches) this.full.set(true);
  }

  protected blur(event: FocusEvent): void {
    const inside = (event.currentTarget as HTMLElement).contains(event.relatedTarget as Node | null);
    if (!inside) this.#watch(false);
  }

  protected async send(): Promise<void> {
    const tab = this.tab();
    if (tab === undefined || this.busy() || this.empty() || this.tooLarge() || this.offline()) return;
    this.busy.set(true);
    this.problem.set(undefined);
    try {
      await this.store.act((api, number) => this.#command(tab, api, number));
      this.#sent(tab);
    } catch (error) {
      this.problem.set(problemOf(error));
      await this.store.refresh();
    } finally {
      this.busy.set(false);
    }
  }

  /** The text becomes a file, since it is too long for one entry. It stays here until the file is an entry. */
  protected asFile(): void {
    const tab = this.tab();
    if (tab === undefined) return;
    const text = this.#text(tab);
    const [upload] = this.uploads()?.add([new File([text], `${tab}.md`, { type: 'text/markdown' })]) ?? [];
    if (upload) this.textFile.set({ tab, text, upload });
  }

  protected drag(event: DragEvent): void {
    if (!this.mayAttach() || this.tab() === 'note') return;
    event.preventDefault();
    this.over.set(true);
  }

  protected drop(event: DragEvent): void {
    if (!this.over()) return;
    event.preventDefault();
    this.over.set(false);
    this.uploads()?.add([...(event.dataTransfer?.files ?? [])]);
  }

  protected paste(event: ClipboardEvent): void {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0 || !this.mayAttach() || this.tab() === 'note') return;
    event.preventDefault();
    this.uploads()?.add(files);
  }

  protected attached(): void {
    const file = this.textFile();
    if (file?.upload.state() === 'done') {
      if (this.#text(file.tab) === file.text) this.#clear(file.tab);
      this.textFile.set(undefined);
    }
    void this.store.refresh(true);
  }

  protected removed(upload: Upload): void {
    if (this.textFile()?.upload === upload) this.textFile.set(undefined);
  }

  #text(tab: ComposerTab): string {
    return FIELDS[tab].map((field) => this.texts()[field]).join('\n\n');
  }

  #command(
    tab: ComposerTab,
    api: Parameters<Parameters<TicketStore['act']>[0]>[0],
    number: string,
  ): Promise<TicketWritten> {
    const { reply, note, workaround, symptoms, rootCause, steps } = this.texts();
    const owes = this.session.isStaff() ? this.owes() : undefined;
    const key = this.#key.for([tab, this.#values(), owes]);
    switch (tab) {
      case 'note':
        return api.note(number, note, key);
      case 'workaround':
        return api.proposeWorkaround(number, workaround, key);
      case 'resolution':
        return api.proposeResolution(number, { symptoms, rootCause, steps }, key);
      default:
        return api.reply(number, reply, owes, key);
    }
  }

  #sent(tab: ComposerTab): void {
    const words = {
      note: 'Internal note saved.',
      workaround: 'Workaround proposed.',
      resolution: 'Resolution proposed.',
    };
    this.#toasts.show(tab === 'note' || tab === 'workaround' || tab === 'resolution' ? words[tab] : 'Reply sent.');
    this.#clear(tab);
    this.#key.used();
    this.owes.set('customer');
    this.full.set(false);
    this.preview.set(false);
    this.#watch(false);
    // Whoever chose another tab meanwhile stays there: else the typed keys would be taken as shortcuts.
    if (tab !== 'note' && this.chosen() === tab) this.chosen.set(undefined);
  }

  #clear(tab: ComposerTab): void {
    const cleared = Object.fromEntries(FIELDS[tab].map((field) => [field, '']));
    this.texts.update((texts) => ({ ...texts, ...cleared }));
  }

  /** While one writes, entries of others wait behind a button, so that the text does not move. */
  #watch(writing: boolean): void {
    this.store.writing.set(writing);
  }
}
