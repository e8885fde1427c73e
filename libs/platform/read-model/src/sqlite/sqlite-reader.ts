import { readCursor, writeCursor } from '../cursor';
import { checkFilter, checkQuery, scopeFilter, type CheckedQuery } from '../query';
import type { Document, Filter, Page, Query, ReadModel, ReadModelDefinition, Scope } from '../read-model';
import { tooManyIds } from '../refusals';
import type { DocumentFile } from './document-file';
import { scalarOf, type Key } from './key';
import type { ScanGuard } from './scan-guard';
import { afterSql, filterSql, join, orderSql, pathSql, type Sql } from './sql-filter';

const MAX_IDS = 1_000;
const EVERYTHING: Sql = { text: '1', values: [] };

/** Reads of one read model, from whichever file is live at the moment of each read. */
export class SqliteReader<Doc extends Document> implements ReadModel<Doc> {
  constructor(
    private readonly definition: ReadModelDefinition,
    private readonly live: () => DocumentFile,
    private readonly guard: ScanGuard,
  ) {}

  async get(scope: Scope, id: string): Promise<Doc | undefined> {
    const raw = this.raw(scope, id);
    return raw === undefined ? undefined : (JSON.parse(raw) as Doc);
  }

  async getRaw(scope: Scope, id: string): Promise<string | undefined> {
    return this.raw(scope, id);
  }

  async getMany(scope: Scope, ids: readonly string[]): Promise<Map<string, Doc>> {
    if (ids.length > MAX_IDS) throw tooManyIds(MAX_IDS);
    const file = this.live();
    const condition = join([cut(this.definition, scope, file)], ' AND ') ?? EVERYTHING;
    const rows = file
      .prepare(`SELECT id, body FROM docs WHERE id IN (SELECT value FROM json_each(?)) AND ${condition.text}`)
      .all(JSON.stringify(ids), ...condition.values) as { id: string; body: string }[];
    return new Map(rows.map(({ id, body }) => [id, JSON.parse(body) as Doc]));
  }

  async find(scope: Scope, query: Query): Promise<Page<Doc>> {
    const page = this.page(scope, query);
    return { ...page, items: page.items.map((body) => JSON.parse(body) as Doc) };
  }

  async findRaw(scope: Scope, query: Query): Promise<Page<string>> {
    return this.page(scope, query);
  }

  async count(scope: Scope, filter: Filter = {}): Promise<number> {
    checkFilter(this.definition, filter);
    const file = this.live();
    const condition = join([cut(this.definition, scope, file), filterSql(file.shape, filter)], ' AND ');
    if (!condition) return file.size;
    const sql = `SELECT count(*) AS n FROM docs WHERE ${condition.text}`;
    this.guard.check(file, sql, condition.values, condition);
    return (file.prepare(sql).get(...condition.values) as { n: number }).n;
  }

  private raw(scope: Scope, id: string): string | undefined {
    const file = this.live();
    const condition = cut(this.definition, scope, file) ?? EVERYTHING;
    const row = file.prepare(`SELECT body FROM docs WHERE id = ? AND ${condition.text}`).get(id, ...condition.values);
    return (row as { body: string } | undefined)?.body;
  }

  private page(scope: Scope, asked: Query): Page<string> {
    const query = checkQuery(this.definition, asked);
    const file = this.live();
    const where = join([cut(this.definition, scope, file), filterSql(file.shape, query.filter)], ' AND ');
    const { text, values } = findSql(file, query, where);
    this.guard.check(file, text, values, where ?? EVERYTHING);
    const rows = file
      .prepare(text)
      .raw()
      .all(...values) as [string, ...Key[]][];
    const shown = rows.slice(0, query.limit);
    const last = shown.at(-1);
    return {
      items: shown.map(([body]) => body),
      ...(rows.length > query.limit && last
        ? { nextCursor: writeCursor(query.sort, last.slice(1).map(scalarOf)) }
        : {}),
    };
  }
}

function cut(definition: ReadModelDefinition, scope: Scope, file: DocumentFile): Sql | undefined {
  return filterSql(file.shape, scopeFilter(definition, scope));
}

function findSql(file: DocumentFile, query: CheckedQuery, where: Sql | undefined): Sql {
  const { sort, after, limit } = query;
  const cursor = after === undefined ? undefined : afterSql(file.shape, sort, readCursor(sort, after));
  const condition = join([where, cursor], ' AND ');
  const keys = sort.map(({ path }, at) => `${pathSql(file.shape, path)} AS s${at}`).join(', ');
  const filtered = condition ? ` WHERE ${condition.text}` : '';
  return {
    text: `SELECT docs.body, ${keys} FROM docs${filtered} ORDER BY ${orderSql(file.shape, sort)} LIMIT ?`,
    values: [...(condition?.values ?? []), limit + 1],
  };
}
