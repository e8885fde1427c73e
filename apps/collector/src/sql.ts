import { partOf, source, type Catalogue, type CatalogueItem, type Part } from './catalogue-items';

const FILES: Readonly<Record<'pg' | 'db' | 'pgd', readonly string[]>> = {
  pg: ['instance', 'configuration', 'activity', 'replication', 'statistics', 'security'],
  db: ['database', 'tables', 'indexes'],
  pgd: ['pgd'],
};

/** The psql scripts of the collector; the shell and the PowerShell variant run the same text. */
export interface Scripts {
  readonly session: string;
  readonly server: string;
  readonly databaseOpen: string;
  readonly database: string;
}

/** Splits a file at its `-- @item NAME` lines. */
function splitItems(text: string): readonly (readonly [string, string])[] {
  return text
    .split(/^-- @item /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      return [part.slice(0, end).trim(), part.slice(end + 1).trim()] as const;
    });
}

/** The query of every item by name, as the files hold it. */
export function readQueries(root: string): ReadonlyMap<string, string> {
  const files = Object.values(FILES).flat();
  return new Map(files.flatMap((file) => splitItems(source(root, 'sql', `${file}.sql`))));
}

/** One item: its rows as JSON into its own file, then a line that says how it went. */
function block(item: CatalogueItem, query: string): string {
  const path = item.path.replace('<oid>', ':dboid');
  // A query that runs the queries it made writes its rows itself.
  const rows = query.endsWith('\\gexec') ? query : `SELECT row_to_json(t) FROM (\n${query.replace(/;$/, '')}\n) t;`;
  const remark = item.partial === undefined ? '-' : `:${item.partial}`;
  const lines = [
    `\\o ${path}`,
    rows,
    '\\o',
    `\\echo @ ${item.item} ${path} :ERROR :SQLSTATE :ROW_COUNT ${remark} ${item.limit ?? 0}`,
  ];
  if (item.since !== undefined)
    return [
      `\\if :pg${item.since}`,
      ...lines,
      '\\else',
      `\\echo @ ${item.item} - skipped version 0 - 0`,
      '\\endif',
    ].join('\n');
  return lines.join('\n');
}

/** Items of one part: by depth, with pg_monitor's rights first, then those that need the login's own. */
function blocks(catalogue: Catalogue, queries: ReadonlyMap<string, string>, part: Part): string {
  const items = catalogue.items.filter((item) => partOf(item) === part);
  const ofDepth = (chosen: readonly CatalogueItem[], depth: string): readonly string[] => {
    const texts = chosen
      .filter((item) => item.depth === depth)
      .map((item) => {
        const query = queries.get(item.item);
        if (query === undefined) throw new Error(`No query is written for ${item.item}.`);
        return `-- ${item.what}\n${block(item, query)}`;
      });
    if (texts.length === 0) return [];
    return depth === 'surface' ? texts : [`\\if :${depth}`, ...texts, '\\endif'];
  };
  const ofRights = (chosen: readonly CatalogueItem[]) =>
    ['surface', 'shallow', 'deep'].flatMap((depth) => ofDepth(chosen, depth));
  const own = items.filter(({ rights }) => rights === 'login');
  return [
    ...ofRights(items.filter(({ rights }) => rights !== 'login')),
    ...(own.length === 0
      ? []
      : ['-- From here on with the rights of the login: pg_monitor does not have them.\nRESET ROLE;']),
    ...ofRights(own),
  ].join('\n\n');
}

/** Joins the SQL sources into the two scripts that psql runs. */
export function buildScripts(root: string, catalogue: Catalogue): Scripts {
  const queries = readQueries(root);
  const file = (name: string) => source(root, 'sql', `${name}.sql`).trim();
  const names = (target: string) => `\\if :anonymise\n\\o ../state/${target}\n${file('names')}\n\\o\n\\endif`;
  const monitorAgain = '\\if :may_monitor\nSET ROLE pg_monitor;\n\\endif';
  return {
    session: file('session'),
    server: [
      file('server-open'),
      blocks(catalogue, queries, 'pg'),
      monitorAgain,
      file('server-close'),
      names('names'),
      '\\echo @end',
    ].join('\n\n'),
    databaseOpen: file('database-open'),
    database: [
      file('database-facts'),
      blocks(catalogue, queries, 'db'),
      `\\if :pgd\n${blocks(catalogue, queries, 'pgd')}\n\\endif`,
      names('names-:dboid'),
      '\\echo @end',
    ].join('\n\n'),
  };
}
