import { Component, computed, effect, type ElementRef, inject, input, viewChild } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { Severity } from '../api/types';
import { MarkdownEditor } from '../ui/markdown-editor';
import { ProblemNote } from '../ui/problem-note';
import { Sev, SEVERITY_NAMES } from '../ui/sev';
import { Uploads } from '../ui/uploads';
import { ENVIRONMENTS, HOST_ROLES, STEPS } from './wizard-draft';
import { promise, WizardStore } from './wizard-store';

@Component({
  selector: 'cb-wizard-page',
  imports: [RouterLink, MarkdownEditor, ProblemNote, Sev, Uploads],
  providers: [WizardStore],
  templateUrl: './wizard-page.html',
})
export class WizardPage {
  protected readonly store = inject(WizardStore);
  protected readonly steps = STEPS;
  protected readonly environments = ENVIRONMENTS;
  protected readonly roles = HOST_ROLES;
  protected readonly severityNames = SEVERITY_NAMES;
  /** Number of the ticket that the new one follows (R102). */
  readonly followUp = input<string>();
  private readonly body = viewChild.required<ElementRef<HTMLElement>>('body');

  protected readonly draft = this.store.draft;
  protected readonly given = computed(() => this.store.checklist().filter(({ given }) => given).length);
  protected readonly promises = computed(() => {
    const targets = this.store.plan()?.targets ?? [];
    return (severity: Severity) => {
      const target = targets.find((one) => one.severity === severity);
      const update = target?.update;
      return {
        first: promise(target?.firstResponse),
        more: update
          ? `updates every ${update.value === 1 ? 'hour' : promise(update)}`
          : target?.firstResponse
            ? 'on working days'
            : 'answered as time allows',
      };
    };
  });

  constructor() {
    void this.store.load();
    effect(() => {
      this.store.followUp.set(this.followUp());
    });
  }

  protected title(): string {
    const number = this.followUp();
    return number === undefined ? 'Create a new ticket' : `Follow-up to ${number}`;
  }

  protected next(event: Event): void {
    event.preventDefault();
    if (!this.store.next()) this.focusError();
    else this.top();
  }

  protected back(): void {
    this.store.back();
    this.top();
  }

  protected async create(event: Event): Promise<void> {
    event.preventDefault();
    if (await this.store.create()) this.top();
    else this.focusError();
  }

  protected productName(id: string): string {
    return this.store.products().find((product) => product.id === id)?.name ?? id;
  }

  protected versions(id: string): readonly string[] {
    return this.store.products().find((product) => product.id === id)?.versions ?? [];
  }

  protected addHost(): void {
    this.store.change({ hosts: [...this.draft().hosts, { name: '', role: '' }] });
  }

  protected setHost(at: number, change: Partial<{ name: string; role: string }>): void {
    this.store.change({ hosts: this.draft().hosts.map((host, n) => (n === at ? { ...host, ...change } : host)) });
  }

  protected removeHost(at: number): void {
    this.store.change({ hosts: this.draft().hosts.filter((_, n) => n !== at) });
  }

  protected valueOf(event: Event): string {
    return (event.target as HTMLInputElement).value;
  }

  private top(): void {
    scrollTo({ top: 0 });
    setTimeout(() => {
      this.body().nativeElement.querySelector<HTMLElement>('h1')?.focus();
    });
  }

  private focusError(): void {
    setTimeout(() => {
      this.body().nativeElement.querySelector<HTMLElement>('[aria-invalid=true], .err input')?.focus();
    });
  }
}
