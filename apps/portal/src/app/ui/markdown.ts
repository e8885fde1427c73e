import MarkdownIt from 'markdown-it';
import DOMPurify from 'dompurify';
import { codeHtml } from './code';
import { ChangeDetectionStrategy, Component, computed, effect, type ElementRef, input, viewChild } from '@angular/core';

const markdown = new MarkdownIt({ html: false, linkify: true, breaks: false });

// A remote image would tell its server who reads this page: it becomes a link.
markdown.renderer.rules['image'] = (tokens, index) => {
  const token = tokens[index];
  const source = markdown.utils.escapeHtml(token?.attrGet('src')?.toString() ?? '');
  const text = markdown.utils.escapeHtml(token?.content ?? '') || source;
  return `<a href="${source}">image: ${text}</a>`;
};
// Headings of a message stand below those of the page.
markdown.renderer.rules.heading_open = (tokens, index) => `<h${headingLevel(tokens[index]?.tag)}>`;
markdown.renderer.rules.heading_close = (tokens, index) => `</h${headingLevel(tokens[index]?.tag)}>`;
for (const rule of ['fence', 'code_block'] as const) {
  markdown.renderer.rules[rule] = (tokens, index) => {
    const token = tokens[index];
    const caption = markdown.utils.escapeHtml((token?.info ?? '').trim()) || 'text';
    const { html, wraps } = codeHtml(token?.content.replace(/\n$/, '') ?? '', (token?.info ?? '').trim());
    return `<div class="code"><div class="cap"><span>${caption}</span><span class="push"><button class="btn-c" type="button" data-copy><i class="i i-copy" aria-hidden="true"></i>Copy</button></span></div><pre tabindex="0"${wraps ? ' class="wrap"' : ''}>${html}</pre></div>`;
  };
}

function headingLevel(tag: string | undefined): number {
  return Math.min(6, Number(tag?.slice(1) ?? 1) + 2);
}

/** Safe HTML of a Markdown text: no scripts, no styles, no remote content. */
export function renderMarkdown(text: string): DocumentFragment {
  return DOMPurify.sanitize(markdown.render(text), {
    RETURN_DOM_FRAGMENT: true,
    ALLOWED_TAGS: [
      'p',
      'a',
      'em',
      'strong',
      's',
      'code',
      'pre',
      'ul',
      'ol',
      'li',
      'blockquote',
      'h3',
      'h4',
      'h5',
      'h6',
      'hr',
      'br',
      'table',
      'thead',
      'tbody',
      'tr',
      'th',
      'td',
      'div',
      'span',
      'button',
      'i',
    ],
    ALLOWED_ATTR: ['href', 'class', 'tabindex', 'type', 'data-copy', 'aria-hidden', 'start'],
    // Without this the pattern for addresses below would be asked about these as well, and drop them.
    ADD_URI_SAFE_ATTR: ['tabindex', 'type', 'start', 'aria-hidden'],
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|\/|#)/i,
  });
}

/** The words of a Markdown text, for places of one line. */
export function plainText(text: string): string {
  const fragment = renderMarkdown(text);
  for (const caption of fragment.querySelectorAll('.cap')) caption.remove();
  return fragment.textContent.replace(/\s+/g, ' ').trim();
}

/** Markdown as it reads. `null` is a text that was erased. */
@Component({
  selector: 'cb-markdown',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `@if (text() === null) {
      <p class="dim">This text was erased.</p>
    }
    <div #host class="md" (click)="copy($event)" role="presentation"></div>`,
})
export class Markdown {
  readonly text = input.required<string | null | undefined>();
  private readonly host = viewChild.required<ElementRef<HTMLElement>>('host');
  readonly #html = computed(() => renderMarkdown(this.text() ?? ''));

  constructor() {
    effect(() => {
      const fragment = this.#html();
      for (const link of fragment.querySelectorAll('a')) {
        const target = link.getAttribute('href') ?? '';
        // Addresses resolve against the start page, but a bare fragment means this page.
        if (target.startsWith('#')) link.setAttribute('href', location.pathname + target);
        if (!/^https?:/i.test(target)) continue;
        link.target = '_blank';
        link.rel = 'noopener noreferrer nofollow';
      }
      this.host().nativeElement.replaceChildren(fragment);
    });
  }

  protected copy(event: Event): void {
    const button = (event.target as HTMLElement).closest('[data-copy]');
    const code = button?.closest('.code')?.querySelector('pre')?.textContent;
    if (button && code !== undefined) {
      void navigator.clipboard.writeText(code).then(() => {
        button.textContent = 'Copied';
      });
    }
  }
}
