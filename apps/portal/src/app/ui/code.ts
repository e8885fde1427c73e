import { escapeHtml } from './escape';

const SQL_CAPTION = /^(sql|psql|plpgsql|postgres)\b/i;
const SQL =
  /(--[^\n]*)|('(?:[^']|'')*')|\b(SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|INTO|VALUES|AS|AND|OR|NOT|NULL|IS|IN|ON|JOIN|LEFT|INNER|ORDER|GROUP|BY|LIMIT|WITH|CREATE|ALTER|DROP|TABLE|INDEX|SYSTEM|SET|RESET|SHOW|VACUUM|ANALYZE|REINDEX|CONCURRENTLY|BEGIN|COMMIT|ROLLBACK|EXPLAIN|GRANT|REVOKE|EXTENSION|USING|CASE|WHEN|THEN|ELSE|END)\b/g;
const SIGNALS = /\b(?:PANIC|FATAL|ERROR):/g;

/** Inner HTML of a code block by its caption: SQL keeps its lines and is marked; everything else wraps like a log. */
export function codeHtml(text: string, caption: string): { readonly html: string; readonly wraps: boolean } {
  if (SQL_CAPTION.test(caption)) return { html: sql(text), wraps: false };
  const lines = text.split('\n').map((line) => `<span class="ln">${signals(line) || ' '}</span>`);
  return { html: lines.join(''), wraps: true };
}

function sql(text: string): string {
  let at = 0;
  let html = '';
  for (const match of text.matchAll(SQL)) {
    const look = match[1] !== undefined ? 'c' : match[2] !== undefined ? 's' : 'k';
    html += `${escapeHtml(text.slice(at, match.index))}<span class="${look}">${escapeHtml(match[0])}</span>`;
    at = match.index + match[0].length;
  }
  return html + escapeHtml(text.slice(at));
}

function signals(line: string): string {
  return escapeHtml(line).replace(SIGNALS, '<span class="e">$&</span>');
}
