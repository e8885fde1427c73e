import { computed, inject, Injectable, signal } from '@angular/core';
import { ApiClient } from '../api/api-client';
import type { Severity, TicketWritten } from '../api/types';
import { SessionStore } from '../session/session-store';
import { Ask } from '../ui/ask';
import { problemOf } from '../api/problem';
import { SEVERITY_NAMES } from '../ui/sev';
import { fullTime } from '../ui/time';
import { Toasts } from '../ui/toasts';
import { TicketStore } from './ticket-store';

/** One line of the ticket's menu. */
export interface MenuItem {
  readonly action: string;
  readonly label: string;
  readonly icon: string;
  readonly key?: string;
  readonly run: () => void;
}

const CLOSING_CODES = [
  { value: 'no_answer', label: 'No answer' },
  { value: 'duplicate', label: 'Duplicate' },
  { value: 'merged', label: 'Merged' },
  { value: 'not_ours', label: 'Not ours' },
];
const SEVERITIES: readonly Severity[] = ['S1', 'S2', 'S3', 'S4'];

/** What one can do to the open ticket besides writing. Only what others see or what ends something asks first. */
@Injectable()
export class TicketActions {
  readonly #store = inject(TicketStore);
  readonly #api = inject(ApiClient);
  readonly #ask = inject(Ask);
  readonly #toasts = inject(Toasts);
  readonly #session = inject(SessionStore);
  readonly #busy = signal(false);
  readonly busy = this.#busy.asReadonly();
  /** True while the form of a follow-up ticket is open. */
  readonly followUpForm = signal(false);

  readonly menu = computed<readonly MenuItem[]>(() => {
    const allowed = this.#store.allowed();
    const items: readonly MenuItem[] = [
      { action: 'take', label: 'Take the ticket', icon: 'i-user-check', key: 't', run: () => void this.take() },
      { action: 'assign', label: 'Assign…', icon: 'i-user-plus', key: 'a', run: () => void this.assign() },
      {
        action: 'handover_offer',
        label: 'Hand over…',
        icon: 'i-user-share',
        key: 'a',
        run: () => void this.handOver(),
      },
      {
        action: 'severity',
        label: 'Change severity…',
        icon: 'i-arrows-sort',
        key: 's',
        run: () => {
          this.severity();
        },
      },
      {
        action: 'stage_mitigation',
        label: 'Move to Mitigation',
        icon: 'i-arrow-right',
        run: () => {
          this.stage('mitigation');
        },
      },
      {
        action: 'stage_resolution',
        label: 'Move to Resolution',
        icon: 'i-arrow-right',
        run: () => {
          this.stage('resolution');
        },
      },
      {
        action: 'reopen',
        label: 'Reopen…',
        icon: 'i-rotate',
        run: () => {
          this.reopen();
        },
      },
      {
        action: 'follow_up',
        label: 'Open a follow-up ticket…',
        icon: 'i-square-plus',
        run: () => {
          this.followUpForm.set(true);
        },
      },
      {
        action: 'withdraw',
        label: 'Withdraw the ticket…',
        icon: 'i-arrow-back',
        run: () => {
          this.withdraw();
        },
      },
      {
        action: 'close',
        label: 'Close the ticket…',
        icon: 'i-archive',
        run: () => {
          this.close();
        },
      },
    ];
    return items.filter(({ action }) => allowed.has(action));
  });

  may(action: string): boolean {
    return this.#store.allowed().has(action);
  }

  take(): Promise<void> {
    return this.#run((api, number) => api.assign(number, { me: true }), 'You took the ticket.');
  }

