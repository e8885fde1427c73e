import type { MongoConnection } from '@casebook/mongodb';
import { declared } from '../declared';
import type {
  Document,
  FillingWriter,
  ReadModel,
  ReadModelDefinition,
  ReadModelEngine,
  ReadModelWriter,
} from '../read-model';
import { MongoCatalog } from './mongo-catalog';
import { MongoReader } from './mongo-reader';
import { MongoFillingWriter, MongoWriter, type Version } from './mongo-writer';
import { StoredDocuments } from './stored-document';

export interface MongoReadModelOptions {
  /** Shared with other adapters; closing the engine leaves it open. */
  readonly connection: MongoConnection;
  /** Before the names of all collections; default `views.`. */
  readonly prefix?: string;
}

/**
 * Read models in MongoDB: a collection per version, with the indexes of its declaration; a catalog that says which one
 * is live, for all processes at once. One process writes a read model at a time (whoever holds its lease), any number
 * read. Beside what the port says, a document must not have `_id`, `_pos` or `_gone` at its top, names of fields with
 * dots or a leading `$`, arrays directly inside arrays, more than 60 levels or 16 MB.
 */
export async function openMongoReadModels({
  connection,
  prefix = 'views.',
}: MongoReadModelOptions): Promise<ReadModelEngine> {
  const catalog = new MongoCatalog(connection, prefix);
  await catalog.dropUnnamed();
  return new MongoReadModels(connection, catalog);
}

class MongoReadModels implements ReadModelEngine {
  constructor(
    private readonly connection: MongoConnection,
    private readonly catalog: MongoCatalog,
  ) {}

  async reader<Doc extends Document>(definition: ReadModelDefinition): Promise<ReadModel<Doc>> {
    declared(definition);
    return new MongoReader<Doc>(definition, this.catalog);
  }

  async writer<Doc extends Document>(definition: ReadModelDefinition): Promise<ReadModelWriter<Doc> | undefined> {
    return this.opened(definition, 'live');
  }

  async fill<Doc extends Document>(definition: ReadModelDefinition): Promise<FillingWriter<Doc>> {
    const collection = await this.catalog.begin(definition);
    return new MongoFillingWriter<Doc>(this.version(definition, collection), () =>
      this.catalog.filled(definition, collection),
    );
  }

  async filled<Doc extends Document>(definition: ReadModelDefinition): Promise<ReadModelWriter<Doc> | undefined> {
    return this.opened(definition, 'filled');
  }

  async versions(name: string): Promise<readonly { version: string; live: boolean }[]> {
    return (await this.catalog.entries(name)).map(({ label, state }) => ({ version: label, live: state === 'live' }));
  }

  async swap(definition: ReadModelDefinition): Promise<void> {
    await this.catalog.swap(definition);
  }

  /** Nothing is held but the connection, which is not ours. */
  async close(): Promise<void> {
    return Promise.resolve();
  }

  private async opened<Doc extends Document>(
    definition: ReadModelDefinition,
    state: 'live' | 'filled',
  ): Promise<ReadModelWriter<Doc> | undefined> {
    const collection = await this.catalog.find(definition, state);
    return collection === undefined ? undefined : new MongoWriter<Doc>(this.version(definition, collection));
  }

  private version(definition: ReadModelDefinition, collection: string): Version {
    return {
      definition,
      collection: this.catalog.documents(collection),
      progress: this.catalog.progress,
      stored: new StoredDocuments(definition, (document) => this.connection.sizeOf(document)),
    };
  }
}
