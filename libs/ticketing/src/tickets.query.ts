import { planById, productById, serviceById, type Accounts, type PersonCard } from '@casebook/accounts/contract';
import { DomainError, type Actor } from '@casebook/kernel';
import type { FieldFilter, Filter, Index, Query, ReadModel } from '@casebook/read-model';
import { LRUCache } from 'lru-cache';
import type { TicketListQuery } from './http/tickets.dto';
import { ticketVersion } from './ticket.aggregate';
import { allowedActions } from './ticket/ticket.access';
import { reopenUntil } from './ticket/ticket';
import { scopeOf } from './tickets.service';
import type { DownloadDocument } from './views/downloads.view';
import type { CanSummary, TicketDocument } from './views/tickets.view';
import { answered, answeredText, type AnsweredEntry, type TimelineEntry } from './views/timeline.view';

/** Entries on the first page of a timeline and on each older one. */
export const TIMELINE_PAGE = 50;

type People = Record<string, PersonCard>;
interface ListedPage {
  readonly items: readonly object[];
  readonly people: People;
  readonly nextCursor?: string;
  readonly total?: number;
}
interface TimelinePage {
  readonly items: readonly AnsweredEntry[];
  readonly nextCursor?: string;
}

/** Tickets as readers see them: the same documents, cut to what the reader may know. */
export class TicketsQuery {
  /** A number is given once and for ever; whether the reader may see its ticket is asked each time. */
  readonly #ids = new LRUCache<string, string>({ max: 50_000 });

  constructor(
    private readonly tickets: ReadModel<TicketDocument>,
    private readonly timelines: ReadModel<TimelineEntry>,
    private readonly downloads: ReadModel<DownloadDocument>,
    private readonly accounts: Accounts,
    private readonly clock: () => Date,
  ) {}

