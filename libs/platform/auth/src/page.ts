import { createHash } from 'node:crypto';
import { type Refusal } from './refusals';

/** Styles of the pages that must work before and without the portal: the same tokens, no script, no file. */
const STYLE = `
:root{color-scheme:light dark;--canvas:light-dark(#f2f5f6,#0d1418);--sheet:light-dark(#fff,#151c21);--hover:light-dark(#eaf0f4,#1b242b);--line:light-dark(#d4dadd,#2d353a);--line-strong:light-dark(#778288,#6c787f);--ink:light-dark(#161f27,#e4e9eb);--ink-2:light-dark(#3e4951,#b6bfc4);--ink-3:light-dark(#566268,#97a2a7);--nav:light-dark(#0b2641,#060e16);--nav-ink:light-dark(#e6eef4,#dee6ec);--nav-ink-2:light-dark(#aec0d0,#9daab3);--brand:light-dark(#17548f,#8fc4f1);--brand-hover:light-dark(#014077,#aed6f9);--on-brand:light-dark(#fff,#061c31);--err:light-dark(#ac1a1c,#ff9b93);--err-soft:light-dark(#fee8e7,#491f1d);--focus:light-dark(#0267c7,#8cd5ff)}
*,::before,::after{box-sizing:border-box}
body{margin:0;background:var(--canvas);color:var(--ink);font:400 .9375rem/1.4375rem "Atkinson Hyperlegible Next",system-ui,sans-serif;overflow-wrap:break-word}
h1,h2,p,ul,li{margin:0;padding:0}ul{list-style:none}
h1{font-size:1.625rem;line-height:2.125rem;font-weight:600;letter-spacing:-.008em;text-wrap:pretty}
h2{font-size:.875rem;line-height:1.25rem;font-weight:650}
button,input{font:inherit;color:inherit}
:focus-visible{outline:2px solid var(--focus);outline-offset:2px;border-radius:2px}
.si{display:grid;grid-template-columns:216px minmax(0,1fr);min-height:100vh}
.nav{background:var(--nav);color:var(--nav-ink);display:flex;flex-direction:column}
.mark{display:flex;align-items:center;gap:.625rem;height:48px;padding:0 1rem;font-weight:700;font-size:1.0625rem;letter-spacing:-.01em;color:var(--nav-ink);text-decoration:none}
.mark svg{width:20px;height:22px}.mark:focus-visible{outline-color:#8cd5ff;outline-offset:-2px}
.foot{margin-top:auto;padding:.75rem 1rem;color:var(--nav-ink-2);font-size:.8125rem;line-height:1.1875rem}
main{padding:15vh 2rem 3rem 12vw;display:grid;grid-template-columns:minmax(0,25rem) minmax(0,22rem);gap:4rem;align-content:start}
.sib{display:grid;gap:1rem;align-content:start}.sib form{display:grid;gap:.875rem}
.mid{color:var(--ink-2)}.dim{color:var(--ink-3)}.s13{font-size:.8125rem;line-height:1.1875rem}
.fld{display:grid;gap:.25rem}.fld label{font-weight:600;font-size:.875rem;line-height:1.25rem}
.in{width:100%;min-height:2.75rem;border:1px solid var(--line-strong);border-radius:4px;background:var(--sheet);padding:.375rem .625rem}
.btn{display:inline-flex;align-items:center;justify-content:center;min-height:2.75rem;padding:0 1.125rem;border-radius:4px;border:1px solid var(--line-strong);background:var(--sheet);color:var(--ink);font-weight:550;text-decoration:none;cursor:pointer}
.btn:hover{background:var(--hover)}.pri{background:var(--brand);border-color:var(--brand);color:var(--on-brand);font-size:1rem}.pri:hover{background:var(--brand-hover)}
.row{display:flex;flex-wrap:wrap;gap:.5rem}
.ban{border:1px solid var(--line);border-left:4px solid var(--err);background:var(--err-soft);border-radius:4px;padding:.75rem 1rem}
.sia{border-left:1px solid var(--line);padding-left:2rem;align-self:start;display:grid;gap:.5rem}
.who{display:grid;width:100%;text-align:left;padding:.5rem .75rem;min-height:2.75rem;border:1px solid var(--line);border-radius:4px;background:var(--sheet);cursor:pointer;font-size:.8125rem;line-height:1.1875rem}
.who:hover{background:var(--hover)}.who b{font-size:.875rem;font-weight:600}.who span{color:var(--ink-3)}.sia li+li{margin-top:.375rem}
code{font-family:"Atkinson Hyperlegible Mono",ui-monospace,monospace;font-size:.9em}
@media (max-width:760px){.si{display:block}.foot{display:none}main{grid-template-columns:minmax(0,1fr);gap:2rem;padding:2rem 1rem}.sia{border-left:0;padding-left:0;border-top:1px solid var(--line);padding-top:1rem}}
`;

const MARK =
  '<svg viewBox="0 0 20 22" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true"><path d="M2 1h13l3 3v17H2z"/><path d="M2 7h4M2 11h4M2 15h4"/><path d="M9.5 7H14M9.5 11H14M9.5 15h2.5"/></svg>';

/** Headers of such a page: nothing is loaded, no script runs but those named by their hash, nobody frames it. */
export function pageHeaders(...scripts: readonly string[]): Record<string, string> {
  const scriptSource = scripts.map((script) => ` '${sha256(script)}'`).join('');
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': `default-src 'none'; style-src '${sha256(STYLE)}'; script-src${scriptSource || " 'none'"}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };
}

/** A whole page. `body` and `aside` are HTML, the rest is text. */
export function page(parts: { title: string; body: string; aside?: string; foot?: string }): string {
  const aside = parts.aside === undefined ? '' : `<div class="sia">${parts.aside}</div>`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(parts.title)} · Casebook</title><style>${STYLE}</style></head>
<body><div class="si"><header class="nav"><a class="mark" href="/">${MARK}Casebook</a><div class="foot">${escapeHtml(parts.foot ?? '')}</div></header>
<main><div class="sib">${parts.body}</div>${aside}</main></div></body>
</html>
`;
}

/** The page that says why nobody was signed in. */
export function refusalPage(refusal: Refusal): string {
  return page({
    title: refusal.title,
    body: `<h1>${escapeHtml(refusal.title)}</h1>
<p class="ban">${escapeHtml(refusal.message)}</p>
<p class="row"><a class="btn pri" href="/auth/login">Try again</a><a class="btn" href="/auth/login?switch=1">Use another account</a></p>
<p class="s13 dim">Code: <code>${escapeHtml(refusal.code)}</code></p>`,
  });
}

/** Text made safe for HTML, in content and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

function sha256(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
