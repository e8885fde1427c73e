import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { partOf, projectRoot, readCatalogue, source, type Catalogue } from './catalogue-items';
import { buildScripts, type Scripts } from './sql';

/** Which collector to print. */
export interface CollectorOptions {
  /** False: the build that holds no upload code. */
  readonly network: boolean;
  /** True: the PowerShell variant. */
  readonly windows: boolean;
}

const SHELL_PARTS = ['head', 'options', 'items', 'files', 'names', 'postgresql', 'host', 'barman', 'archive'] as const;

/** One line an item: item | file | depth | part | most rows | impact | what | why. */
function itemLines(catalogue: Catalogue, windows: boolean): string {
  return catalogue.items
    .filter(({ platform }) => windows || platform === undefined)
    .map((item) =>
      [item.item, item.path, item.depth, partOf(item), item.limit ?? 0, item.impact, item.what, item.why].join('|'),
    )
    .join('\n');
}

function fill(text: string, catalogue: Catalogue, version: string, windows: boolean): string {
  const values: Readonly<Record<string, string>> = {
    VERSION: version,
    CATALOGUE: String(catalogue.catalogue),
    FORMAT: catalogue.format,
    ITEMS: itemLines(catalogue, windows),
  };
  return text.replace(/@([A-Z]+)@/g, (mark, name: string) => values[name] ?? mark);
}

/** A shell function that prints a psql script word for word. */
const shellFunction = (name: string, script: string) => `${name}() {\n  cat <<'SQL'\n${script}\nSQL\n}`;

function shellCollector(root: string, scripts: Scripts, network: boolean): string {
  const part = (name: string) => source(root, 'sh', `${name}.sh`).trimEnd();
  return (
    [
      ...SHELL_PARTS.map(part),
      part(network ? 'upload' : 'no-upload'),
      '# ---- SQL: the guards of every session, then what is asked of the server and of each database ----',
      shellFunction('session_sql', scripts.session),
      shellFunction('server_sql', scripts.server),
      shellFunction('database_open_sql', scripts.databaseOpen),
      shellFunction('database_sql', scripts.database),
      part('main'),
      '',
    ]
      .join('\n\n')
      .trimEnd() + '\n'
  );
}

function windowsCollector(root: string, scripts: Scripts, network: boolean): string {
  const part = (name: string) => source(root, 'ps1', `${name}.ps1`).trimEnd();
  const text = (name: string, script: string) => `$${name} = @'\n${script}\n'@`;
  return (
    [
      part('head'),
      text('SessionSql', scripts.session),
      text('ServerSql', scripts.server),
      text('DatabaseOpenSql', scripts.databaseOpen),
      text('DatabaseSql', scripts.database),
      part('functions'),
      part(network ? 'upload' : 'no-upload'),
      part('main'),
      '',
    ]
      .join('\n\n')
      .trimEnd() + '\n'
  );
}

/**
 * Joins the sources into the one file that a customer reads and runs.
 * @returns the text of casebook-collector.sh or, for Windows, casebook-collector.ps1.
 */
export function buildCollector({ network, windows }: CollectorOptions): string {
  const root = projectRoot();
  const catalogue = readCatalogue(root);
  const scripts = buildScripts(root, catalogue);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const text = windows ? windowsCollector(root, scripts, network) : shellCollector(root, scripts, network);
  return fill(text, catalogue, version, windows);
}
