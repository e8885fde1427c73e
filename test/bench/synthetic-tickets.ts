import type { EventLog } from '@casebook/event-store/event-log';
import type { Position, Projection, RecordedEvent } from '@casebook/kernel';
import type { ProjectionEntry, ReadModelDefinition } from '@casebook/read-model';
import type { SearchSource } from '@casebook/search';

export const TYPES = [
  'opened',
  'assigned',
  'replied',
  'replied',
  'noted',
  'replied',
  'moved',
  'replied',
  'attached',
  'closed',
] as const;
type Type = (typeof TYPES)[number];
interface Data {
  readonly entry: string;
  readonly audience: 'customer' | 'internal';
  readonly companyId: string;
  readonly subject?: string;
  readonly body?: string;
}
interface Happened {
  readonly type: Type;
  readonly data: Data;
}

/** Tickets that live side by side: this many are open at a time, each gets an event in turn. */
export const OPEN = 1_500;
const PER_TICKET = TYPES.length;
const WORDS =
  'replication slot lag vacuum freeze checkpoint standby primary timeline wal archive index bloat deadlock sequence partition planner statistics memory kernel latency disk cluster backup restore upgrade extension'.split(
    ' ',
  );

/** Words that differ from event to event; about 600 bytes. */
function textOf(seed: number): string {
  let state = seed * 2_654_435_761 + 1;
  return Array.from({ length: 85 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return `${WORDS[state % WORDS.length] ?? ''}${state % 7 === 0 ? String(state % 1_000) : ''}`;
  }).join(' ');
}

/** The n-th event of a log of tickets, made when it is asked for, so that a million of them take no memory. */
export function syntheticEvent(n: number): RecordedEvent {
  const round = Math.floor(n / (OPEN * PER_TICKET));
  const ticket = round * OPEN + (n % OPEN);
  const revision = Math.floor((n % (OPEN * PER_TICKET)) / OPEN);
  const type = TYPES[revision] ?? 'closed';
  const id = `00000000-0000-5000-8000-${String(n).padStart(12, '0')}`;
  const companyId = `c0000000-0000-4000-8000-${String(ticket % 20).padStart(12, '0')}`;
  const time = new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString();
  const worded = type === 'opened' || type === 'replied' || type === 'noted';
  return {
    id,
    stream: `ticket-${uuidOf(ticket)}`,
    revision,
    position: positionOf(n + 1),
    metadata: {
      actor: `p${ticket % 50}`,
      companyId,
      correlationId: id,
      causationId: id,
      commandId: id,
      time,
      hash: '',
    },
    type,
    data: {
      entry: String(revision + 1),
      audience: type === 'noted' ? 'internal' : 'customer',
      companyId,
      ...(type === 'opened' && { subject: `Ticket ${ticket}: ${textOf(n).slice(0, 60)}` }),
      ...(worded && { body: textOf(n) }),
    } satisfies Data,
  };
}

/** A log of `size` synthetic events. */
export function syntheticLog(size: number): EventLog {
  const read = (after: Position | undefined, limit: number) => {
    const from = after === undefined ? 0 : Number(after);
    const count = Math.max(0, Math.min(limit, size - from));
    return Array.from({ length: count }, (_, at) => syntheticEvent(from + at));
  };
  const unused = (): never => {
    throw new Error('The bench only reads');
  };
  return {
    load: unused,
    append: unused,
    subscribe: unused,
    readAll: async ({ after, limit } = {}) => read(after, limit ?? 500),
    end: async () => positionOf(size),
    knows: () => true,
  };
}

interface TicketDocument {
  readonly id: string;
  readonly number: string;
  readonly serial: number;
  readonly companyId: string;
  readonly status: string;
  readonly stage: string;
  readonly rank: number;
  readonly assignee: string | null;
  readonly openedAt: string;
  readonly updatedAt: string;
  readonly subject: string;
  readonly description: string;
  readonly public: { readonly updatedAt: string; readonly entries: number };
  readonly state: {
    readonly revision: number;
    readonly entries: readonly string[];
    readonly people: readonly string[];
  };
}

