import { partOf, projectRoot, readCatalogue, type CatalogueItem, type Part } from './catalogue-items';

const START = '<!-- items: generated, run npm run generate -->';
const END = '<!-- end of items -->';

const TITLES: readonly (readonly [string, readonly Part[]])[] = [
  ['PostgreSQL server', ['pg', 'pgd']],
  ['Each database', ['db']],
  ['Operating system', ['host']],
  ['Barman', ['barman']],
];

function line(item: CatalogueItem): string {
  const notes = [
    ...(item.since === undefined ? [] : [`from PostgreSQL ${item.since}`]),
    ...(item.rights === 'login' ? ["with the login's own rights"] : []),
    ...(item.limit === undefined ? [] : [`cut at ${item.limit} rows`]),
    ...(item.untried === true ? ['**untried**'] : []),
  ];
  const what = notes.length === 0 ? item.what : `${item.what} (${notes.join(', ')})`;
  const cells = [`\`${item.item}\``, what, item.why, item.impact, item.depth];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('<', '&lt;')).join(' | ')} |`;
}

/** The catalogue as Markdown tables, one for each part of a server. */
function itemTables(): string {
  const { items } = readCatalogue(projectRoot());
  return TITLES.map(([title, parts]) =>
    [
      `### ${title}`,
      '',
      '| Item | What | Why | If disclosed | From depth |',
      '| --- | --- | --- | --- | --- |',
      ...items.filter((item) => parts.includes(partOf(item))).map(line),
    ].join('\n'),
  ).join('\n\n');
}

/** The page with the list of items between its two marks made anew. Throws when a mark is missing. */
export function withItems(page: string): string {
  const [start, end] = [page.indexOf(START), page.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`The page lacks "${START}" or "${END}".`);
  return `${page.slice(0, start)}${START}\n\n${itemTables()}\n\n${page.slice(end)}`;
}
