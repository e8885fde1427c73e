import { actorId, type Actor } from '../actor';
import { decide, type Command, type DecisionContext, type Decider } from '../decider';
import { DomainError } from '../errors';
import type { DomainEvent, EventMetadata, RecordedEvent } from '../events';

/** When specs begin, unless they say otherwise. */
export const SOME_TIME = '2026-03-02T09:00:00.000Z';
const SOMEBODY: Actor = { kind: 'system', name: 'spec' };

/** An event as the log would hand it out; what a spec does not care about is filled in. */
export function recorded<E extends DomainEvent>(
  event: E,
  metadata: Partial<EventMetadata> = {},
  revision = 0,
): RecordedEvent<E> {
  return {
    ...event,
    id: `event-${revision}`,
    stream: 'stream-1',
    revision,
    position: String(revision).padStart(16, '0'),
    metadata: {
      actor: actorId(SOMEBODY),
      correlationId: 'command-0',
      causationId: 'command-0',
      commandId: 'command-0',
      time: SOME_TIME,
      hash: '',
      ...metadata,
    },
  } as RecordedEvent<E>;
}

/** What a command led to: events or the code of a refusal. */
export interface Outcome<S, E extends DomainEvent> {
  /** Empty when the command was refused. */
  readonly events: readonly E[];
  readonly refused?: DomainError;
  /** The state after the events. */
  readonly state: S;
  /** Expects exactly these events, or a refusal with this code. */
  then(expected: readonly E[] | string): void;
}

export interface Given<S, C extends Command, E extends DomainEvent, Ctx extends DecisionContext> {
  readonly state: S;
  /** `now` is the time of the last event, the actor Casebook itself and the command `command-1`, unless given. */
  when(command: C, context?: Partial<Ctx>): Outcome<S, E>;
}

/** given(decider, events).when(command, context).then(events or code): one decision on a stream of events. */
export function given<S, C extends Command, E extends DomainEvent, Ctx extends DecisionContext>(
  decider: Decider<S, C, E, Ctx>,
  history: readonly (E | RecordedEvent<E>)[] = [],
): Given<S, C, E, Ctx> {
  const past = history.map((event, index) => ('metadata' in event ? event : recorded(event, {}, index)));
  const fold = (state: S, events: readonly RecordedEvent<E>[]) => events.reduce((s, e) => decider.evolve(s, e), state);
  const state = fold(decider.initial, past);
  const last = past.at(-1)?.metadata.time ?? SOME_TIME;
  return {
    state,
    when(command, parts) {
      const context = { now: last, actor: SOMEBODY, commandId: 'command-1', ...parts } as Ctx;
      const { events, refused } = attempt(() => decide(decider, state, command, context));
      const stamp = { actor: actorId(context.actor), commandId: context.commandId, time: context.now };
      return {
        events,
        ...(refused && { refused }),
        state: fold(
          state,
          events.map((event, index) => recorded(event, stamp, past.length + index)),
        ),
        then: (expected) => {
          expect(refused?.code ?? events).toEqual(expected);
        },
      };
    },
  };
}

function attempt<E>(run: () => readonly E[]): { events: readonly E[]; refused?: DomainError } {
  try {
    return { events: run() };
  } catch (error) {
    if (error instanceof DomainError) return { events: [], refused: error };
    throw error;
  }
}