const scope = { staff: true, company: { company: 'companyId' } } as const;
const tickets: Projection<TicketDocument, Happened> = {
  name: 'tickets',
  version: 1,
  handles: [...new Set(TYPES)],
  id: (event) => event.stream.slice('ticket-'.length),
  on(event, document, id) {
    const { metadata, data, revision } = event;
    const before: TicketDocument = document ?? {
      id,
      number: `CB-${Number(event.position)}`,
      serial: Number(event.position),
      companyId: data.companyId,
      status: 'open',
      stage: 'triage',
      rank: revision % 4,
      assignee: null,
      openedAt: metadata.time,
      updatedAt: metadata.time,
      subject: data.subject ?? '',
      description: data.body ?? '',
      public: { updatedAt: metadata.time, entries: 0 },
      state: { revision: 0, entries: [], people: [] },
    };
    const { state } = before;
    return {
      ...before,
      status: event.type === 'closed' ? 'closed' : 'open',
      stage: event.type === 'moved' ? 'mitigation' : before.stage,
      assignee: event.type === 'assigned' ? metadata.actor : before.assignee,
      updatedAt: metadata.time,
      public: data.audience === 'customer' ? { updatedAt: metadata.time, entries: revision } : before.public,
      state: {
        revision,
        entries: [...state.entries, data.entry],
        people: [...new Set([...state.people, metadata.actor])],
      },
    };
  },
};
const ticketsModel: ReadModelDefinition = {
  name: 'tickets',
  version: 1,
  indexes: [
    { number: 1 },
    { serial: -1 },
    { updatedAt: -1 },
    { openedAt: -1 },
    { status: 1, updatedAt: -1 },
    { status: 1, rank: 1 },
    { assignee: 1, status: 1, updatedAt: -1 },
    { companyId: 1, 'public.updatedAt': -1 },
    { companyId: 1, status: 1, 'public.updatedAt': -1 },
    { companyId: 1, openedAt: -1 },
    { companyId: 1, updatedAt: -1 },
    { companyId: 1, rank: 1 },
  ],
  scope,
};

const timeline: Projection<object, Happened> = {
  name: 'timeline',
  version: 1,
  handles: [...new Set(TYPES)],
  id: (event) => event.id,
  on: (event) => ({
    id: event.id,
    ticketId: event.stream.slice('ticket-'.length),
    companyId: event.data.companyId,
    number: event.data.entry,
    audience: event.data.audience,
    at: event.metadata.time,
    by: event.metadata.actor,
    kind: event.type,
    data: { body: event.data.body ?? null },
    order: event.data.entry.padStart(6, '0'),
  }),
};
const timelineModel: ReadModelDefinition = {
  name: 'timeline',
  version: 1,
  indexes: [
    { ticketId: 1, order: 1 },
    { ticketId: 1, audience: 1, order: 1 },
  ],
  scope: { staff: true, company: { company: 'companyId', audience: 'audience' } },
};

const downloads: Projection<object, Happened> = {
  name: 'downloads',
  version: 1,
  handles: ['attached'],
  id: (event) => event.id,
  on: (event) => ({ id: event.id, ticketId: event.stream, companyId: event.data.companyId, at: event.metadata.time }),
};
const downloadsModel: ReadModelDefinition = {
  name: 'downloads',
  version: 1,
  indexes: [{ ticketId: 1, at: -1 }],
  scope,
};

/** Views as heavy as those of real tickets: the ticket with its state, each entry of its timeline, its files. */
export const syntheticProjections: readonly ProjectionEntry[] = [
  { projection: tickets, definition: ticketsModel },
  { projection: timeline, definition: timelineModel },
  { projection: downloads, definition: downloadsModel },
];

/** One search document per ticket and per worded entry. */
export const syntheticSource: SearchSource = {
  name: 'synthetic tickets',
  version: 1,
  handles: ['opened', 'replied', 'noted'],
  changes(event) {
    const { audience, companyId, subject, body } = event.data as Data;
    const ticket = event.stream.slice('ticket-'.length);
    const opened = event.type === 'opened';
    return [
      {
        put: {
          kind: opened ? 'ticket' : 'entry',
          id: opened ? ticket : event.id,
          of: ticket,
          company: companyId,
          audience,
          ...(opened && { ref: `CB-${Number(event.position)}` }),
          title: subject ?? null,
          body: body ?? null,
        },
      },
    ];
  },
};

function uuidOf(n: number): string {
  const mixed = Math.imul(n + 1, 2_654_435_761) >>> 0;
  return `${mixed.toString(16).padStart(8, '0')}-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

function positionOf(n: number): Position {
  return String(n).padStart(20, '0');
}
