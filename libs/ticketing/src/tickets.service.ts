import type { Accounts } from '@casebook/accounts/contract';
import { productById } from '@casebook/accounts/contract';
import { stableId, type CommandResult } from '@casebook/commands';
import { DomainError, type Actor, type Position } from '@casebook/kernel';
import type { ReadModel } from '@casebook/read-model';
import type { StateStore } from '@casebook/state';
import type { CommandBus } from '@nestjs/cqrs';
import { LRUCache } from 'lru-cache';
import { AccessLogCommand, TicketCommand, ticketVersion } from './ticket.aggregate';
import { open } from './ticket/rules';
import { checkAccess, maySee } from './ticket/ticket.access';
import type { TicketBody, TicketCommandBody } from './ticket/ticket.commands';
import type { TicketState } from './ticket/ticket';
import type { TicketEvent } from './ticket/ticket.events';
import type { TicketDocument } from './views/tickets.view';

/** Who sends a command, and how it is told apart from others. */
export interface Origin {
  readonly actor: Actor;
  readonly commandId: string;
  readonly bodyDigest?: string;
  readonly ifMatch?: readonly string[];
  readonly correlationId?: string;
  /** ISO time of the events, for demo data. */
  readonly now?: string;
}

/** What a write answers: the ticket, the entry it made, and where in the log that is. */
export interface TicketWritten {
  readonly id: string;
  readonly number: string;
  /** Number of the last public or internal entry that was made; absent when there was nothing to do. */
  readonly entry?: string;
  readonly attachmentId?: string;
  readonly reportId?: string;
  readonly workaroundId?: string;
  readonly resolutionId?: string;
  readonly handoverId?: string;
}
export interface Written {
  readonly body: TicketWritten;
  readonly version: string;
  readonly position?: Position;
}

/** A new ticket as its opener describes it. */
export type NewTicket = TicketBody & { readonly service: string };

const COUNTERS = 'counters';
const TICKET_NUMBER = 'ticket-number';
const FIRST_NUMBER = 1000;
const NUMBER_BLOCK = 20;

/** The way in for whoever changes a ticket: controllers, demo data, later mail and timers. */
export class TicketsService {
  #numbers = { next: 1, last: 0 };
  #reserving: Promise<void> | undefined;
  /** Numbers of tickets that this process opened, since the view learns of them a moment later. */
  readonly #recent = new LRUCache<string, { readonly id: string; readonly companyId: string }>({ max: 10_000 });

  constructor(
    private readonly bus: CommandBus,
    private readonly accounts: Accounts,
    private readonly state: StateStore,
    private readonly tickets: ReadModel<TicketDocument>,
    private readonly clock: () => Date,
    /** A ticket from the record itself: what it allows is never read from a view, which may lag. */
    private readonly current: (id: string) => Promise<TicketState>,
  ) {}

