/** Markup that is already safe. */
export class Markup {
  constructor(readonly text: string) {}
}

type Part = string | number | Markup | readonly Markup[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML shows it, also inside a quoted attribute. Control and direction characters become "?". */
const escapeHtml = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '?').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/** HTML with every value escaped; only other `html` results go in as they are. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.reduce((all, text, index) => all + rendered(parts[index - 1] ?? '') + text));
}

function rendered(part: Part): string {
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  return part instanceof Markup ? part.text : part.map(({ text }) => text).join('');
}

export const nothing = new Markup('');
