import { Raced, retrying } from '@casebook/mongodb';
import type { Collection, Filter as DriverFilter } from 'mongodb';
import { readCursor, writeCursor } from '../cursor';
import { mongoAfter, mongoFilter, mongoSort } from '../mongo-filter';
import { checkFilter, checkQuery, scopeFilter, type CheckedQuery } from '../query';
import type { Document, Filter, Page, Query, ReadModel, ReadModelDefinition, Scalar, Scope } from '../read-model';
import { filling, tooManyIds } from '../refusals';
import { valueAt } from '../value-at';
import type { MongoCatalog } from './mongo-catalog';
import { plainOf, type StoredDocument } from './stored-document';

const MAX_IDS = 1_000;
const THERE = { _gone: { $exists: false } };

type Documents = Collection<StoredDocument>;

/** Reads of one read model, from whichever collection is live for all processes at the moment of each read. */
export class MongoReader<Doc extends Document> implements ReadModel<Doc> {
  private live: string | undefined;

  constructor(
    private readonly definition: ReadModelDefinition,
    private readonly catalog: MongoCatalog,
  ) {}

  async get(scope: Scope, id: string): Promise<Doc | undefined> {
    const condition = this.condition(scope, { _id: id });
    const found = await this.read(
      (documents) => documents.findOne(condition),
      (document) => document === null,
    );
    return found === null ? undefined : (plainOf(found) as Doc);
  }

  async getRaw(scope: Scope, id: string): Promise<string | undefined> {
    const document = await this.get(scope, id);
    return document && JSON.stringify(document);
  }

  async getMany(scope: Scope, ids: readonly string[]): Promise<Map<string, Doc>> {
    if (ids.length > MAX_IDS) throw tooManyIds(MAX_IDS);
    const condition = this.condition(scope, { _id: { $in: [...ids] } });
    const found = await this.read(
      (documents) => documents.find(condition, { batchSize: MAX_IDS }).toArray(),
      ({ length }) => length === 0,
    );
    return new Map(found.map((stored) => [stored._id, plainOf(stored) as Doc]));
  }

  async find(scope: Scope, query: Query): Promise<Page<Doc>> {
    const { items, ...rest } = await this.page(scope, query);
    return { ...rest, items: items.map((stored) => plainOf(stored) as Doc) };
  }

  async findRaw(scope: Scope, query: Query): Promise<Page<string>> {
    const { items, ...rest } = await this.page(scope, query);
    return { ...rest, items: items.map((stored) => JSON.stringify(plainOf(stored))) };
  }

  async count(scope: Scope, filter: Filter = {}): Promise<number> {
    checkFilter(this.definition, filter);
    const condition = this.condition(scope, mongoFilter(filter));
    return this.read(
      (documents) => documents.countDocuments(condition),
      (count) => count === 0,
    );
  }

  private async page(scope: Scope, asked: Query): Promise<Page<StoredDocument>> {
    const { filter, sort, limit, after } = checkQuery(this.definition, asked);
    const conditions = [
      mongoFilter(filter),
      ...(after === undefined ? [] : [mongoAfter(sort, readCursor(sort, after))]),
    ];
    const condition = this.condition(scope, ...conditions);
    const found = await this.read(
      (documents) =>
        documents.find(condition, { sort: mongoSort(sort), limit: limit + 1, batchSize: limit + 1 }).toArray(),
      ({ length }) => length === 0,
    );
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return { items, ...(found.length > limit && last ? { nextCursor: cursorAt(sort, last) } : {}) };
  }

  /** The scope is part of every condition. */
  private condition(scope: Scope, ...conditions: readonly object[]): DriverFilter<StoredDocument> {
    return { $and: [...conditions, mongoFilter(scopeFilter(this.definition, scope)), THERE] };
  }

  /**
   * Reads the collection that is live, and asks the catalog at the same time whether it still is: another process may
   * have swapped in a new version. A dropped collection looks empty, so an empty answer is doubted once more.
   */
  private async read<T>(work: (documents: Documents) => Promise<T>, isEmpty: (answer: T) => boolean): Promise<T> {
    return retrying(async () => {
      const name = this.live ?? (await this.look());
      const [answer, now] = await Promise.all([work(this.catalog.documents(name)), this.look()]);
      const still = now === name && isEmpty(answer) ? await this.look() : now;
      if (still !== name) throw new Raced();
      return answer;
    });
  }

  private async look(): Promise<string> {
    this.live = await this.catalog.find(this.definition, 'live');
    if (this.live === undefined) throw filling(this.definition);
    return this.live;
  }
}

function cursorAt(sort: CheckedQuery['sort'], document: StoredDocument): string {
  return writeCursor(
    sort,
    sort.map(({ path }) => scalarOf(valueAt(document, path.split('.')))),
  );
}

/** Objects lie before booleans: a cursor that stands on one goes on there. */
function scalarOf(value: unknown): Scalar {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? false : (value as Scalar);
}
