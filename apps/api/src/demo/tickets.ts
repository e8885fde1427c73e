import type { NewTicket, TicketsService } from '@casebook/ticketing';
import { Story } from './story';
import { SCENARIOS, TASKS, type Scenario } from './scenarios';
import type { DemoWorld } from './world';

export interface SeedTicketsInput {
  readonly tickets: TicketsService;
  readonly world: DemoWorld;
  /** ISO: the demo's stories end here. */
  readonly until: string;
  readonly say: (line: string) => void;
}

/** How far a story is told. */
type Ending = 'new' | 'taken' | 'asked' | 'answered' | 'workaround' | 'applied' | 'resolution' | 'closed' | 'withdrawn';

/** A plan of one ticket: which problem, whose, how long ago in hours, and how far it got. */
interface Plot {
  readonly scenario: number;
  readonly company: number;
  readonly hoursAgo: number;
  readonly ending: Ending;
}

const COMPANIES = [
  { service: 'production-24x7', people: ['ada@acme.example', 'marta@acme.example', 'uma@acme.example'] },
  {
    service: 'production-24x7',
    people: ['gus@globex.example', 'noa@globex.example', 'cora@consult.example for Globex Energy'],
  },
  { service: 'business-8x5', people: ['ichiro@initech.example', 'yui@initech.example'] },
] as const;
const ENGINEERS = ['erin@support.example', 'priya@support.example', 'tomasz@support.example', 'ines@support.example'];

/** What is under way now: every stage is there. */
const CURRENT: readonly Plot[] = [
  { scenario: 0, company: 0, hoursAgo: 3, ending: 'workaround' },
  { scenario: 1, company: 1, hoursAgo: 0.4, ending: 'new' },
  { scenario: 6, company: 0, hoursAgo: 1.2, ending: 'answered' },
  { scenario: 2, company: 1, hoursAgo: 5, ending: 'applied' },
  { scenario: 3, company: 0, hoursAgo: 2, ending: 'taken' },
  { scenario: 5, company: 1, hoursAgo: 7, ending: 'asked' },
  { scenario: 4, company: 0, hoursAgo: 26, ending: 'resolution' },
  { scenario: 15, company: 1, hoursAgo: 30, ending: 'workaround' },
  { scenario: 7, company: 2, hoursAgo: 20, ending: 'asked' },
  { scenario: 8, company: 0, hoursAgo: 44, ending: 'answered' },
  { scenario: 9, company: 2, hoursAgo: 6, ending: 'new' },
  { scenario: 10, company: 1, hoursAgo: 50, ending: 'asked' },
  { scenario: 11, company: 1, hoursAgo: 70, ending: 'applied' },
  { scenario: 12, company: 0, hoursAgo: 90, ending: 'resolution' },
  { scenario: 13, company: 2, hoursAgo: 28, ending: 'new' },
  { scenario: 14, company: 0, hoursAgo: 100, ending: 'answered' },
];

/** Plays about sixty tickets of the last six months by sending the commands that people would have sent. */
export async function seedTickets({ tickets, world, until, say }: SeedTicketsInput): Promise<void> {
  const plots = [...history(), ...CURRENT].sort((a, b) => b.hoursAgo - a.hoursAgo);
  let told = 0;
  for (const [index, plot] of plots.entries()) {
    await tell(new Story(tickets, world, until, `plot ${index}`), plot, index);
    if (++told % 20 === 0) say(`  ${told} of ${plots.length + TASKS.length} tickets`);
  }
  for (const [index, task] of TASKS.entries())
    await tellTask(new Story(tickets, world, until, `task ${index}`), task, index);
}

/** Closed tickets of the last half year, spread evenly, problems in turn. */
function history(): readonly Plot[] {
  return Array.from({ length: 40 }, (_, n) => ({
    scenario: (n * 7 + 3) % SCENARIOS.length,
    company: n % 3,
    hoursAgo: 120 + n * 106 + (n % 5) * 9,
    ending: n % 9 === 4 ? ('withdrawn' as const) : ('closed' as const),
  }));
}

