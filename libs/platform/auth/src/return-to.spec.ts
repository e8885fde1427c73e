import { safeReturnTo } from './return-to';

const ORIGIN = 'https://support.example';

describe('the way back after sign-in', () => {
  it.each(['/', '/tickets/CB-1042', '/tickets?status=open&next=//x', '/a#entry-7', '/tickets/Größe'])(
    'keeps the path %j',
    (path) => {
      expect(safeReturnTo(path, ORIGIN)).toBe(new URL(path, ORIGIN).href);
    },
  );

  it.each<[unknown]>([
    ['//evil.example'],
    ['/\\evil.example'],
    ['\\\\evil.example'],
    ['https://evil.example/'],
    ['javascript:alert(1)'],
    ['/\t/evil.example'],
    ['/\n/evil.example'],
    ['tickets'],
    [''],
    [undefined],
    [['/a', '/b']],
    [`/${'x'.repeat(3_000)}`],
    ['/auth/login'],
    ['/auth/login?returnTo=/auth/login'],
  ])('goes to the start page instead of %j', (wanted) => {
    expect(safeReturnTo(wanted, ORIGIN)).toBe(`${ORIGIN}/`);
  });

  it('stays at home whatever a path normalises to', () => {
    expect(new URL(safeReturnTo('/.//evil.example', ORIGIN)).host).toBe('support.example');
  });
});
