import fc from 'fast-check';
import { endOfSpace, keyOf, recordId } from './record-id';

const unit = fc.constantFrom('a', '\u0001', 'ä', '\ud7ff', '\ue000', '\ufffe', '\uffff', '😀', '\u{10ffff}');
const name = fc.array(unit, { maxLength: 4 }).map((units) => units.join(''));
const sign = (n: number): number => Math.sign(n);
const byBytes = (a: string, b: string): number => sign(Buffer.compare(Buffer.from(a), Buffer.from(b)));
const byUnits = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

describe('the id of a record', () => {
  it('gives the key back', () => {
    fc.assert(
      fc.property(name, name, (space, key) => {
        expect(keyOf(recordId(space, key))).toBe(key);
      }),
    );
  });

  it('keeps the order of UTF-8 bytes, whichever way a server compares texts', () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        const [a, b] = [recordId('s', one), recordId('s', other)];
        expect([byBytes(a, b), byUnits(a, b)]).toEqual([byBytes(one, other), byBytes(one, other)]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('lies in its own space alone', () => {
    fc.assert(
      fc.property(name, name, name, (space, key, other) => {
        const id = recordId(space, key);
        const inside = recordId(other, '') <= id && id < endOfSpace(other);
        expect(inside).toBe(space === other);
      }),
      { numRuns: 2_000 },
    );
  });
});
