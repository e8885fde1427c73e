import { stableId } from '@casebook/commands';
import { DomainError, type Actor } from '@casebook/kernel';
import type { NewTicket, TicketCommandBody, TicketsService, TicketWritten } from '@casebook/ticketing';
import type { DemoWorld } from './world';

const MINUTE = 60_000;

/** One ticket, told step by step on a clock of its own; the steps come a little irregularly, as people do. */
export class Story {
  #at = 0;
  #pace = 10;
  #step = 0;
  #number = '';

  constructor(
    private readonly tickets: TicketsService,
    private readonly world: DemoWorld,
    private readonly until: string,
    private readonly name: string,
  ) {}

  /** Sets the clock `hoursAgo` before the end; steps follow each other after about `pace` minutes. */
  begin(hoursAgo: number, pace: number): void {
    this.#at = Date.parse(this.until) - hoursAgo * 60 * MINUTE;
    this.#pace = pace;
  }

  async open(email: string, ticket: NewTicket): Promise<void> {
    const { body } = await this.tickets.open(ticket, this.#origin(email));
    this.#number = body.number;
  }

  async take(email: string): Promise<void> {
    const actor = this.#actor(email);
    if (actor.kind === 'staff') await this.tickets.assign(this.#number, actor.personId, this.#origin(email));
  }

  async by(email: string, command: TicketCommandBody): Promise<TicketWritten> {
    const { body } = await this.tickets.command(this.#number, this.#origin(email), command);
    return body;
  }

  #origin(email: string) {
    const commandId = stableId('demo', this.name, String(this.#step++));
    const now = new Date(Math.min(this.#at, Date.parse(this.until))).toISOString();
    const late = (this.#step * 7) % 5;
    this.#at += this.#pace * (0.6 + late * 0.25) * MINUTE;
    return { actor: this.#actor(email), commandId, now };
  }

  #actor(email: string): Actor {
    const actor = this.world.actors.get(email);
    if (!actor) throw new DomainError('missing', 'demo.person', `The demo knows no ${email}.`);
    return actor;
  }
}
