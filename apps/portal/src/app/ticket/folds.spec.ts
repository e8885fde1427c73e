import type { Entry } from '../api/types';
import { folded, subjectsOf } from './folds';

function entry(number: number, kind: string, more: Partial<Entry> = {}): Entry {
  const at = '2026-11-20T01:00:00.000Z';
  return { id: `e${number}`, number: String(number), audience: 'customer', at, by: 'erin', side: 'vendor', kind, data: {}, ...more }; // prettier-ignore
}

const shown = (entries: readonly Entry[], keep: readonly string[] = []) =>
  folded(entries, ({ number }) => keep.includes(number)).map((run) => run.map(({ number }) => number).join('+'));
const stages = (from: number, count: number, more?: Partial<Entry>) =>
  Array.from({ length: count }, (_, at) => entry(from + at, 'stage', more));

describe('folded', () => {
  it('puts four adjacent changes together, and leaves three alone', () => {
    expect(shown([entry(1, 'opened'), ...stages(2, 3), entry(5, 'reply'), ...stages(6, 4)])).toEqual([
      '1',
      '2',
      '3',
      '4',
      '5',
      '6+7+8+9',
    ]);
  });

  it('never folds what somebody wrote, attached or gave a reason for', () => {
    const reason = entry(3, 'stage', { data: { reason: 'Found it.' } as unknown as Entry['data'] });
    expect(shown([...stages(1, 2), reason, ...stages(4, 2)])).toHaveLength(5);
    expect(shown([...stages(1, 2), entry(3, 'attachment'), ...stages(4, 2)])).toHaveLength(5);
    expect(shown([...stages(1, 2), entry(3, 'workaround_accepted'), ...stages(4, 2)])).toHaveLength(5);
  });

  it('folds internal and public changes, and those of two days, apart', () => {
    expect(shown([...stages(1, 4), ...stages(5, 4, { audience: 'internal' })])).toEqual(['1+2+3+4', '5+6+7+8']);
    expect(shown([...stages(1, 4), ...stages(5, 4, { at: '2026-11-22T01:00:00.000Z' })])).toHaveLength(2);
  });

  it('keeps a run open that holds something new', () => {
    expect(shown(stages(1, 5), ['4'])).toEqual(['1', '2', '3', '4', '5']);
  });
});

it('names what a run is about once', () => {
  expect(subjectsOf([...stages(1, 2), entry(3, 'assigned')])).toBe('stage, owner');
});
