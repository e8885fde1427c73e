import { mongoFailure, Raced, retrying, type MongoConnection } from '@casebook/mongodb';
import type { Collection } from 'mongodb';
import { randomBytes } from 'node:crypto';
import { declared } from '../declared';
import type { ReadModelDefinition } from '../read-model';
import { fenced, notFilled } from '../refusals';
import type { StoredProgress } from './mongo-writer';
import { mongoIndexes } from './mongo-indexes';
import type { StoredDocument } from './stored-document';

/** A collection of a read model: `filling` until it is finished, `filled` until it is swapped in, then `live`. */
export interface CatalogEntry {
  readonly collection: string;
  readonly label: string;
  readonly state: 'filling' | 'filled' | 'live';
}

/** All versions of one read model in one document, so that a swap is one write. */
interface CatalogDocument {
  readonly _id: string;
  /** Counts the writes of this document: each holds where nobody else wrote since it was read. */
  readonly change: number;
  readonly versions: readonly CatalogEntry[];
}

/**
 * Which collection holds which version, for all processes. A collection is named here before it is made and is dropped
 * after it was taken out, so what is not named here belongs to nobody.
 */
export class MongoCatalog {
  private readonly catalog: Collection<CatalogDocument>;
  readonly progress: Collection<StoredProgress>;

  constructor(
    private readonly connection: MongoConnection,
    private readonly prefix: string,
  ) {
    this.catalog = connection.db.collection(`${prefix}catalog`);
    this.progress = connection.db.collection(`${prefix}progress`);
  }

  documents(collection: string): Collection<StoredDocument> {
    return this.connection.db.collection(collection);
  }

  async entries(name: string): Promise<readonly CatalogEntry[]> {
    return (await retrying(() => this.catalog.findOne({ _id: name })))?.versions ?? [];
  }

  async find(definition: ReadModelDefinition, state: CatalogEntry['state']): Promise<string | undefined> {
    const { label } = declared(definition);
    const entry = (await this.entries(definition.name)).find((one) => one.state === state && one.label === label);
    return entry?.collection;
  }

  /** Makes a collection for a new version; what was being filled before under this name is dropped. */
  async begin(definition: ReadModelDefinition): Promise<string> {
    const { name } = definition;
    const { label } = declared(definition);
    const collection = `${this.prefix}docs.${name}.${label}.${randomBytes(6).toString('hex')}`;
    await this.change(name, (versions) => {
      if (versions.some((entry) => entry.collection === collection)) return versions;
      return [...versions.filter(({ state }) => state === 'live'), { collection, label, state: 'filling' }];
    });
    await this.dropUnnamed();
    const indexes = [...mongoIndexes(definition)];
    // On an empty collection they cost nothing but the upkeep, and no call lasts as long as building them would.
    if (indexes.length > 0) await retrying(() => this.documents(collection).createIndexes(indexes));
    await retrying(async () => {
      const empty = { _id: collection, checkpoint: null, epoch: 0, parked: [] };
      await this.progress.replaceOne({ _id: collection }, empty, { upsert: true });
    });
    return collection;
  }

  async filled(definition: ReadModelDefinition, collection: string): Promise<void> {
    await this.change(definition.name, (versions) => {
      if (!versions.some((entry) => entry.collection === collection)) throw fenced(definition);
      return versions.map((entry) => (entry.collection === collection ? { ...entry, state: 'filled' } : entry));
    });
  }

  /** Makes the filled version the only one, in one step for all readers, and drops the others. */
  async swap(definition: ReadModelDefinition): Promise<void> {
    const collection = await this.find(definition, 'filled');
    await this.change(definition.name, (versions) => {
      const entry = versions.find((one) => one.collection === collection);
      if (!entry) throw notFilled(definition);
      return [{ ...entry, state: 'live' }];
    });
    await this.dropUnnamed();
  }

  /**
   * Drops collections that a swap replaced, that a process left behind when it ended, or that a writer who had not
   * heard of a swap brought back: nobody reads them, and words must not stay.
   */
  async dropUnnamed(): Promise<void> {
    await retrying(async () => {
      // The collections first: one that is made in between is in the catalog by then.
      const present = await this.present();
      const progress = await this.progress.find({}, { projection: { _id: 1 } }).toArray();
      const named = new Set(
        (await this.catalog.find({}).toArray()).flatMap(({ versions }) => versions.map(({ collection }) => collection)),
      );
      for (const name of present) if (!named.has(name)) await this.drop(name);
      for (const { _id } of progress) if (!named.has(_id)) await this.progress.deleteOne({ _id });
    });
  }

  private async drop(collection: string): Promise<void> {
    try {
      await this.documents(collection).drop();
    } catch (error) {
      // Some servers say so when another process was faster, and each in its own words.
      if ((await this.present()).includes(collection)) throw error;
    }
  }

  /** Every collection of documents that there is, named in the catalog or not. */
  private async present(): Promise<readonly string[]> {
    const all = await this.connection.db.listCollections({}, { nameOnly: true }).toArray();
    return all.map(({ name }) => name).filter((name) => name.startsWith(`${this.prefix}docs.`));
  }

  /** Repeated until it is written; `edit` must therefore find its own work done. */
  private async change(
    name: string,
    edit: (versions: readonly CatalogEntry[]) => readonly CatalogEntry[],
  ): Promise<void> {
    await retrying(async () => {
      const stored = await this.catalog.findOne({ _id: name });
      const change = (stored?.change ?? 0) + 1;
      const versions = edit(stored?.versions ?? []);
      if (!stored) await this.insert({ _id: name, change, versions });
      else {
        const guard = { _id: name, change: stored.change };
        const { matchedCount } = await this.catalog.replaceOne(guard, { change, versions });
        if (matchedCount === 0) throw new Raced();
      }
    });
  }

  private async insert(document: CatalogDocument): Promise<void> {
    try {
      await this.catalog.insertOne(document);
    } catch (error) {
      throw mongoFailure(error) === 'duplicate' ? new Raced() : error;
    }
  }
}