  /** Opens a ticket for the actor's company. Refused without a valid subscription to the service (R2). */
  async open(body: NewTicket, origin: Origin, followUpOf?: { ticketId: string; number: string }): Promise<Written> {
    const { actor } = origin;
    if (actor.kind !== 'customer') {
      throw new DomainError('forbidden', 'ticket.forbidden', 'Tickets are opened by customers.');
    }
    const { service: serviceId, ...ticket } = body;
    const now = origin.now ?? this.clock().toISOString();
    const entitled = await this.accounts.entitlements(actor.companyId, now);
    const entitlement = entitled.find(({ service }) => service.id === serviceId);
    if (!entitlement) {
      throw new DomainError(
        'forbidden',
        'subscription.none',
        'Your company has no valid subscription to this service.',
        [{ path: 'service', message: 'Choose a service that your company has subscribed to.' }],
      );
    }
    ticket.products.forEach(({ id }, index) => {
      if (!productById(id)) {
        throw new DomainError('invalid', 'product.unknown', 'We do not know this product.', [
          { path: `products.${index}.id`, message: 'Choose a product from the list.' },
        ]);
      }
    });
    const id = stableId('ticket', origin.commandId);
    const { plan, service } = entitlement;
    const written = await this.#send(id, origin, {
      type: 'OpenTicket',
      data: {
        ...ticket,
        number: await this.#reserveNumber(),
        companyId: actor.companyId,
        serviceId,
        takesTasks: service.takesTasks,
        terms: { planId: plan.id, reopenHours: plan.reopenHours, noAnswerDays: plan.noAnswerDays },
        ...(followUpOf && { followUpOf }),
      },
    });
    this.#recent.set(written.body.number, { id, companyId: actor.companyId });
    return written;
  }

  /** Opens a ticket that follows a closed one, and links both (R102). */
  async followUp(number: string, body: NewTicket, origin: Origin): Promise<Written> {
    const ticketId = await this.idOf(number, origin.actor);
    const ticket = await this.current(ticketId);
    // A repeat is answered as before, even if the ticket was reopened since.
    if (!ticket?.closed && !(await this.current(stableId('ticket', origin.commandId)))) {
      throw new DomainError('conflict', 'ticket.not_closed', `${number} is open: reply there instead.`);
    }
    const { ifMatch: _, ...fresh } = origin;
    const opened = await this.open(body, fresh, { ticketId, number });
    await this.#send(
      ticketId,
      { ...fresh, commandId: stableId('follow-up', origin.commandId) },
      {
        type: 'LinkFollowUp',
        data: { ticketId: opened.body.id, number: opened.body.number },
      },
    );
    return opened;
  }

  /** Sends one command to the ticket with this number. */
  async command(number: string, origin: Origin, command: TicketCommandBody): Promise<Written> {
    return this.#send(await this.idOf(number, origin.actor), origin, command);
  }

  /** Throws where the actor cannot attach anything: `missing`, or `conflict` on a closed ticket without this file. */
  async requireAttachable(number: string, attachmentId: string, actor: Actor): Promise<void> {
    const ticket = await this.current(await this.idOf(number, actor));
    checkAccess(ticket, 'AttachFile', actor);
    if (!ticket?.attachments.includes(attachmentId)) open(ticket);
  }

  async assign(number: string, assignee: string, origin: Origin): Promise<Written> {
    const engineer = await this.accounts.isEngineer(assignee);
    return this.command(number, origin, { type: 'AssignTicket', data: { assignee, engineer } });
  }

  async offerHandover(number: string, to: string, note: string, origin: Origin): Promise<Written> {
    const engineer = await this.accounts.isEngineer(to);
    return this.command(number, origin, { type: 'OfferHandover', data: { to, note, engineer } });
  }

  /** Records that a file is about to be sent to somebody (X12). Throws when it cannot be recorded. */
  async recordDownload(document: TicketDocument, attachmentId: string, origin: Origin): Promise<void> {
    await this.bus.execute(
      new AccessLogCommand({
        id: document.id,
        command: { type: 'RecordDownload', data: { attachmentId, companyId: document.companyId } },
        actor: origin.actor,
        commandId: origin.commandId,
        ...(origin.correlationId !== undefined && { correlationId: origin.correlationId }),
        ...(origin.now !== undefined && { now: origin.now }),
      }),
    );
  }

  /** Id of the ticket with this number, when the actor's company may see it. Throws `missing` otherwise. */
  async idOf(number: string, actor: Actor): Promise<string> {
    const recent = this.#recent.get(number);
    if (recent && maySee(recent, actor)) return recent.id;
    const found = await this.tickets.find(scopeOf(actor), { filter: { where: { number } }, limit: 1 });
    const id = found.items[0]?.id;
    if (id === undefined) throw new DomainError('missing', 'ticket.missing', 'This ticket does not exist.');
    return id;
  }

  /** Raises the counter to the highest number that was ever given: numbers are never used twice. */
  async raiseCounter(): Promise<void> {
    const newest = await this.tickets.find({ kind: 'staff' }, { sort: { serial: -1 }, limit: 1 });
    const serial = newest.items[0]?.serial;
    if (serial !== undefined) await this.state.raise(COUNTERS, TICKET_NUMBER, serial - FIRST_NUMBER);
  }

  /** The next number of a block that is reserved durably: one write for twenty tickets. What a restart skips is a gap. */
  async #reserveNumber(): Promise<string> {
    while (this.#numbers.next > this.#numbers.last) {
      this.#reserving ??= this.#reserveBlock().finally(() => {
        this.#reserving = undefined;
      });
      await this.#reserving;
    }
    return `CB-${FIRST_NUMBER + this.#numbers.next++}`;
  }

  async #reserveBlock(): Promise<void> {
    const last = await this.state.increment(COUNTERS, TICKET_NUMBER, NUMBER_BLOCK);
    this.#numbers = { next: last - NUMBER_BLOCK + 1, last };
  }

  async #send(id: string, origin: Origin, command: TicketCommandBody): Promise<Written> {
    const result = await this.bus.execute(new TicketCommand({ id, command, ...origin }));
    return written(id, result, origin.actor);
  }
}

/** What an actor may read of tickets. */
export function scopeOf(actor: Actor) {
  return actor.kind === 'customer'
    ? ({ kind: 'company', companyId: actor.companyId, audience: 'customer' } as const)
    : ({ kind: 'staff' } as const);
}

function written(id: string, result: CommandResult<TicketState, TicketEvent>, actor: Actor): Written {
  const { events, state, revision, position } = result;
  if (!state) throw new DomainError('missing', 'ticket.missing', 'This ticket does not exist.');
  const made = Object.assign({}, ...events.map(madeBy)) as Partial<TicketWritten>;
  const entry = made.entry ?? events[0]?.data.entry;
  return {
    body: { id, number: state.number, ...(entry !== undefined && { entry }), ...made },
    version: ticketVersion(actor.kind, state.entries.public, revision),
    ...(position !== undefined && { position }),
  };
}

/** Ids and entry number that an event gave. Of several events, the one the sender asked for names the entry. */
function madeBy(event: TicketEvent): Partial<TicketWritten> {
  const { data } = event;
  const asked = event.type !== 'ticketing.StageMoved' && event.type !== 'ticketing.TicketAssigned';
  return {
    ...(asked && { entry: data.entry }),
    ...('attachmentId' in data && { attachmentId: data.attachmentId }),
    ...('reportId' in data && { reportId: data.reportId }),
    ...('workaroundId' in data && { workaroundId: data.workaroundId }),
    ...('resolutionId' in data && { resolutionId: data.resolutionId }),
    ...('handoverId' in data && { handoverId: data.handoverId }),
  };
}
