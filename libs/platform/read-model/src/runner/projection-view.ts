import { DomainError, UNCHANGED, type Position, type RecordedEvent } from '@casebook/kernel';
import type {
  Document,
  DocumentWrite,
  FillingWriter,
  ParkedStream,
  ReadModelDefinition,
  ReadModelEngine,
  ReadModelWriter,
} from '../read-model';
import { ParkedStreams, type BatchEnd, type FillingViewWriter, type View, type ViewWriter } from './view';

/**
 * A projection of any documents and events. Methods, not function properties: TypeScript then lets projections of
 * different types stand in one list.
 */
export interface AnyProjection {
  readonly name: string;
  readonly version: number;
  readonly handles: readonly string[];
  id(event: RecordedEvent): string | readonly string[] | undefined;
  on(event: RecordedEvent, document: unknown, id: string): unknown;
}

/** A fold and the read model that it fills. */
export interface ProjectionEntry {
  readonly projection: AnyProjection;
  readonly definition: ReadModelDefinition;
}

/** Documents kept in memory between batches, so that folding needs no load: few while live, many while filling. */
const REMEMBERED = { live: 500, filling: 20_000 };

/** The view that folds events into the documents of a read model. */
export function projectionView(engine: ReadModelEngine, { projection, definition }: ProjectionEntry): View {
  if (projection.version !== definition.version)
    throw new Error(`${definition.name}: projection and read model differ in version`);
  const live = async (writer: ReadModelWriter<Document> | undefined) =>
    writer && new ProjectionWriter(projection, writer, new ParkedStreams(await writer.parked()), REMEMBERED.live);
  return {
    name: definition.name,
    handles: new Set(projection.handles),
    open: async () => live(await engine.writer(definition)),
    fill: async () => new FillingProjectionWriter(projection, await engine.fill(definition)),
    filled: async () => live(await engine.filled(definition)),
    swap: () => engine.swap(definition),
  };
}

interface Known {
  /** Null after a deletion. */
  readonly document: Document | null;
  readonly position: Position;
}

class ProjectionWriter implements ViewWriter {
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly projection: AnyProjection,
    private readonly writer: ReadModelWriter<Document>,
    private readonly lanes: ParkedStreams,
    private readonly remembered: number,
  ) {}

  checkpoint(): Promise<Position | undefined> {
    return this.writer.checkpoint();
  }

  parked(): Promise<readonly ParkedStream[]> {
    return this.writer.parked();
  }

  async apply(events: readonly RecordedEvent[], end: BatchEnd): Promise<void> {
    try {
      await this.commit(await this.fold(events), end);
    } catch (error) {
      this.lanes.rolledBack();
      const unfit = error instanceof DomainError && error.code === 'read-model.document';
      if (!unfit) throw error;
      await this.applySingly(events, end);
    }
  }

  /** The new documents of a batch. Nothing is remembered until they are committed. */
  private async fold(events: readonly RecordedEvent[]): Promise<Map<string, Known>> {
    const touched = new Map<RecordedEvent, readonly string[]>();
    for (const event of events)
      if (!this.lanes.has(event.stream)) this.guarded(event, () => touched.set(event, this.ids(event)));
    const before = await this.load(new Set([...touched.values()].flat()));
    const changed = new Map<string, Known>();
    for (const [event, ids] of touched) {
      if (this.lanes.has(event.stream)) continue;
      this.guarded(event, () => {
        for (const [id, after] of this.foldOne(event, ids, changed, before)) changed.set(id, after);
      });
    }
    return changed;
  }

  private foldOne(
    event: RecordedEvent,
    ids: readonly string[],
    changed: ReadonlyMap<string, Known>,
    before: ReadonlyMap<string, Known>,
  ): Map<string, Known> {
    const results = new Map<string, Known>();
    for (const id of ids) {
      const known = changed.get(id) ?? before.get(id);
      // Already in the document: the batch is a repeat after a crash between documents and checkpoint.
      if (known && known.position >= event.position) continue;
      const folded = this.projection.on(event, known?.document ?? undefined, id);
      if (folded === UNCHANGED) continue;
      const document = folded as Document | null;
      if (document) this.writer.check(id, document);
      results.set(id, { document, position: event.position });
    }
    return results;
  }

  private async commit(changed: ReadonlyMap<string, Known>, { checkpoint, epoch }: BatchEnd): Promise<void> {
    const writes: DocumentWrite<Document>[] = [...changed].map(([id, known]) => ({ id, ...known }));
    await this.writer.commit(writes, { checkpoint, epoch, parked: this.lanes.pending });
    this.lanes.committed();
    for (const [id, known] of changed) {
      this.known.delete(id);
      this.known.set(id, known);
    }
    for (const id of this.known.keys()) {
      if (this.known.size <= this.remembered) break;
      this.known.delete(id);
    }
  }

  /** Goes event by event, so that the one whose document turned out not to be storable is found and its stream parked. */
  private async applySingly(events: readonly RecordedEvent[], end: BatchEnd): Promise<void> {
    for (const event of events) {
      const here = { checkpoint: event.position, epoch: end.epoch };
      try {
        await this.commit(await this.fold([event]), here);
      } catch (error) {
        this.lanes.rolledBack();
        if (!(error instanceof DomainError && error.code === 'read-model.document')) throw error;
        this.lanes.park(event, error);
        await this.commit(new Map(), here);
      }
    }
    if (events.at(-1)?.position !== end.checkpoint) await this.commit(new Map(), end);
  }

  private ids(event: RecordedEvent): readonly string[] {
    const ids = this.projection.id(event);
    if (ids === undefined) return [];
    return typeof ids === 'string' ? [ids] : ids;
  }

  private async load(ids: ReadonlySet<string>): Promise<Map<string, Known>> {
    const found = new Map<string, Known>();
    const missing: string[] = [];
    for (const id of ids) {
      const known = this.known.get(id);
      if (known) found.set(id, known);
      else missing.push(id);
    }
    if (missing.length > 0) for (const [id, known] of await this.writer.load(missing)) found.set(id, known);
    return found;
  }

  /** A fold is pure: what throws once throws for ever, so the stream is parked and not tried again. */
  private guarded(event: RecordedEvent, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.lanes.park(event, error);
    }
  }
}

class FillingProjectionWriter extends ProjectionWriter implements FillingViewWriter {
  constructor(
    projection: AnyProjection,
    private readonly filling: FillingWriter<Document>,
  ) {
    super(projection, filling, new ParkedStreams([]), REMEMBERED.filling);
  }

  finish(): Promise<void> {
    return this.filling.finish();
  }
}
