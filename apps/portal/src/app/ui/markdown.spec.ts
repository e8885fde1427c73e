import { plainText, renderMarkdown } from './markdown';

function html(text: string): string {
  const host = document.createElement('div');
  host.append(renderMarkdown(text));
  return host.innerHTML;
}

describe('Markdown', () => {
  it('reads HTML as text', () => {
    expect(html('<img src=x onerror=alert(1)> <b>no</b>')).toBe(
      '<p>&lt;img src=x onerror=alert(1)&gt; &lt;b&gt;no&lt;/b&gt;</p>\n',
    );
  });

  it('turns remote pictures into links, so that reading a message calls nobody', () => {
    const shown = html('![chart](https://evil.example/p.png)');
    expect(shown).not.toContain('<img');
    expect(shown).toContain('<a href="https://evil.example/p.png">image: chart</a>');
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'vbscript:x'])('makes no link of %s', (address) => {
    expect(html(`[click](${address})`)).not.toContain('href');
  });

  it('begins headings below those of the page', () => {
    expect(html('# One\n\n###### Six')).toBe('<h3>One</h3><h6>Six</h6>');
  });

  it('captions code with its info string, and keeps it reachable by keyboard', () => {
    const shown = html('```pg.log\nFATAL: <no>\n```');
    expect(shown).toContain('<span>pg.log</span>');
    expect(shown).toContain('<pre tabindex="0" class="wrap">');
    expect(shown).toContain('<span class="e">FATAL:</span> &lt;no&gt;');
    expect(shown).toContain('type="button"');
  });

  it('has a plain form for places of one line', () => {
    expect(plainText('**Primary** `pg-1`\nis\n\n- healthy')).toBe('Primary pg-1 is healthy');
  });
});
