import { needsOf, sidesWithoutNeeds, wordCount } from './can-view';
import type { EntryOf } from './entry-data';
import { entry } from './testing/sample';

const need = (n: number, from: 'customer' | 'vendor' = 'customer') => ({ n, text: `need ${n}`, from });
const report = (number: string, reportId: string, needs = [need(1), need(2)]) =>
  entry(number, 'can_report', {
    reportId,
    sequence: 1,
    conditions: 'two words',
    actions: [],
    needs,
  }) as unknown as ReturnType<typeof entry> & EntryOf<'can_report'>;

describe('The needs of a CAN report', () => {
  const first = report('3', 'r1');

  it('are open in the newest report and met by a later entry', () => {
    const met = entry('4', 'need_met', { reportId: 'r1', n: 2, text: 'need 2' }, 'ada');
    expect(needsOf(first, [first, met]).map(({ state }) => state)).toEqual(['open', 'met']);
  });

  it('are taken up by a newer report to the same audience', () => {
    const second = report('5', 'r2', []);
    expect(needsOf(first, [first, second]).map(({ state }) => state)).toEqual(['superseded', 'superseded']);
  });

  it('stay open after an internal report, which customers do not know of', () => {
    const internal = report('4a', 'r2', []);
    expect(needsOf(first, [first, internal]).map(({ state }) => state)).toEqual(['open', 'open']);
  });

  it('name the sides of which nothing is asked', () => {
    expect(sidesWithoutNeeds(first.data.needs)).toEqual(['vendor', 'third_party']);
  });

  it('count as words of the report', () => {
    expect(wordCount(first)).toBe(6);
  });
});
