import { randomUUID } from 'node:crypto';
import {
  actorId,
  decide,
  DomainError,
  type Actor,
  type Command,
  type Decider,
  type DomainEvent,
  type RecordedEvent,
} from '@casebook/kernel';
import { WrongExpectedRevision, type EventLog, type RecordedCommand, type StreamHead } from '@casebook/event-store';
import { LRUCache } from 'lru-cache';
import type { CommandResult, Envelope } from './envelope';
import { conflictChannel, observed } from './observed';

/** What the one way in for commands must know of an aggregate. */
export interface AggregateDefinition<S, C extends Command, E extends DomainEvent> {
  /** Prefix of its streams: `ticket` gives `ticket-<id>`. */
  readonly name: string;
  readonly decider: Decider<S, C, E>;
  /** Throws DomainError `missing` or `forbidden`. */
  readonly checkAccess: (state: S, command: C['type'], actor: Actor, id: string) => void;
  /** The company that the events belong to, for their metadata. */
  readonly companyOf: (state: S, command: C, id: string) => string | undefined;
  /** Version of the aggregate as this reader sees it, compared with If-Match. */
  readonly versionFor: (state: S, revision: number | 'no-stream', actor: Actor) => string;
  /** Runs after the append and before the answer: what must be true once the sender knows (locks, sessions). */
  readonly afterwards?: (events: readonly RecordedEvent<E>[], state: S) => Promise<void>;
}

/** Completes a command by what must be looked up before a pure decision; runs after the repeat was ruled out. */
export type Lookup<S, C extends Command> = (command: C, state: S, envelope: Envelope<C>) => Promise<C>;

interface Loaded<S> {
  readonly state: S;
  readonly head: StreamHead;
  readonly commands: Map<string, RecordedCommand>;
}

const ATTEMPTS = 8;

/**
 * One aggregate's commands: load → repeat? → check access → look up → decide → append at the revision read → try
 * again on conflict. States are cached by stream and revision; a cached state that another instance has outrun is
 * noticed by the conflict, and refreshed before it may refuse anything.
 */
export class Aggregate<S, C extends Command, E extends DomainEvent> {
  readonly #cache: LRUCache<string, Loaded<S>>;
  /** By stream, the end of the last command in line. */
  readonly #turns = new Map<string, Promise<void>>();

  constructor(
    private readonly definition: AggregateDefinition<S, C, E>,
    private readonly log: EventLog,
    private readonly clock: () => Date,
    cached = 5_000,
  ) {
    this.#cache = new LRUCache({ max: cached });
  }

  stream(id: string): string {
    return `${this.definition.name}-${id}`;
  }

  /** The aggregate's present state and revision, from the log itself and never from a view. */
  async current(id: string): Promise<{ state: S; revision: number | 'no-stream' }> {
    const { state, head } = await this.#fresh(this.stream(id));
    return { state, revision: head.revision };
  }

