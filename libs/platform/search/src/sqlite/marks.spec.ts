import fc from 'fast-check';
import { excerpt, marked, phraseOf } from './marks';

const places = ({ text, marks }: ReturnType<typeof marked>) => marks.map(({ start, end }) => text.slice(start, end));

describe('marks', () => {
  it('cover whole words, without regard to case and accents', () => {
    expect(places(marked('Réplication, REPLICATION and replicas', [phraseOf('replication', false)]))).toEqual([
      'Réplication',
      'REPLICATION',
    ]);
    expect(places(marked('Réplication and replicas', [phraseOf('repl', true)]))).toEqual(['Réplication', 'replicas']);
  });

  it('cover the words of one typed piece only where they stand in a row', () => {
    const phrase = [phraseOf('max_connections', false)];
    expect(places(marked('max_connections, max connections, max other connections', phrase))).toEqual([
      'max_connections',
      'max connections',
    ]);
  });

  it('take the longest of several phrases and never overlap', () => {
    const phrases = [phraseOf('a b c', false), phraseOf('a', false), phraseOf('c', false)];
    expect(places(marked('a b c a c', phrases))).toEqual(['a b c', 'a', 'c']);
  });

  it('find nothing for a piece without words', () => {
    expect(marked('a - b', [phraseOf('-', true)]).marks).toEqual([]);
  });

  it('fit the excerpt, which is a piece of the text around the first place', () => {
    const words = fc.array(fc.constantFrom('needle', 'hay', 'Straw', 'é', '😀', 'x'.repeat(80)), { maxLength: 200 });
    fc.assert(
      fc.property(words, (all) => {
        const text = all.join(' ');
        const found = excerpt(text, [phraseOf('needle', false)]);
        expect(text).toContain(found.text.replace(/^…|…$/g, ''));
        expect(found.text.length).toBeLessThan(400);
        expect(new Set(places(found))).toEqual(new Set(text.includes('needle') ? ['needle'] : []));
      }),
    );
  });
});
