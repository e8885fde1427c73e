import { codeHtml } from './code';

describe('Code', () => {
  it('marks comments, texts and keywords of SQL, and escapes the rest', () => {
    const { html, wraps } = codeHtml("SELECT 'a <b>' -- why\nfrom t", 'SQL, one step');
    expect(html).toBe(
      '<span class="k">SELECT</span> <span class="s">\'a &lt;b&gt;\'</span> <span class="c">-- why</span>\nfrom t',
    );
    expect(wraps).toBe(false);
  });

  it('gives every line of a log an indent of its own', () => {
    expect(codeHtml('one\n\n<two>', 'pg.log')).toEqual({
      html: '<span class="ln">one</span><span class="ln"> </span><span class="ln">&lt;two&gt;</span>',
      wraps: true,
    });
  });
});
