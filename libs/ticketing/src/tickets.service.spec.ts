import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Accounts } from '@casebook/accounts/contract';
import { planById, serviceById } from '@casebook/accounts/contract';
import { stableId } from '@casebook/commands';
import { createEventLog, openSqliteEventStore, type EventStore } from '@casebook/event-store';
import { memoryKeyring } from '@casebook/event-store/testing/memory-keyring';
import type { ReadModel } from '@casebook/read-model';
import type { StateStore } from '@casebook/state';
import type { CommandBus } from '@nestjs/cqrs';
import { ada, mallory, nina } from './testing/tickets';
import { createTicketAggregate, type TicketCommand } from './ticket.aggregate';
import { ticketCatalog } from './ticket/ticket.events';
import { TicketsService, type NewTicket } from './tickets.service';
import type { TicketDocument } from './views/tickets.view';

const body: NewTicket = {
  service: 'production-24x7',
  type: 'issue',
  severity: 'S2',
  products: [{ id: 'postgresql', version: '16' }],
  subject: 'Standby stopped',
  description: 'It does not come back.',
};
const reply = { type: 'PostReply', data: { body: 'Hello' } } as const;

describe('a ticket that was opened a moment ago, before any view knows it', () => {
  let directory: string;
  let store: EventStore;
  let tickets: TicketsService;
  let number: string;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'casebook-tickets-'));
    store = openSqliteEventStore({ directory });
    const clock = () => new Date('2026-03-02T09:00:00.000Z');
    const aggregate = createTicketAggregate(
      createEventLog({ store, keyring: memoryKeyring(), catalog: ticketCatalog }),
      clock,
    );
    const bus = { execute: ({ envelope }: TicketCommand) => aggregate.handle(envelope) } as unknown as CommandBus;
    const entitlements = async () => [{ service: serviceById('production-24x7'), plan: planById('premium') }];
    const accounts = { entitlements } as unknown as Accounts;
    const state = { increment: async () => 42 } as unknown as StateStore;
    const view = { find: async () => ({ items: [] }), get: async () => undefined };
    tickets = new TicketsService(
      bus,
      accounts,
      state,
      view as unknown as ReadModel<TicketDocument>,
      clock,
      async (id) => {
        const { state: ticket } = await aggregate.current(id);
        return ticket;
      },
    );
    ({
      body: { number },
    } = await tickets.open(body, { actor: ada, commandId: 'c1' }));
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('takes the replies of its company and of staff', async () => {
    expect((await tickets.command(number, { actor: ada, commandId: 'c2' }, reply)).body).toMatchObject({ entry: '2' });
    expect((await tickets.command(number, { actor: nina, commandId: 'c3' }, reply)).body).toMatchObject({ entry: '3' });
  });

  it('is followed up once it is closed, from the record and not from the view, and again by a repeat', async () => {
    const origin = { actor: ada, commandId: 'c5', bodyDigest: 'same' };
    const opened = async () => (await store.read(`ticket-${stableId('ticket', origin.commandId)}`)).length > 0;
    await expect(tickets.followUp(number, body, origin)).rejects.toMatchObject({ code: 'ticket.not_closed' });
    expect(await opened()).toBe(false);
    const end = { actor: ada, commandId: 'c6' };
    await tickets.command(number, end, { type: 'WithdrawTicket', data: { reason: 'x' } });
    const first = await tickets.followUp(number, body, origin);
    const back = { actor: ada, commandId: 'c7' };
    await tickets.command(number, back, { type: 'ReopenTicket', data: { reason: 'x' } });
    expect((await tickets.followUp(number, body, origin)).body).toEqual(first.body);
  });

  it('does not exist for another company, by whichever way it asks (R3)', async () => {
    const origin = { actor: mallory, commandId: 'c4' };
    const missing = { kind: 'missing', code: 'ticket.missing' };
    await expect(tickets.idOf(number, mallory)).rejects.toMatchObject(missing);
    await expect(tickets.command(number, origin, reply)).rejects.toMatchObject(missing);
    await expect(tickets.followUp(number, body, origin)).rejects.toMatchObject(missing);
  });
});
