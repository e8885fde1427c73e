import { stableId } from '@casebook/commands';
import type { Actor } from '@casebook/kernel';
import type { StateStore } from '@casebook/state';
import type { TicketsService } from '@casebook/ticketing';
import type { Services } from '../services';
import { DEMO_COMPANIES, DEMO_CONSULTANT, DEMO_STAFF } from './people';
import { seedTickets } from './tickets';
import type { DemoWorld } from './world';

const SYSTEM: Actor = { kind: 'system', name: 'demo' };

export interface SeedInput {
  readonly services: Services;
  readonly tickets: TicketsService;
  readonly state: StateStore;
  /** Tells the terminal what is happening. */
  readonly say: (line: string) => void;
  /** ISO time that the demo's last day ends at; default now. Same seed and same end, same data. */
  readonly until?: string;
}

/**
 * Fills an empty demo directory by sending commands, as users would. Every command id is derived, so a seeding that
 * was interrupted is completed by the next start.
 */
export async function seedDemo({ services, tickets, state, say, until }: SeedInput): Promise<void> {
  if (await state.get('demo', 'seeded')) return;
  const began = await state.get<string>('demo', 'until');
  const end = began?.value ?? until ?? new Date().toISOString();
  if (!began) await state.set('demo', 'until', end);
  say('Making demo data: 3 companies, their people, half a year of tickets …');
  const world = await seedPeople(services, end);
  await seedTickets({ tickets, world, until: end, say });
  await state.set('demo', 'seeded', true);
}

/** The demo's companies, people and staff. */
export async function seedPeople({ accounts, runner }: Services, until: string): Promise<DemoWorld> {
  const from = new Date(Date.parse(until) - 400 * 86_400_000).toISOString();
  const expires = new Date(Date.parse(until) + 400 * 86_400_000).toISOString();
  const actors = new Map<string, Actor>();
  const companyIds = new Map<string, string>();
  for (const { roles, ...person } of DEMO_STAFF) {
    const personId = await accounts.addStaff(person, roles, SYSTEM, demoPerson(person.email, from));
    actors.set(person.email, { kind: 'staff', personId, roles });
  }
  const omar = actors.get('omar@support.example');
  for (const company of DEMO_COMPANIES) {
    const id = stableId('demo-company', company.name);
    companyIds.set(company.name, id);
    const send = (key: string, command: Parameters<typeof accounts.company$>[0]['command']) =>
      accounts.company$({ id, command, actor: SYSTEM, commandId: stableId('demo', id, key), now: from });
    await send('register', {
      type: 'RegisterCompany',
      data: { name: company.name, timeZone: company.timeZone, mailDomains: [company.mailDomain] },
    });
    await send('limit', { type: 'SetContactLimit', data: { limit: company.contactLimit } });
    if (omar?.kind === 'staff') {
      await send('owner', { type: 'NameAccountOwner', data: { personId: omar.personId } });
    }
    for (const serviceId of company.services) {
      await send(`service ${serviceId}`, {
        type: 'StartSubscription',
        data: { serviceId, planId: company.plan, from, until: expires },
      });
    }
    for (const { role, ...person } of company.people) {
      const { personId } = await accounts.register(person, SYSTEM, demoPerson(person.email, from));
      await send(`invite ${person.email}`, { type: 'InviteMember', data: { personId, role } });
      await send(`join ${person.email}`, { type: 'JoinMember', data: { personId } });
      actors.set(person.email, { kind: 'customer', personId, companyId: id, role });
    }
  }
  await seedConsultant(accounts, companyIds, actors, from);
  const end = runner.handled;
  if (end !== undefined) await runner.waitFor(end);
  return { actors };
}

async function seedConsultant(
  accounts: Services['accounts'],
  companyIds: ReadonlyMap<string, string>,
  actors: Map<string, Actor>,
  now: string,
): Promise<void> {
  const { companies, ...person } = DEMO_CONSULTANT;
  const { personId } = await accounts.register(person, SYSTEM, demoPerson(person.email, now));
  for (const { name, role } of companies) {
    const id = companyIds.get(name);
    if (id === undefined) continue;
    const base = { id, actor: SYSTEM, now };
    await accounts.company$({
      ...base,
      command: { type: 'InviteMember', data: { personId, role } },
      commandId: stableId('demo', id, 'invite', person.email),
    });
    await accounts.company$({
      ...base,
      command: { type: 'JoinMember', data: { personId } },
      commandId: stableId('demo', id, 'join', person.email),
    });
    actors.set(`${person.email} for ${name}`, { kind: 'customer', personId, companyId: id, role });
  }
}

/** The same people have the same ids in every demo. */
function demoPerson(email: string, now: string) {
  return { personId: stableId('demo-person', email), now };
}