  /** The cached state where there is one: as fresh as this process's own writes. */
  async cached(id: string): Promise<S> {
    const stream = this.stream(id);
    return (this.#cache.get(stream) ?? (await this.#fresh(stream))).state;
  }

  /** Takes note of an event in the log: a cached state that another instance has outrun is forgotten. */
  outrun(stream: string, revision: number): void {
    const cached = this.#cache.get(stream)?.head.revision;
    if (cached !== undefined && (cached === 'no-stream' || cached < revision)) this.#cache.delete(stream);
  }

  /**
   * Handles one command. Errors are DomainErrors in the sender's words. Commands of one stream take turns in this
   * process, so that a crowd never gets in its own way; lookups and `afterwards` must not wait for another of them.
   */
  async handle(envelope: Envelope<C>, lookup?: Lookup<S, C>): Promise<CommandResult<S, E>> {
    const stream = this.stream(envelope.id);
    const before = this.#turns.get(stream) ?? Promise.resolve();
    const turn = before.then(() =>
      observed(this.definition.name, envelope.command.type, () => this.#handle(stream, envelope, lookup)),
    );
    const over = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#turns.set(stream, over);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(stream) === over) this.#turns.delete(stream);
    }
  }

  async #handle(stream: string, envelope: Envelope<C>, lookup: Lookup<S, C> | undefined): Promise<CommandResult<S, E>> {
    for (let attempt = 1; ; attempt++) {
      const cached = attempt === 1 ? this.#cache.get(stream) : undefined;
      const loaded = cached ?? (await this.#fresh(stream));
      try {
        const result = await this.#attempt(stream, loaded, envelope, lookup);
        if (result.events.length > 0 || !cached) return result;
        // "Nothing to do" from a cached state holds only if no other instance has written meanwhile.
        const refreshed = await this.#fresh(stream);
        if (refreshed.head.revision === cached.head.revision) return result;
      } catch (error) {
        if (error instanceof WrongExpectedRevision) conflictChannel.publish({ aggregate: this.definition.name });
        if (error instanceof WrongExpectedRevision && attempt < ATTEMPTS) continue;
        if (error instanceof WrongExpectedRevision) {
          throw new DomainError('conflict', 'busy', 'Too many changes at once. Please send it again.');
        }
        if (cached && error instanceof DomainError) {
          const refreshed = await this.#fresh(stream);
          if (refreshed.head.revision !== cached.head.revision) continue;
        }
        throw error;
      }
    }
  }

  async #attempt(
    stream: string,
    loaded: Loaded<S>,
    envelope: Envelope<C>,
    lookup: Lookup<S, C> | undefined,
  ): Promise<CommandResult<S, E>> {
    const { definition } = this;
    const before = loaded.commands.get(envelope.commandId);
    if (before) return this.#repeat(stream, loaded, envelope, before);

    definition.checkAccess(loaded.state, envelope.command.type, envelope.actor, envelope.id);
    if (
      envelope.ifMatch?.includes(definition.versionFor(loaded.state, loaded.head.revision, envelope.actor)) === false
    ) {
      throw new DomainError(
        'stale',
        `${definition.name}.stale`,
        'Somebody was faster: this has changed since you read it. Nothing was saved; read the new entries, then send again.',
      );
    }
    const command = lookup ? await lookup(envelope.command, loaded.state, envelope) : envelope.command;
    const now = laterOf(envelope.now ?? this.clock().toISOString(), loaded.head.time);
    const facts = decide(definition.decider, loaded.state, command, {
      now,
      actor: envelope.actor,
      commandId: envelope.commandId,
    });
    if (facts.length === 0) {
      return { events: [], state: loaded.state, revision: loaded.head.revision, repeated: false };
    }
    const companyId = definition.companyOf(loaded.state, command, envelope.id);
    const correlationId = envelope.correlationId ?? envelope.commandId;
    const appended = await this.log.append<E>(stream, loaded.head, facts, {
      actor: actorId(envelope.actor),
      ...(envelope.onBehalfOf !== undefined && { onBehalfOf: envelope.onBehalfOf }),
      ...(companyId !== undefined && { companyId }),
      correlationId,
      causationId: envelope.causationId ?? envelope.commandId,
      commandId: envelope.commandId,
      ...(envelope.bodyDigest !== undefined && { bodyDigest: envelope.bodyDigest }),
      time: now,
    });
    return this.#remember(stream, loaded, appended.events, appended.head, envelope);
  }

  async #remember(
    stream: string,
    loaded: Loaded<S>,
    events: readonly RecordedEvent<E>[],
    head: StreamHead,
    envelope: Envelope<C>,
  ): Promise<CommandResult<S, E>> {
    const state = events.reduce((s, event) => this.definition.decider.evolve(s, event), loaded.state);
    const first = events[0];
    const last = events.at(-1);
    if (first && last) {
      loaded.commands.set(envelope.commandId, {
        first: first.revision,
        last: last.revision,
        ...(envelope.bodyDigest !== undefined && { bodyDigest: envelope.bodyDigest }),
      });
    }
    this.#cache.set(stream, { state, head, commands: loaded.commands });
    await this.definition.afterwards?.(events, state);
    return { events, state, revision: head.revision, ...(last && { position: last.position }), repeated: false };
  }

  async #repeat(
    stream: string,
    loaded: Loaded<S>,
    envelope: Envelope<C>,
    before: RecordedCommand,
  ): Promise<CommandResult<S, E>> {
    if (envelope.bodyDigest !== before.bodyDigest) {
      throw new DomainError(
        'mismatch',
        'idempotency.mismatch',
        'This idempotency key was used for another request already. Use a new one.',
      );
    }
    const { events } = await this.log.load<E>(stream, before.first);
    const own = events.filter((event) => event.revision <= before.last);
    const last = own.at(-1);
    // A first attempt that died between its append and what follows it is completed by the repeat.
    await this.definition.afterwards?.(own, loaded.state);
    return {
      events: own,
      state: loaded.state,
      revision: loaded.head.revision,
      ...(last && { position: last.position }),
      repeated: true,
    };
  }

  async #fresh(stream: string): Promise<Loaded<S>> {
    const known = this.#cache.get(stream);
    const from = known && known.head.revision !== 'no-stream' ? known.head.revision + 1 : 0;
    const base = from > 0 ? known : undefined;
    const { events, head, commands } = await this.log.load<E>(stream, from);
    if (base && events.length === 0) return base;
    const state = events.reduce(
      (s, event) => this.definition.decider.evolve(s, event),
      base ? base.state : this.definition.decider.initial,
    );
    const loaded: Loaded<S> = { state, head, commands: new Map([...(base?.commands ?? []), ...commands]) };
    if (head.revision !== 'no-stream') this.#cache.set(stream, loaded);
    return loaded;
  }
}

function laterOf(now: string, last: string): string {
  return now > last ? now : last;
}

/** A command id for a command that nobody can repeat. */
export function freshCommandId(): string {
  return randomUUID();
}
