import type { Actor } from './actor';
import type { DomainEvent, RecordedEvent } from './events';

/** A wish in the imperative, told apart by `type`. */
export interface Command<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

/** What a decision may look at besides state and command. Pure code has no clock, no ids, no I/O: they come from here. */
export interface DecisionContext {
  /** ISO time in UTC with milliseconds: the time the events will carry. */
  readonly now: string;
  readonly actor: Actor;
  /** The id of the command; ids of things that a decision creates are derived from it. */
  readonly commandId: string;
}

/** One function per command type: state, command data, context → events. Nothing to do is `[]`. */
export type Decisions<S, C extends Command, E extends DomainEvent, Ctx extends DecisionContext = DecisionContext> = {
  readonly [K in C['type']]: (state: S, data: Extract<C, { type: K }>['data'], context: Ctx) => readonly E[];
};

/** An aggregate's pure core. A missing decision is a compile error. */
export interface Decider<S, C extends Command, E extends DomainEvent, Ctx extends DecisionContext = DecisionContext> {
  /** The state of a stream without events. */
  readonly initial: S;
  readonly decide: Decisions<S, C, E, Ctx>;
  readonly evolve: (state: S, event: RecordedEvent<E>) => S;
}

/** Runs the decision of one command. */
export function decide<S, C extends Command, E extends DomainEvent, Ctx extends DecisionContext>(
  decider: Decider<S, C, E, Ctx>,
  state: S,
  command: C,
  context: Ctx,
): readonly E[] {
  const decision = decider.decide[command.type as C['type']];
  return decision(state, command.data, context);
}
