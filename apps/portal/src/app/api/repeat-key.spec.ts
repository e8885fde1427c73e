import { RepeatKey } from './repeat-key';

describe('A repeat key', () => {
  it('is the same for the same content, another for other content, and another after success', () => {
    const key = new RepeatKey();
    const first = key.for({ body: 'a' });
    expect(key.for({ body: 'a' })).toBe(first);
    expect(key.for({ body: 'b' })).not.toBe(first);
    const last = key.for({ body: 'b' });
    key.used();
    expect(key.for({ body: 'b' })).not.toBe(last);
  });
});
