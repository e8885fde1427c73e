import type { Command, Decider } from '../decider';
import { DomainError } from '../errors';
import type { DomainEvent } from '../events';
import { given, recorded, SOME_TIME } from './given';
import { keptAs, stringsIn, without } from './strings';

type Counted = DomainEvent<'test.Counted', { readonly by: number; readonly at: string }>;
const counter: Decider<number, Command<'Count', { readonly by: number }>, Counted> = {
  initial: 0,
  evolve: (state, event) => state + event.data.by,
  decide: {
    Count(_state, { by }, { now }) {
      if (by < 0) throw new DomainError('invalid', 'count.negative', 'Count upwards.');
      if (Number.isNaN(by)) throw new TypeError('not a number');
      return by === 0 ? [] : [{ type: 'test.Counted', data: { by, at: now } }];
    },
  },
};
const counted = (by: number, at = SOME_TIME): Counted => ({ type: 'test.Counted', data: { by, at } });
const count = (by: number) => ({ type: 'Count', data: { by } }) as const;

describe('given, when, then', () => {
  it('compares what happened with what was expected, and fails where they differ', () => {
    const outcome = given(counter, [counted(1)]).when(count(2));
    outcome.then([counted(2)]);
    for (const other of [[counted(3)], [], [counted(2), counted(2)], 'count.negative']) {
      expect(() => {
        outcome.then(other);
      }).toThrow();
    }
  });

  it('tells a refusal from nothing to do', () => {
    const [refused, nothing] = [given(counter).when(count(-1)), given(counter).when(count(0))];
    refused.then('count.negative');
    nothing.then([]);
    expect(() => {
      refused.then([]);
    }).toThrow();
    expect(() => {
      nothing.then('count.negative');
    }).toThrow();
  });

  it('hides no error that is not a refusal', () => {
    expect(() => given(counter).when(count(Number.NaN))).toThrow(TypeError);
  });

  it('gives the state before and after, and goes on at the time of the last event', () => {
    const before = given(counter, [counted(1), recorded(counted(2), { time: '2026-04-01T00:00:00.000Z' })]);
    expect(before.state).toBe(3);
    const outcome = before.when(count(4));
    expect([outcome.state, outcome.events]).toEqual([7, [counted(4, '2026-04-01T00:00:00.000Z')]]);
    before.when(count(4), { now: SOME_TIME }).then([counted(4)]);
  });
});

describe('strings of an event', () => {
  const data = { a: 'x', n: 1, list: ['y'], rows: [{ text: 'z', none: null }, { text: 'w' }] };

  it('are found with the paths that catalogues write', () => {
    expect(stringsIn(data).map(({ path, text }) => `${path}=${text}`)).toEqual([
      'a=x',
      'list[]=y',
      'rows[].text=z',
      'rows[].text=w',
    ]);
  });

  it('are sealed, plain, both or neither', () => {
    const type = { sealed: { a: 'text', b: 'text' }, plain: ['b', 'c'] } as const;
    expect(['a', 'b', 'c', 'toString'].map((path) => keptAs(type, path))).toEqual([
      'sealed',
      'both',
      'plain',
      'neither',
    ]);
  });

  it('read as null once destroyed, and leave all else as it was', () => {
    expect(without(data, (path) => path === 'rows[].text')).toEqual({
      ...data,
      rows: [{ text: null, none: null }, { text: null }],
    });
  });
});
