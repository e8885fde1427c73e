import { mongoFailure, Raced, retrying } from '@casebook/mongodb';
import type { Position } from '@casebook/kernel';
import type { Collection } from 'mongodb';
import type {
  Document,
  DocumentWrite,
  FillingWriter,
  ParkedStream,
  Progress,
  ReadModelDefinition,
  ReadModelWriter,
} from '../read-model';
import { checkProgress, fenced } from '../refusals';
import { plainOf, type StoredDocument, type StoredDocuments } from './stored-document';

/** Where the writer of a collection stands; `_id` is the collection's name. Gone with the collection. */
export interface StoredProgress {
  readonly _id: string;
  readonly checkpoint: Position | null;
  readonly epoch: number;
  readonly parked: readonly ParkedStream[];
}

/** What a writer needs of one version. */
export interface Version {
  readonly definition: ReadModelDefinition;
  readonly collection: Collection<StoredDocument>;
  readonly progress: Collection<StoredProgress>;
  readonly stored: StoredDocuments;
}

const SLICE = 500;

/**
 * Writes one version. Documents go first, the checkpoint after them, without a transaction: a crash in between leaves
 * documents that are ahead of the checkpoint. That is harmless. Each document holds the position of the last event in
 * it, a fold skips events up to there, a deleted one leaves its position behind, and each write is guarded by it. So
 * who repeats the batch, cut as it may be, does to each document only what is still missing; and a former owner whose
 * batch arrives late changes nothing that the new one has already passed.
 */
export class MongoWriter<Doc extends Document> implements ReadModelWriter<Doc> {
  constructor(private readonly version: Version) {}

  async load(ids: readonly string[]): Promise<Map<string, { document: Doc | null; position: Position }>> {
    const found = new Map<string, { document: Doc | null; position: Position }>();
    for (let from = 0; from < ids.length; from += SLICE) {
      const slice = ids.slice(from, from + SLICE);
      const stored = await retrying(() =>
        this.version.collection.find({ _id: { $in: slice } }, { batchSize: SLICE }).toArray(),
      );
      for (const one of stored)
        found.set(one._id, { document: one._gone ? null : (plainOf(one) as Doc), position: one._pos });
    }
    return found;
  }

  async commit(writes: readonly DocumentWrite<Doc>[], progress: Progress): Promise<void> {
    const documents = writes.map((write) => this.version.stored.store(write));
    const before = await this.progress();
    checkProgress(this.version.definition, before, progress);
    for (let from = 0; from < documents.length; from += SLICE) await this.write(documents.slice(from, from + SLICE));
    await this.advance(before, progress);
  }

  check(id: string, document: Doc): void {
    this.version.stored.check(id, document);
  }

  async checkpoint(): Promise<Position | undefined> {
    return (await this.progress()).checkpoint ?? undefined;
  }

  async parked(): Promise<readonly ParkedStream[]> {
    const { parked } = await this.progress();
    return [...parked].sort((a, b) => (a.position < b.position ? -1 : Number(a.position > b.position)));
  }

  /** Writes each document where an older one, or none, is. Safe to repeat, also in part. */
  private async write(slice: readonly StoredDocument[]): Promise<void> {
    let left = slice;
    await retrying(async () => {
      try {
        await this.version.collection.bulkWrite(
          left.map((document) => {
            const { _id, ...replacement } = document;
            return { replaceOne: { filter: { _id, _pos: { $lt: document._pos } }, replacement, upsert: true } };
          }),
          { ordered: false },
        );
      } catch (error) {
        if (mongoFailure(error) !== 'duplicate') throw error;
        // A newer document is there and stays, or another writer inserted an older one at this moment.
        left = await this.older(left);
        if (left.length > 0) throw new Raced();
      }
    });
  }

  /** Those of the documents that are stored as something older, or not at all. */
  private async older(documents: readonly StoredDocument[]): Promise<readonly StoredDocument[]> {
    const ids = documents.map(({ _id }) => _id);
    const options = { projection: { _pos: 1 }, batchSize: SLICE };
    const stored = await this.version.collection.find({ _id: { $in: ids } }, options).toArray();
    const positions = new Map(stored.map(({ _id, _pos }) => [_id, _pos]));
    return documents.filter(({ _id, _pos }) => (positions.get(_id) ?? '') < _pos);
  }

  private async advance(before: StoredProgress, { checkpoint, epoch, parked = [] }: Progress): Promise<void> {
    const { definition, progress } = this.version;
    const known = new Set(before.parked.map(({ stream }) => stream));
    const fresh = parked.filter(({ stream }) => !known.has(stream));
    const set = { checkpoint, epoch, ...(fresh.length > 0 && { parked: [...before.parked, ...fresh] }) };
    // A position is text of digits, and every text is greater than the empty one; null is no text.
    const guard = { epoch: { $lte: epoch }, $or: [{ checkpoint: null }, { checkpoint: { $lt: checkpoint } }] };
    let unknown = false;
    await retrying(async () => {
      try {
        const { matchedCount } = await progress.updateOne({ _id: before._id, ...guard }, { $set: set });
        if (matchedCount === 1) return;
      } catch (error) {
        unknown = true;
        throw error;
      }
      const now = await this.progress();
      // The attempt whose answer was lost had landed.
      if (unknown && now.checkpoint === checkpoint && now.epoch === epoch) return;
      checkProgress(definition, now, { checkpoint, epoch });
      throw new Raced();
    });
  }

  /** Throws `read-model.fenced` when the version was replaced and dropped. */
  private async progress(): Promise<StoredProgress> {
    const { collection, definition, progress } = this.version;
    const stored = await retrying(() => progress.findOne({ _id: collection.collectionName }));
    if (!stored) throw fenced(definition);
    return stored;
  }
}

/** Writes a version that nobody reads yet. */
export class MongoFillingWriter<Doc extends Document> extends MongoWriter<Doc> implements FillingWriter<Doc> {
  constructor(
    version: Version,
    private readonly finished: () => Promise<void>,
  ) {
    super(version);
  }

  /** Its indexes are there and all of it is on the disks of a majority; it only has to be said. */
  async finish(): Promise<void> {
    await this.finished();
  }
}
