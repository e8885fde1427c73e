import type { Position } from '@casebook/kernel';
import { makeDirectory } from '@casebook/sqlite';
import { declared } from '../declared';
import type {
  Document,
  DocumentWrite,
  FillingWriter,
  ParkedStream,
  Progress,
  ReadModel,
  ReadModelDefinition,
  ReadModelEngine,
  ReadModelWriter,
} from '../read-model';
import { filling, notFilled } from '../refusals';
import { Catalog } from './catalog';
import { DocumentFile } from './document-file';
import { ScanGuard, type ScanPolicy } from './scan-guard';
import { shapeOf } from './shape';
import { SqliteReader } from './sqlite-reader';

/**
 * Read models in SQLite: a directory with one file per version. Values that indexes and scopes name lie in columns of
 * their own beside the JSON text, typed and ordered as MongoDB orders them; members of declared arrays in side tables.
 * `scans` says what happens to a query that walks over more than 5,000 documents; unless told otherwise it fails under
 * `NODE_ENV=test` and is warned of, once per query, elsewhere.
 */
export function openSqliteReadModels(options: { directory: string; scans?: ScanPolicy }): ReadModelEngine {
  makeDirectory(options.directory);
  return new SqliteReadModels(new Catalog(options.directory), new ScanGuard(options.scans ?? defaultPolicy()));
}

function defaultPolicy(): ScanPolicy {
  if (process.env['NODE_ENV'] === 'test') return { refuseScans: true };
  return {
    onScan: (message) => {
      process.emitWarning(message, 'ScanWarning');
    },
  };
}

class SqliteReadModels implements ReadModelEngine {
  private readonly live = new Map<string, DocumentFile>();
  private readonly others = new Set<DocumentFile>();

  constructor(
    private readonly catalog: Catalog,
    private readonly guard: ScanGuard,
  ) {}

  async reader<Doc extends Document>(definition: ReadModelDefinition): Promise<ReadModel<Doc>> {
    declared(definition);
    return new SqliteReader<Doc>(definition, () => this.liveFile(definition) ?? notYet(definition), this.guard);
  }

  async writer<Doc extends Document>(definition: ReadModelDefinition): Promise<ReadModelWriter<Doc> | undefined> {
    const file = this.liveFile(definition);
    return file && new SqliteWriter<Doc>(file);
  }

  async fill<Doc extends Document>(definition: ReadModelDefinition): Promise<FillingWriter<Doc>> {
    this.closeOthers(definition.name);
    const shape = shapeOf(definition);
    const file = DocumentFile.create(this.catalog.begin(definition.name, shape.label), definition, shape);
    this.others.add(file);
    return new SqliteFillingWriter<Doc>(file, () => {
      this.others.delete(file);
      this.catalog.filled(file.file);
    });
  }

  async filled<Doc extends Document>(definition: ReadModelDefinition): Promise<ReadModelWriter<Doc> | undefined> {
    const shape = shapeOf(definition);
    const entry = this.catalog.find(definition.name, 'filled');
    if (entry?.label !== shape.label) return undefined;
    this.closeOthers(definition.name);
    const file = DocumentFile.open(entry.file, definition, shape);
    this.others.add(file);
    return new SqliteWriter<Doc>(file);
  }

  async versions(name: string): Promise<readonly { version: string; live: boolean }[]> {
    return this.catalog.entries(name).map(({ label, state }) => ({ version: label, live: state === 'live' }));
  }

  async swap(definition: ReadModelDefinition): Promise<void> {
    const { name } = definition;
    const entry = this.catalog.find(name, 'filled');
    if (entry?.label !== shapeOf(definition).label) throw notFilled(definition);
    this.closeOthers(name);
    const replaced = this.catalog.swap(entry);
    this.live.get(name)?.close();
    this.live.delete(name);
    for (const old of replaced) this.catalog.drop(old);
  }

  async close(): Promise<void> {
    for (const file of [...this.live.values(), ...this.others]) file.close();
    this.live.clear();
    this.others.clear();
    this.catalog.close();
  }

  private liveFile(definition: ReadModelDefinition): DocumentFile | undefined {
    const known = this.live.get(definition.name);
    const shape = shapeOf(definition);
    if (known) return known.shape.label === shape.label ? known : undefined;
    const entry = this.catalog.find(definition.name, 'live');
    if (entry?.label !== shape.label) return undefined;
    const file = DocumentFile.open(entry.file, definition, shape);
    this.live.set(definition.name, file);
    return file;
  }

  private closeOthers(name: string): void {
    for (const file of this.others)
      if (file.definition.name === name) {
        file.close();
        this.others.delete(file);
      }
  }
}

class SqliteWriter<Doc extends Document> implements ReadModelWriter<Doc> {
  constructor(protected readonly file: DocumentFile) {}

  async load(ids: readonly string[]): Promise<Map<string, { document: Doc; position: Position }>> {
    return this.file.load(ids) as Map<string, { document: Doc; position: Position }>;
  }

  async commit(writes: readonly DocumentWrite<Doc>[], progress: Progress): Promise<void> {
    this.file.commit(writes, progress);
  }

  check(id: string, document: Doc): void {
    this.file.check(id, document);
  }

  async checkpoint(): Promise<Position | undefined> {
    return this.file.progress().checkpoint ?? undefined;
  }

  async parked(): Promise<readonly ParkedStream[]> {
    return this.file.parked();
  }
}

class SqliteFillingWriter<Doc extends Document> extends SqliteWriter<Doc> implements FillingWriter<Doc> {
  constructor(
    file: DocumentFile,
    private readonly finished: () => void,
  ) {
    super(file);
  }

  async finish(): Promise<void> {
    this.file.finish();
    this.finished();
  }
}

function notYet(definition: ReadModelDefinition): never {
  throw filling(definition);
}