  /** A page of tickets by filters, newest activity first unless asked otherwise. */
  async list(query: TicketListQuery, actor: Actor): Promise<ListedPage> {
    const scope = scopeOf(actor);
    const filter = filterOf(query, actor);
    const page = await this.tickets.find(scope, {
      filter,
      sort: sortOf(query.sort ?? '-updatedAt', actor),
      limit: Number(query.limit ?? 50),
      ...(query.cursor !== undefined && { after: query.cursor }),
    });
    const items = await Promise.all(page.items.map((document) => this.#summary(document, actor)));
    return {
      items,
      people: await this.accounts.people(
        page.items.flatMap(peopleOf),
        actor.kind === 'customer' ? actor.companyId : undefined,
      ),
      ...(page.nextCursor !== undefined && { nextCursor: page.nextCursor }),
      ...(query.total === 'true' && { total: await this.tickets.count(scope, filter) }),
    };
  }

  /**
   * The ticket's page as JSON text: its state, its newest entries, the people in it, and its version for this reader.
   * Entries stand in the view as they are answered, so their text is passed on without being read.
   */
  async page(number: string, actor: Actor): Promise<{ json: string; version: string; position: string }> {
    const document = await this.byNumber(number, actor);
    const entries = await this.timelines.findRaw(scopeOf(actor), newestEntries(document.id));
    const items = entries.items.map(answeredText).reverse();
    const ids = [
      ...peopleOf(document),
      ...(document.state.handover && actor.kind !== 'customer'
        ? [document.state.handover.from, document.state.handover.to]
        : []),
      ...document.attachments.map(({ by }) => by),
      ...items.flatMap(peopleInText),
    ];
    const people = await this.accounts.people(ids, document.companyId);
    const cursor = entries.nextCursor === undefined ? '' : `,"nextCursor":${JSON.stringify(entries.nextCursor)}`;
    const ticket = JSON.stringify(await this.#detail(document, actor));
    const timeline = `{"items":[${items.join(',')}]${cursor}}`;
    return {
      json: `{"ticket":${ticket},"timeline":${timeline},"people":${JSON.stringify(people)}}`,
      version: ticketVersion(actor.kind, document.public.entries, document.revision),
      position: document.public.position,
    };
  }

  /** Older entries of a timeline, the next page after `cursor`. */
  async timeline(number: string, cursor: string | undefined, actor: Actor): Promise<TimelinePage & { people: People }> {
    const document = await this.byNumber(number, actor);
    const page = await this.#timeline(document.id, actor, cursor);
    return { ...page, people: await this.accounts.people(page.items.flatMap(peopleIn), document.companyId) };
  }

  /** Who downloaded which file of the ticket (X12), newest first. */
  async downloadsOf(number: string, actor: Actor): Promise<{ items: readonly object[]; people: People }> {
    const document = await this.byNumber(number, actor);
    const visible = new Map(attachmentsFor(document, actor).map((file) => [file.id, file]));
    const page = await this.downloads.find(scopeOf(actor), {
      filter: { where: { ticketId: document.id } },
      sort: { at: -1 },
      limit: 200,
    });
    const items = page.items.flatMap(({ at, by, attachmentId }) => {
      const file = visible.get(attachmentId);
      return file ? [{ at, by, attachmentId, fileName: file.fileName }] : [];
    });
    const takers = page.items.map(({ by }) => by);
    return { items, people: await this.accounts.people(takers, document.companyId) };
  }

  /** The document behind a number. Throws `missing`, also for another company's ticket. */
  async byNumber(number: string, actor: Actor): Promise<TicketDocument> {
    const known = this.#ids.get(number);
    const document =
      known === undefined
        ? (await this.tickets.find(scopeOf(actor), { filter: { where: { number } }, limit: 1 })).items[0]
        : await this.tickets.get(scopeOf(actor), known);
    if (document) this.#ids.set(number, document.id);
    if (!document) throw new DomainError('missing', 'ticket.missing', 'This ticket does not exist.');
    return document;
  }

  async #timeline(ticketId: string, actor: Actor, after: string | undefined): Promise<TimelinePage> {
    const page = await this.timelines.find(scopeOf(actor), newestEntries(ticketId, after));
    return { ...page, items: page.items.map(answered).reverse() };
  }

  async #summary(document: TicketDocument, actor: Actor) {
    const company = await this.accounts.company(document.companyId);
    const isCustomer = actor.kind === 'customer';
    const { owes, closed } = document.state;
    const until = reopenUntil(document.state);
    return {
      id: document.id,
      number: document.number,
      type: document.type,
      ...(document.severity !== undefined && { severity: document.severity }),
      subject: document.subject,
      status: document.status,
      stage: document.stage,
      ...(owes && { owes: owes.side, owesSince: owes.since, owesReason: owes.reason }),
      service: named(document.serviceId, serviceById(document.serviceId)?.name),
      company: company ?? { id: document.companyId, name: '', timeZone: 'UTC' },
      products: document.products.map(({ id, version }) => ({
        ...named(id, productById(id)?.name),
        ...(version !== undefined && { version }),
      })),
      requester: document.requester,
      ...(document.assignee !== null && { assignee: document.assignee }),
      openedAt: document.openedAt,
      updatedAt: isCustomer ? document.public.updatedAt : document.updatedAt,
      entries: document.public.entries,
      priority: document.priority,
      ...(closed && { closedAt: closed.at }),
      ...(until !== undefined && { reopenUntil: until }),
    };
  }

  async #detail(document: TicketDocument, actor: Actor) {
    const isCustomer = actor.kind === 'customer';
    const { state, workaround, resolution } = document;
    const can = isCustomer ? document.can.customer : newest(document.can.customer, document.can.internal);
    return {
      ...(await this.#summary(document, actor)),
      plan: named(document.planId, planById(document.planId)?.name),
      ...texts(document),
      ...(document.closing && { closing: document.closing }),
      ...(can && { lastCan: this.#lastCan(can, document) }),
      ...(workaround && { workaround }),
      ...(resolution && { resolution }),
      ...(!isCustomer &&
        state.handover && {
          handover: { ...state.handover, note: document.handoverNote ?? null, at: document.handoverAt },
        }),
      ...(document.followUpOf !== undefined && { followUpOf: document.followUpOf }),
      followUps: document.followUps,
      attachments: attachmentsFor(document, actor).map(({ object: _o, wrappedKey: _k, audience: _a, ...file }) => file),
      chain: { entries: document.public.entries, ...(!isCustomer && { revision: document.revision }) },
      allowed: allowedActions(state, actor, this.clock().toISOString()),
    };
  }

  #lastCan({ needs, actions, ...can }: CanSummary, { state }: TicketDocument) {
    return {
      ...can,
      actionsDone: actions.filter(({ status }) => status === 'done').length,
      actionsInProgress: actions.filter(({ status }) => status === 'in_progress').length,
      actionsPlanned: actions.filter(({ status }) => status === 'planned').length,
      openNeeds: needs.filter(({ n }) => `${can.id}/${n}` in state.openNeeds),
    };
  }
}

function named(id: string, name: string | undefined) {
  return { id, name: name ?? id };
}

function texts({ environment, impact, stepsTaken, hosts }: TicketDocument) {
  return {
    ...(environment !== undefined && { environment }),
    ...(impact !== undefined && { impact }),
    ...(stepsTaken !== undefined && { stepsTaken }),
    ...(hosts !== undefined && { hosts }),
  };
}

function newest(a: CanSummary | undefined, b: CanSummary | undefined): CanSummary | undefined {
  if (!a || !b) return a ?? b;
  return a.at >= b.at ? a : b;
}

/** Files that the reader may have. */
export function attachmentsFor(document: TicketDocument, actor: Actor) {
  return document.attachments.filter(({ audience }) => audience === 'customer' || actor.kind !== 'customer');
}

function peopleOf({ requester, assignee, workaround, resolution, closing }: TicketDocument): string[] {
  return [requester, assignee, workaround?.by, resolution?.by, closing?.by].filter((id) => typeof id === 'string');
}

function newestEntries(ticketId: string, after?: string): Query {
  return {
    filter: { where: { ticketId } },
    sort: { order: -1 },
    limit: TIMELINE_PAGE,
    ...(after !== undefined && { after }),
  };
}

/** Ids of the people in an entry, from its JSON text. What somebody wrote cannot look like it: quotes in it are escaped. */
function peopleInText(entry: string): string[] {
  return [...entry.matchAll(/"(?:by|assignee|previous|to)":"([0-9a-f-]{36})"/g)].flatMap(([, id]) => id ?? []);
}

function peopleIn({ by, data }: AnsweredEntry): string[] {
  const named: Record<string, unknown> = { ...data };
  return [by, named['assignee'], named['previous'], named['to']].filter((id) => typeof id === 'string');
}

function filterOf(query: TicketListQuery, actor: Actor): Filter {
  const me = actor.kind === 'system' ? '' : actor.personId;
  const where: Record<string, string | null | FieldFilter> = {};
  for (const [path, value] of [
    ['status', query.status],
    ['stage', query.stage],
    ['severity', query.severity],
    ['serviceId', query.service],
    ['companyId', query.company],
    ['owes', query.owes],
    ['type', query.type],
  ] as const) {
    if (value === undefined || value === '') continue;
    const values = value.split(',');
    where[path] = values.length === 1 ? (values[0] ?? '') : { $in: values };
  }
  if (query.assignee !== undefined) where['assignee'] = personFilter(query.assignee, me);
  if (query.requester !== undefined) where['requester'] = personFilter(query.requester, me);
  return { where };
}

function personFilter(value: string, me: string): string | null {
  if (value === 'me') return me;
  return value === 'none' ? null : value;
}

function sortOf(sort: NonNullable<TicketListQuery['sort']>, actor: Actor): Index {
  // Customers see order and age by public entries alone.
  const updated = actor.kind === 'customer' ? 'public.updatedAt' : 'updatedAt';
  switch (sort) {
    case '-updatedAt':
      return { [updated]: -1 };
    case 'updatedAt':
      return { [updated]: 1 };
    case '-openedAt':
      return { openedAt: -1 };
    case 'openedAt':
      return { openedAt: 1 };
    case 'severity':
      return { rank: 1 };
  }
}
