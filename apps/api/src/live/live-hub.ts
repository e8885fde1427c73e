import type { PositionSeal } from '@casebook/http';
import type { Actor, Position, RecordedEvent } from '@casebook/kernel';
import type { Views } from '@casebook/read-model';
import { audienceOf, type TicketAggregate, type TicketEvent } from '@casebook/ticketing';

/** One change, told without its content: who may see it fetches it. */
interface LiveMessage {
  readonly position: Position;
  readonly audience: 'customer' | 'internal';
  readonly companyId: string | undefined;
  readonly topic: 'ticket' | 'queue' | 'user';
  readonly id: string;
  /** A new ticket, for the banner and sound at the vendor's side (R54). */
  readonly alert?: { readonly severity?: string; readonly type: string };
}

/** Where messages of one browser go. */
export interface LiveConnection {
  readonly actor: Actor;
  readonly sessionKey: string | undefined;
  /** Whether what let this connection in still holds; asked with every heartbeat. */
  stillAllowed(): Promise<boolean>;
  /** Writes one piece of an event stream. */
  write(text: string): void;
  close(): void;
}

/** Messages kept for browsers that come back (`Last-Event-ID`). */
const REMEMBERED = 10_000;
export const HEARTBEAT_MS = 15_000;

export interface LiveDependencies {
  readonly runner: Views;
  readonly tickets: TicketAggregate;
  readonly seal: PositionSeal;
}

/** Tells every open page of changes, after the views have handled them, cut to what each reader may know. */
export class LiveHub {
  readonly #connections = new Set<LiveConnection>();
  readonly #remembered: LiveMessage[] = [];
  /** Everything after this position is remembered. */
  #since: Position = '';
  #telling: Promise<void> = Promise.resolve();
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(private readonly deps: LiveDependencies) {}

  /** Begins to follow the views. */
  start(): void {
    this.#since = this.deps.runner.handled ?? '';
    this.deps.runner.onHandled((events) => {
      this.#telling = this.#telling.then(() => this.#tell(events)).catch(() => undefined);
    });
    this.#heartbeat = setInterval(() => void this.#beat(), HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  stop(): void {
    clearInterval(this.#heartbeat);
    for (const connection of this.#connections) connection.close();
    this.#connections.clear();
  }

  get size(): number {
    return this.#connections.size;
  }

  /** How many connections a person holds. */
  countOf(personId: string): number {
    let count = 0;
    for (const { actor } of this.#connections) if (actor.kind !== 'system' && actor.personId === personId) count++;
    return count;
  }

  /** Adds a connection; first it gets what it missed since `lastEventId`, or is told to load everything anew. */
  add(connection: LiveConnection, lastEventId?: string): void {
    if (lastEventId !== undefined) this.#resume(connection, lastEventId);
    this.#connections.add(connection);
  }

  remove(connection: LiveConnection): void {
    this.#connections.delete(connection);
  }

  /** Ends a connection whose rights are over. */
  async check(connection: LiveConnection): Promise<void> {
    const allowed = await connection.stillAllowed().catch(() => true);
    if (!allowed) this.#closeWhere((one) => one === connection);
  }

  /** Ends all connections of a person at once: locked, or with other rights. */
  closePerson(personId: string): void {
    this.#closeWhere(({ actor }) => actor.kind !== 'system' && actor.personId === personId);
  }

  /** Ends the connections of one session: signed out, or now in another company. */
  closeSession(key: string): void {
    this.#closeWhere(({ sessionKey }) => sessionKey === key);
  }

  #closeWhere(matches: (connection: LiveConnection) => boolean): void {
    for (const connection of this.#connections) {
      if (!matches(connection)) continue;
      connection.write('event: bye\ndata: {}\n\n');
      connection.close();
      this.#connections.delete(connection);
    }
  }

  #resume(connection: LiveConnection, lastEventId: string): void {
    const position = this.#open(lastEventId);
    if (position === undefined || position < this.#since) {
      connection.write('event: reload\ndata: {}\n\n');
      return;
    }
    for (const message of this.#remembered) {
      if (message.position > position && maySee(connection.actor, message)) connection.write(this.#text(message));
    }
  }

  #open(token: string): Position | undefined {
    try {
      return this.deps.seal.open(token);
    } catch {
      return undefined;
    }
  }

  async #tell(events: readonly RecordedEvent[]): Promise<void> {
    for (const event of events) {
      const messages = await this.#messages(event as RecordedEvent<TicketEvent>);
      for (const message of messages) {
        this.#remembered.push(message);
        const text = this.#text(message);
        for (const connection of this.#connections) {
          if (maySee(connection.actor, message)) connection.write(text);
        }
      }
    }
    const forgotten = this.#remembered.splice(0, Math.max(0, this.#remembered.length - REMEMBERED));
    this.#since = forgotten.at(-1)?.position ?? this.#since;
  }

  async #messages(event: RecordedEvent<TicketEvent>): Promise<LiveMessage[]> {
    const { position, metadata, stream } = event;
    if (event.type.startsWith('accounts.Member') || event.type.startsWith('accounts.Staff')) void this.#closeEnded();
    if (stream.startsWith('company-') && event.type.startsWith('accounts.')) {
      const companyId = stream.slice('company-'.length);
      return [{ position, audience: 'customer', companyId, topic: 'user', id: companyId }];
    }
    if (!stream.startsWith('ticket-')) return [];
    const ticket = await this.deps.tickets.cached(stream.slice('ticket-'.length));
    if (!ticket) return [];
    const about = { position, companyId: metadata.companyId, id: ticket.number };
    const change: LiveMessage = { ...about, audience: audienceOf(event), topic: 'ticket' };
    if (event.type !== 'ticketing.TicketOpened') return [change];
    const { severity, type } = event.data;
    const alert = { type, ...(severity && { severity }) };
    return [change, { ...about, audience: 'internal', topic: 'queue', alert }];
  }

  #text({ topic, id, position, alert }: LiveMessage): string {
    const token = this.deps.seal.seal(position);
    const data = { topic, id, position: token, ...(alert && { alert: true, ...alert }) };
    return `event: change\nid: ${token}\ndata: ${JSON.stringify(data)}\n\n`;
  }

  /** Keeps connections open, and closes those whose rights ended by time alone. */
  async #beat(): Promise<void> {
    for (const connection of this.#connections) connection.write(': heartbeat\n\n');
    await this.#closeEnded();
  }

  /** Closes connections whose rights have ended, also by what another instance did. */
  async #closeEnded(): Promise<void> {
    for (const connection of this.#connections) {
      await this.check(connection);
    }
  }
}

function maySee(actor: Actor, message: LiveMessage): boolean {
  return actor.kind === 'customer'
    ? message.audience === 'customer' && message.companyId === actor.companyId
    : actor.kind === 'staff';
}
