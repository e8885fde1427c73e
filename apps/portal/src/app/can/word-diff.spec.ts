import { shortened, wordCount, wordDiff } from './word-diff';

function written(before: string, after: string): string {
  return wordDiff(before, after)
    .map(({ kind, text }) => (kind === 'same' ? text : kind === 'ins' ? `[+${text}]` : `[-${text}]`))
    .join('');
}

describe('wordDiff', () => {
  it('marks words that went and came', () => {
    expect(written('it is 184 GB behind', 'it is 186 GB behind')).toBe('it is [-184 ][+186 ]GB behind');
  });

  it('keeps a word when only the punctuation behind it changes', () => {
    expect(written('complete in Barman. Healthy.', 'complete in Barman, no rebuild needed. Healthy.')).toBe(
      'complete in Barman[+, no rebuild needed]. Healthy.',
    );
  });

  it('takes numbers, times and positions with points or colons as one word', () => {
    expect(written('from 2A7/5C at 22:10, 1.5 GB', 'from 2A7/5C at 22:40, 1.6 GB')).toBe(
      'from 2A7/5C at [-22:10][+22:40], [-1.5 ][+1.6 ]GB',
    );
  });

  it('gives back the new text from what stayed and came, and the old one from what stayed and went', () => {
    const before = 'The standby waits. The primary is healthy, its disk 41 % full.';
    const after = 'The primary is well, its disk is 43 % full. The standby streams.';
    const parts = wordDiff(before, after);
    const without = (kind: string) =>
      parts
        .filter((part) => part.kind !== kind)
        .map(({ text }) => text.trim())
        .join(' ')
        .replace(/ ([.,])/g, '$1');
    expect(without('del')).toBe(after);
    expect(without('ins')).toBe(before);
  });

  it('shows texts too long to compare as wholly rewritten', () => {
    const long = 'word '.repeat(2_001);
    expect(wordDiff(long, 'short').map(({ kind }) => kind)).toEqual(['del', 'ins']);
    expect(wordDiff(long, long)).toEqual([{ kind: 'same', text: long }]);
  });
});

describe('shortened', () => {
  it('cuts long runs that stayed, on the side away from the change', () => {
    const run = Array.from({ length: 20 }, (_, index) => `w${index}`).join(' ');
    const [head, , tail] = shortened(wordDiff(`${run} old ${run}`, `${run} new ${run}`)).filter(
      ({ kind }) => kind !== 'del',
    );
    expect(head?.text).toBe('… w16 w17 w18 w19 ');
    expect(tail?.text).toBe('w0 w1 w2 w3 … ');
  });
});

describe('wordCount', () => {
  it('counts over all texts', () => {
    expect(wordCount(['two words', '', ' and  three more '])).toBe(5);
  });
});
