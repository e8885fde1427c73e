import { DomainError, type Command, type Decider, type DomainEvent, type EventCatalog } from '@casebook/kernel';
import type { AggregateDefinition } from '../aggregate';

/** A till: the smallest aggregate with a rule, a decision of several events and one of none. */
export interface Till {
  readonly sum: number;
  readonly closed: boolean;
  readonly notes: number;
}
export type TillCommand =
  | Command<'Pay', { readonly amounts: readonly number[] }>
  | Command<'Note', { readonly text: string }>
  | Command<'Close', Record<string, never>>
  | Command<'Open', Record<string, never>>;
export type TillEvent =
  | DomainEvent<'test.Paid', { readonly amount: number; readonly before: number }>
  | DomainEvent<'test.Noted', { readonly text: string | null }>
  | DomainEvent<'test.Closed', { readonly at: string }>
  | DomainEvent<'test.Opened', Record<string, never>>;

export const tillCatalog: EventCatalog = {
  'test.Paid': { sealed: {}, plain: [] },
  'test.Noted': { sealed: { text: 'text' }, plain: [] },
  'test.Closed': { sealed: {}, plain: ['at'] },
  'test.Opened': { sealed: {}, plain: [] },
};

const tillDecider: Decider<Till, TillCommand, TillEvent> = {
  initial: { sum: 0, closed: false, notes: 0 },
  evolve(state, event) {
    switch (event.type) {
      case 'test.Paid':
        return { ...state, sum: state.sum + event.data.amount };
      case 'test.Noted':
        return { ...state, notes: state.notes + 1 };
      case 'test.Closed':
        return { ...state, closed: true };
      case 'test.Opened':
        return { ...state, closed: false };
    }
  },
  decide: {
    Pay(state, { amounts }) {
      if (state.closed) throw new DomainError('conflict', 'till.closed', 'The till is closed.');
      return amounts.map((amount) => ({ type: 'test.Paid', data: { amount, before: state.sum } }));
    },
    Note: (_state, { text }) => [{ type: 'test.Noted', data: { text } }],
    Close: (state, _data, { now }) => (state.closed ? [] : [{ type: 'test.Closed', data: { at: now } }]),
    Open: (state) => (state.closed ? [{ type: 'test.Opened', data: {} }] : []),
  },
};

/** Customers may pay at `shop`; the version they see does not count notes. */
export const tillDefinition: AggregateDefinition<Till, TillCommand, TillEvent> = {
  name: 'till',
  decider: tillDecider,
  checkAccess(_state, command, actor) {
    if (actor.kind === 'customer' && command !== 'Pay')
      throw new DomainError('forbidden', 'till.forbidden', 'Not yours.');
  },
  companyOf: (_state, command) => (command.type === 'Note' ? undefined : 'shop'),
  versionFor: (state, revision, actor) => (actor.kind === 'customer' ? `p${state.sum}` : `r${revision}`),
};
