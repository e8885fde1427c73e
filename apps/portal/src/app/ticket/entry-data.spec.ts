import { compareNumbers } from './entry-data';

describe('Entry numbers', () => {
  it('order internal entries after the public one they follow, by letters', () => {
    const numbers = ['10', '7aa', '8', '7z', '7', '7b', '7a'];
    expect(numbers.sort(compareNumbers)).toEqual(['7', '7a', '7b', '7z', '7aa', '8', '10']);
  });
});
