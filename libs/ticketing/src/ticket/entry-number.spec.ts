import fc from 'fast-check';
import { nextEntry, NO_ENTRIES, type EntryCount } from './entry-number';

function number(audiences: readonly ('customer' | 'internal')[]): string[] {
  let count: EntryCount = NO_ENTRIES;
  return audiences.map((audience) => {
    const next = nextEntry(count, audience);
    count = next.count;
    return next.entry;
  });
}

const someAudiences = fc.array(fc.constantFrom('customer' as const, 'internal' as const), { maxLength: 200 });
/** Base 26 without a zero, the other way round: what a reader makes of the letters. */
const worth = (letters: string) => [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 96, 0);

describe('entry numbers (D10)', () => {
  it('count public entries 1, 2, 3', () => {
    expect(number(['customer', 'customer', 'customer'])).toEqual(['1', '2', '3']);
  });

  it('letter internal entries after the last public one', () => {
    expect(number(['customer', 'internal', 'internal', 'customer', 'internal'])).toEqual(['1', '1a', '1b', '2', '2a']);
  });

  it('go on from 7z to 7aa, from 7az to 7ba and from 7zz to 7aaa', () => {
    const seven = nextEntry({ public: 6, internal: 0 }, 'customer').count;
    const after = (internal: number) => nextEntry({ ...seven, internal }, 'internal').entry;
    expect([after(0), after(24), after(25), after(26), after(51), after(52)]).toEqual([
      '7a',
      '7y',
      '7z',
      '7aa',
      '7az',
      '7ba',
    ]);
    expect([after(26 * 27 - 1), after(26 * 27)]).toEqual(['7zz', '7aaa']);
  });

  it('show a customer no gap, however many internal entries lie between', () => {
    fc.assert(
      fc.property(someAudiences, (audiences) => {
        const shown = number(audiences).filter((_, index) => audiences[index] === 'customer');
        expect(shown).toEqual(shown.map((_, index) => String(index + 1)));
      }),
    );
  });

  it('cite the last public entry and count from 1 after it for every internal one', () => {
    fc.assert(
      fc.property(someAudiences, (audiences) => {
        let last = 0;
        let internal = 0;
        for (const [index, entry] of number(audiences).entries()) {
          if (audiences[index] === 'customer') [last, internal] = [last + 1, 0];
          else {
            internal += 1;
            expect(entry.startsWith(String(last))).toBe(true);
            expect(worth(entry.slice(String(last).length))).toBe(internal);
          }
        }
      }),
    );
  });

  it('never repeat', () => {
    fc.assert(
      fc.property(someAudiences, (audiences) => {
        expect(new Set(number(audiences)).size).toBe(audiences.length);
      }),
    );
  });
});