async function tell(story: Story, { scenario: which, company, hoursAgo, ending }: Plot, index: number): Promise<void> {
  const scenario = SCENARIOS[which];
  const firm = COMPANIES[company];
  if (!scenario || !firm) return;
  const customer = firm.people[index % firm.people.length] ?? firm.people[0];
  const engineer = ENGINEERS[index % ENGINEERS.length] ?? 'erin@support.example';
  const priority = scenario.severity === 'S1' || scenario.severity === 'S2';
  const pace = priority ? 12 : 95;
  story.begin(hoursAgo, pace);
  await story.open(customer, ticketOf(scenario, firm.service));
  const past = (stage: Ending) => ORDER.indexOf(ending) >= ORDER.indexOf(stage);
  if (ending === 'withdrawn') {
    await story.by(customer, {
      type: 'WithdrawTicket',
      data: { reason: 'It was our own test environment. Sorry for the noise.' },
    });
    return;
  }
  if (!past('taken')) return;
  await story.take(engineer);
  if (!past('asked')) return;
  await story.by(engineer, { type: 'PostReply', data: { body: scenario.ask } });
  await story.by(engineer, { type: 'AddNote', data: { body: scenario.note } });
  if (!past('answered')) return;
  await story.by(customer, { type: 'PostReply', data: { body: scenario.answer } });
  if (priority) await story.by(engineer, canReport(scenario));
  if (scenario.severity !== 'S4') await remedy(story, scenario, customer, engineer, past);
  if (!past('resolution')) return;
  const resolution = await story.by(engineer, {
    type: 'ProposeResolution',
    data: { symptoms: scenario.conditions, rootCause: scenario.rootCause, steps: scenario.steps },
  });
  if (!past('closed') || resolution.resolutionId === undefined) return;
  await story.by(customer, { type: 'AcceptResolution', data: { resolutionId: resolution.resolutionId } });
}

const ORDER: readonly Ending[] = ['new', 'taken', 'asked', 'answered', 'workaround', 'applied', 'resolution', 'closed'];

async function remedy(
  story: Story,
  scenario: Scenario,
  customer: string,
  engineer: string,
  past: (stage: Ending) => boolean,
): Promise<void> {
  if (!past('workaround')) return;
  const { workaroundId } = await story.by(engineer, { type: 'ProposeWorkaround', data: { body: scenario.workaround } });
  if (!past('applied') || workaroundId === undefined) return;
  await story.by(customer, { type: 'AcceptWorkaround', data: { workaroundId } });
  await story.by(customer, { type: 'MarkWorkaroundApplied', data: { workaroundId } });
  if (!past('resolution')) return;
  await story.by(customer, { type: 'MarkWorkaroundWorked', data: { workaroundId } });
}

function canReport({ conditions, impact, severity }: Scenario) {
  return {
    type: 'FileCanReport' as const,
    data: {
      audience: 'customer' as const,
      conditions,
      impact,
      actions: [
        { text: 'Read the logs and the state of the servers', owner: 'Support', status: 'done' as const },
        { text: 'Prepare a way around it', owner: 'Support', status: 'in_progress' as const },
        { text: 'Second pair of eyes on the steps', owner: 'Support', status: 'planned' as const },
      ],
      needs: [
        {
          text:
            severity === 'S1'
              ? 'Somebody who can act on the servers, on the phone'
              : 'Decide on the workaround once it is proposed',
          from: 'customer' as const,
        },
      ],
    },
  };
}

function ticketOf(scenario: Scenario, service: string): NewTicket {
  return {
    service,
    type: 'issue',
    severity: scenario.severity,
    products: scenario.products,
    subject: scenario.subject,
    description: scenario.description,
    environment: scenario.severity === 'S4' ? 'Planning' : 'Production',
    impact: scenario.impact,
    hosts: scenario.hosts,
  };
}

async function tellTask(story: Story, task: (typeof TASKS)[number], index: number): Promise<void> {
  const { subject, description, done } = task;
  const customer = index % 2 === 0 ? 'ada@acme.example' : 'uma@acme.example';
  const engineer = ENGINEERS[(index + 1) % ENGINEERS.length] ?? 'erin@support.example';
  story.begin(40 + index * 160, 200);
  await story.open(customer, {
    service: index % 2 === 0 ? 'remote-dba' : 'cloud-dba',
    type: 'task',
    products: [{ id: 'postgresql', version: '16.13' }],
    subject,
    description,
  });
  if (index === 0) return;
  await story.take(engineer);
  await story.by(engineer, {
    type: 'PostReply',
    data: { body: 'Planned. We write here before we begin and when it is done.', owes: 'vendor' },
  });
  if (index === 1) return;
  const { resolutionId } = await story.by(engineer, {
    type: 'ProposeResolution',
    data: { symptoms: subject, rootCause: 'A planned task.', steps: done },
  });
  if (index === 2 || resolutionId === undefined) return;
  await story.by(customer, { type: 'AcceptResolution', data: { resolutionId } });
}
