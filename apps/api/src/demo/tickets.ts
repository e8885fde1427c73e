import { stableId } from '@casebook/commands';
import type { TicketsService } from '@casebook/ticketing';
import type { DemoWorld } from './seed';

export interface SeedTicketsInput {
  readonly tickets: TicketsService;
  readonly world: DemoWorld;
  /** ISO: the demo's stories end here. */
  readonly until: string;
  readonly say: (line: string) => void;
}

/** Plays the demo's tickets. */
export async function seedTickets({ tickets, world, until }: SeedTicketsInput): Promise<void> {
  const ada = world.actors.get('ada@acme.example');
  if (!ada) return;
  await tickets.open(
    {
      service: 'production-24x7',
      type: 'issue',
      severity: 'S2',
      products: [{ id: 'postgresql', version: '16.13' }],
      subject: 'Standby stopped replaying: requested WAL segment has already been removed',
      description: 'After the network maintenance the standby does not come back.',
    },
    { actor: ada, commandId: stableId('demo-ticket', '1'), now: until },
  );
}
