import { computed, inject, Injectable, signal } from '@angular/core';
import { ApiClient } from '../api/api-client';
import { problemOf } from '../api/problem';
import type { Plan, Problem, Product, Severity, SeverityDefinition, Target } from '../api/types';
import { SessionStore } from '../session/session-store';
import { draft } from '../ui/draft';
import { checklistOf, EMPTY_DRAFT, gapsOf, ticketOf, type WizardDraft } from './wizard-draft';

/** The five steps of a new ticket (D1). The ticket exists after step 4; step 5 attaches to it. */
@Injectable()
export class WizardStore {
  readonly #api = inject(ApiClient);
  readonly #session = inject(SessionStore);
  readonly #draft = draft<WizardDraft>('new-ticket', EMPTY_DRAFT);
  readonly #products = signal<readonly Product[]>([]);
  readonly #severities = signal<readonly SeverityDefinition[]>([]);
  readonly #plans = signal<readonly Plan[]>([]);
  readonly #shown = signal<readonly number[]>([]);
  readonly #serverFields = signal<Readonly<Record<string, string>>>({});
  /** Number of the closed ticket that this one follows. */
  readonly followUp = signal<string | undefined>(undefined);
  readonly problem = signal<Problem | undefined>(undefined);
  readonly busy = signal(false);

  readonly draft = this.#draft.value.asReadonly();
  readonly severities = this.#severities.asReadonly();
  readonly services = computed(() => this.#session.me()?.services ?? []);
  readonly service = computed(() => this.services().find(({ id }) => id === this.draft().service));
  readonly plan = computed(() => this.#plans().find(({ id }) => id === this.service()?.plan.id));
  /** A single service needs no choice, unless it takes tasks besides issues. */
  readonly skipsService = computed(() => this.services().length === 1 && this.services()[0]?.takesTasks !== true);
  readonly checklist = computed(() => checklistOf(this.draft()));
  readonly products = this.#products.asReadonly();
  readonly free = computed(() => {
    const chosen = new Set(this.draft().products.map(({ id }) => id));
    return this.#products().filter(({ id }) => !chosen.has(id));
  });
  /** Messages at fields: of steps that somebody tried to leave, and what the server said. */
  readonly errors = computed(() => {
    const { step } = this.draft();
    return { ...(this.#shown().includes(step) && gapsOf(this.draft(), step)), ...this.#serverFields() };
  });

  async load(): Promise<void> {
    try {
      const [products, severities, plans] = await Promise.all([
        this.#api.products(),
        this.#api.severities(),
        this.#api.plans(),
      ]);
      this.#products.set(products.items);
      this.#severities.set(severities.items);
      this.#plans.set(plans.items);
    } catch (error) {
      this.problem.set(problemOf(error));
    }
    const only = this.services()[0];
    if (this.draft().service === '' && only && this.skipsService()) {
      this.change({ service: only.id, type: 'issue', step: Math.max(2, this.draft().step) });
    }
  }

  change(change: Partial<WizardDraft>): void {
    this.#draft.value.update((before) => ({ ...before, ...change }));
    this.#serverFields.set({});
    this.problem.set(undefined);
  }

  chooseService(id: string, type: 'issue' | 'task'): void {
    this.change({ service: id, type, ...(type === 'task' && { severity: '' }) });
  }

  chooseSeverity(severity: Severity): void {
    this.change({ severity });
  }

  addProduct(id: string): void {
    if (id === '' || this.draft().products.some((product) => product.id === id)) return;
    this.change({ products: [...this.draft().products, { id, version: '' }] });
  }

  setVersion(id: string, version: string): void {
    this.change({ products: this.draft().products.map((one) => (one.id === id ? { id, version } : one)) });
  }

  removeProduct(id: string): void {
    this.change({ products: this.draft().products.filter((one) => one.id !== id) });
  }

  /** Goes on when the step is whole, else shows what is missing. A task has no severity to choose. */
  next(): boolean {
    const { step, type } = this.draft();
    this.#shown.update((steps) => [...steps, step]);
    if (Object.keys(gapsOf(this.draft(), step)).length > 0) return false;
    this.change({ step: step === 1 && type === 'task' ? 3 : step + 1 });
    return true;
  }

  back(): void {
    const { step, type } = this.draft();
    const first = this.skipsService() ? 2 : 1;
    this.change({ step: Math.max(first, step === 3 && type === 'task' ? 1 : step - 1) });
  }

  /** Opens the ticket. The same key again, after a lost answer, meets the same ticket. */
  async create(): Promise<boolean> {
    this.#shown.update((steps) => [...steps, 4]);
    if (Object.keys(gapsOf(this.draft(), 4)).length > 0 || this.busy()) return false;
    this.busy.set(true);
    if (this.draft().key === '') this.#draft.value.update((before) => ({ ...before, key: crypto.randomUUID() }));
    try {
      const body = ticketOf(this.draft());
      const followUp = this.followUp();
      const { number } =
        followUp === undefined
          ? await this.#api.openTicket(body, this.draft().key)
          : await this.#api.followUp(followUp, body, this.draft().key);
      this.change({ created: number, step: 5 });
      return true;
    } catch (error) {
      this.#refused(problemOf(error));
      return false;
    } finally {
      this.busy.set(false);
    }
  }

  /** Forgets the draft: the ticket stands. */
  finish(): void {
    this.#draft.clear();
  }

  #refused(problem: Problem): void {
    this.problem.set(problem);
    this.#serverFields.set(Object.fromEntries((problem.fields ?? []).map(({ path, message }) => [path, message])));
    // A refused body is another request next time; an answer that never came is the same one.
    if (problem.status !== 0) this.#draft.value.update((before) => ({ ...before, key: '' }));
  }
}

/** A promise of the plan in words. */
export function promise(target: Target | undefined): string {
  if (!target) return 'no promise';
  const unit = { clock_hours: 'hour', business_hours: 'business hour', business_days: 'business day' }[target.unit];
  return `${target.value} ${unit}${target.value === 1 ? '' : 's'}`;
}