  async assign(): Promise<void> {
    const options = await this.#engineers();
    if (!options) return;
    this.#ask.open({
      title: 'Assign the ticket',
      text: 'Who is accountable for it from now on?',
      verb: 'Assign',
      choice: { label: 'Engineer', options },
      act: (_reason, userId) => this.#do((api, number) => api.assign(number, { userId }), 'Assigned.'),
    });
  }

  async handOver(): Promise<void> {
    const me = this.#session.me()?.id;
    const options = (await this.#engineers())?.filter(({ value }) => value !== me);
    if (!options) return;
    this.#ask.open({
      title: 'Hand over the ticket',
      text: 'It stays yours until they accept. An S1 or S2 needs a CAN report less than 60 minutes old.',
      verb: 'Offer handover',
      choice: { label: 'To', options },
      reason: 'What the next one must know',
      act: (note, to) => this.#do((api, number) => api.offerHandover(number, to, note), 'Handover offered.'),
    });
  }

  acceptHandover(id: string): Promise<void> {
    return this.#run((api, number) => api.handover(number, id, 'accept'), 'The ticket is yours.');
  }

  declineHandover(id: string): void {
    this.#ask.open({
      title: 'Decline the handover?',
      verb: 'Decline handover',
      reason: 'Why',
      reasonOptional: true,
      act: (note) =>
        this.#do((api, number) => api.handover(number, id, 'decline', note || undefined), 'Handover declined.'),
    });
  }

  severity(): void {
    const now = this.#store.ticket()?.severity;
    this.#ask.open({
      title: 'Change the severity',
      text: now === undefined ? '' : `It is ${now} ${SEVERITY_NAMES[now]} now.`,
      verb: 'Change severity',
      choice: {
        label: 'Severity',
        options: SEVERITIES.filter((one) => one !== now).map((value) => ({
          value,
          label: `${value} ${SEVERITY_NAMES[value]}`,
        })),
      },
      reason: 'Reason, which both sides read',
      act: (reason, severity) =>
        this.#do((api, number) => api.severity(number, severity as Severity, reason), 'Severity changed.'),
    });
  }

  stage(stage: 'mitigation' | 'resolution'): void {
    const name = stage === 'mitigation' ? 'Mitigation' : 'Resolution';
    this.#ask.open({
      title: `Move to ${name}?`,
      text: 'Stages go one way; only reopening starts again.',
      verb: `Move to ${name}`,
      reason: 'Reason, which both sides read',
      reasonOptional: true,
      act: (reason) => this.#do((api, number) => api.stage(number, stage, reason || undefined), `Moved to ${name}.`),
    });
  }

  withdraw(): void {
    this.#ask.open({
      title: 'Withdraw the ticket?',
      text: 'It closes at once. You can reopen it while the reopen time of your plan lasts.',
      verb: 'Withdraw ticket',
      reason: 'Reason',
      act: (reason) => this.#do((api, number) => api.withdraw(number, reason), 'Ticket withdrawn.'),
    });
  }

  close(): void {
    this.#ask.open({
      title: 'Close the ticket?',
      text: 'The customer reads the reason and can reopen the ticket for a while.',
      verb: 'Close ticket',
      choice: { label: 'Because', options: CLOSING_CODES },
      reason: 'Reason',
      act: (reason, code) => this.#do((api, number) => api.close(number, code, reason), 'Ticket closed.'),
    });
  }

  reopen(): void {
    const until = this.#store.ticket()?.reopenUntil;
    this.#ask.open({
      title: 'Reopen the ticket?',
      ...(until !== undefined && { text: `Possible until ${fullTime(until)}. It starts in Triage again.` }),
      verb: 'Reopen ticket',
      reason: 'What is not solved',
      act: (reason) => this.#do((api, number) => api.reopen(number, reason), 'Ticket reopened.'),
    });
  }

  acceptWorkaround(id: string): Promise<void> {
    return this.#run((api, number) => api.workaround(number, id, 'accept'), 'Workaround accepted.');
  }

  declineWorkaround(id: string): void {
    this.#ask.open({
      title: 'Decline the workaround?',
      text: 'Support keeps working on another way. The reason becomes part of the record.',
      verb: 'Decline workaround',
      reason: 'Reason',
      act: (reason) => this.#do((api, number) => api.workaround(number, id, 'decline', reason), 'Workaround declined.'),
    });
  }

  tried(id: string, step: 'applied' | 'worked'): Promise<void> {
    const words = step === 'applied' ? 'Workaround applied.' : 'Workaround worked.';
    return this.#run((api, number) => api.workaround(number, id, step), words);
  }

  workaroundFailed(id: string): void {
    this.#ask.open({
      title: 'The workaround failed?',
      text: 'Support goes on at once.',
      verb: 'Say it failed',
      reason: 'What happened',
      reasonOptional: true,
      act: (reason) =>
        this.#do((api, number) => api.workaround(number, id, 'failed', reason || undefined), 'Workaround failed.'),
    });
  }

  acceptResolution(id: string): void {
    this.#ask.open({
      title: 'Accept the resolution?',
      text: 'This closes the ticket. You can reopen it while the reopen time of your plan lasts.',
      verb: 'Accept resolution',
      act: () => this.#do((api, number) => api.resolution(number, id, 'accept'), 'Resolution accepted.'),
    });
  }

  rejectResolution(id: string): void {
    this.#ask.open({
      title: 'Reject the resolution?',
      text: 'The ticket stays open, and support goes on. The reason becomes part of the record.',
      verb: 'Reject resolution',
      reason: 'Reason',
      act: (reason) => this.#do((api, number) => api.resolution(number, id, 'reject', reason), 'Resolution rejected.'),
    });
  }

  needMet(reportId: string, n: number): Promise<void> {
    return this.#run((api, number) => api.needMet(number, reportId, n), 'Need met.');
  }

  async #engineers(): Promise<readonly { value: string; label: string }[] | undefined> {
    try {
      const { items } = await this.#api.users({ role: 'engineer' });
      return items.map(({ id, name }) => ({ value: id, label: name ?? 'Erased person' }));
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  async #do(command: (api: ApiClient, number: string) => Promise<TicketWritten>, done: string): Promise<void> {
    await this.#store.act(command);
    this.#toasts.show(done);
  }

  /** For buttons that act at once: an error opens as a dialog, since there is no form to show it in. */
  async #run(command: (api: ApiClient, number: string) => Promise<TicketWritten>, done: string): Promise<void> {
    if (this.#busy()) return;
    this.#busy.set(true);
    try {
      await this.#do(command, done);
    } catch (error) {
      this.#failed(error);
      await this.#store.refresh(true);
    } finally {
      this.#busy.set(false);
    }
  }

  #failed(error: unknown): void {
    const { title, detail, code } = problemOf(error);
    this.#ask.open({
      title,
      text: `${detail} (${code})`,
      verb: 'Understood',
      tells: true,
      act: () => Promise.resolve(),
    });
  }
}
