import fc from 'fast-check';
import { normaliseContentType, normaliseFileName } from './file-name';

describe('normaliseFileName', () => {
  it.each([
    ['postgresql.log', 'postgresql.log'],
    ['  spaced   name .txt ', 'spaced name .txt'],
    ['Bericht März.pdf', 'Bericht März.pdf'],
    ['Ma\u0308rz.pdf', 'März.pdf'],
    ['ﬁle①.txt', 'file1.txt'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\fakepath\\core.dump', 'core.dump'],
    ['evil／name.txt', 'name.txt'],
    ['logs/', 'logs'],
    ['invoice\u202Egpj.exe', 'invoicegpj.exe'],
    ['a\u0000b\r\nc\u200b.log', 'abc.log'],
    ['.bashrc', '.bashrc'],
    ['..', 'file'],
    ['\u202e', 'file'],
    ['', 'file'],
    [null, 'file'],
    ['日本語のログ.log', '日本語のログ.log'],
    ['\ud800lone.txt', 'lone.txt'],
  ])('makes %j to %j', (given, expected) => {
    expect(normaliseFileName(given)).toBe(expected);
  });

  it('shortens long names between characters and keeps the extension', () => {
    const name = normaliseFileName(`${'ä'.repeat(500)}.tar.bz2`);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
    expect(name).toMatch(/^ä+\.bz2$/);
    expect(normaliseFileName(`x.${'y'.repeat(500)}`)).toHaveLength(200);
  });

  it('is safe, bounded and stable for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (given) => {
        const name = normaliseFileName(given);
        expect(name).not.toMatch(/[/\\\p{C}\p{Zl}\p{Zp}]/u);
        expect(name).not.toMatch(/^\.*$/);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
        expect(normaliseFileName(name)).toBe(name);
      }),
      { numRuns: 500 },
    );
  });
});

describe('normaliseContentType', () => {
  it.each([
    ['text/plain', 'text/plain'],
    ['Text/HTML; charset=utf-8', 'text/html'],
    ['image/svg+xml', 'image/svg+xml'],
    ['text/plain\r\nset-cookie: x', 'application/octet-stream'],
    ['nonsense', 'application/octet-stream'],
    [undefined, 'application/octet-stream'],
  ])('makes %j to %j', (given, expected) => {
    expect(normaliseContentType(given)).toBe(expected);
  });
});
