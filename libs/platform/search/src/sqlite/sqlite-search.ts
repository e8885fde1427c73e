import { createHash } from 'node:crypto';
import { DomainError, type Position, type RecordedEvent } from '@casebook/kernel';
import {
  ParkedStreams,
  type BatchEnd,
  type FillingViewWriter,
  type ParkedStream,
  type Scope,
  type View,
  type ViewWriter,
} from '@casebook/read-model';
import { Catalog } from '@casebook/read-model/sqlite/catalog';
import { makeDirectory } from '@casebook/sqlite';
import type { SearchChange, SearchIndex, SearchOptions, SearchPage, SearchSource } from '../search-index';
import { SearchFile } from './search-file';
import { searchFile } from './search-query';

/** Raised when tables or tokenizer change. */
const LAYOUT = 1;
const NAME = 'search';

/** The index to ask, and the view that the projection runner keeps up to date. */
export interface SqliteSearch {
  readonly index: SearchIndex;
  readonly view: View;
  close(): Promise<void>;
}

/** Full-text search in SQLite's FTS5: a directory with one file per version of the sources. */
export function openSqliteSearch(options: { directory: string; sources: readonly SearchSource[] }): SqliteSearch {
  makeDirectory(options.directory);
  const files = new SearchFiles(new Catalog(options.directory), options.sources);
  return {
    index: { search: async (scope, text, asked = {}) => files.search(scope, text, asked) },
    view: {
      name: NAME,
      handles: new Set(options.sources.flatMap(({ handles }) => handles)),
      open: async () => files.open(),
      fill: async () => files.fill(),
      filled: async () => files.filled(),
      swap: async () => {
        files.swap();
      },
    },
    close: async () => {
      files.close();
    },
  };
}

class SearchFiles {
  private readonly label: string;
  private live: SearchFile | undefined;
  private other: SearchFile | undefined;

  constructor(
    private readonly catalog: Catalog,
    private readonly sources: readonly SearchSource[],
  ) {
    const described = JSON.stringify(sources.map(({ name, version }) => [name, version]).sort());
    this.label = `${LAYOUT}-${createHash('sha256').update(described).digest('hex').slice(0, 8)}`;
  }

  search(scope: Scope, text: string, options: SearchOptions): SearchPage {
    const file = this.liveFile();
    if (!file)
      throw new DomainError('unavailable', 'search.filling', 'The search index is being filled, try again in a moment');
    return searchFile(file, scope, text, options);
  }

  open(): ViewWriter | undefined {
    const file = this.liveFile();
    return file && new SearchWriter(file, this.sources);
  }

  fill(): FillingViewWriter {
    this.other?.close();
    const file = SearchFile.create(this.catalog.begin(NAME, this.label));
    this.other = file;
    return new FillingSearchWriter(file, this.sources, () => {
      this.other = undefined;
      this.catalog.filled(file.file);
    });
  }

  filled(): ViewWriter | undefined {
    const entry = this.catalog.find(NAME, 'filled');
    if (entry?.label !== this.label) return undefined;
    this.other?.close();
    this.other = SearchFile.open(entry.file);
    return new SearchWriter(this.other, this.sources);
  }

  swap(): void {
    const entry = this.catalog.find(NAME, 'filled');
    if (entry?.label !== this.label)
      throw new DomainError('conflict', 'search.not-filled', 'There is no filled search index to swap in');
    this.other?.close();
    this.other = undefined;
    const replaced = this.catalog.swap(entry);
    this.live?.close();
    this.live = undefined;
    for (const old of replaced) this.catalog.drop(old);
  }

  close(): void {
    this.live?.close();
    this.other?.close();
    this.live = this.other = undefined;
    this.catalog.close();
  }

  private liveFile(): SearchFile | undefined {
    if (this.live) return this.live;
    const entry = this.catalog.find(NAME, 'live');
    if (entry?.label !== this.label) return undefined;
    this.live = SearchFile.open(entry.file);
    return this.live;
  }
}

class SearchWriter implements ViewWriter {
  private readonly lanes: ParkedStreams;

  constructor(
    protected readonly file: SearchFile,
    private readonly sources: readonly SearchSource[],
  ) {
    this.lanes = new ParkedStreams(file.parked());
  }

  async checkpoint(): Promise<Position | undefined> {
    return this.file.checkpoint();
  }

  async parked(): Promise<readonly ParkedStream[]> {
    return this.file.parked();
  }

  /** Each instance has an index of its own, so there is no lease and `epoch` is not looked at. */
  async apply(events: readonly RecordedEvent[], { checkpoint }: BatchEnd): Promise<void> {
    try {
      const changes = events.flatMap((event) => this.changes(event));
      this.file.commit(changes, checkpoint, this.lanes.pending);
      this.lanes.committed();
    } catch (error) {
      this.lanes.rolledBack();
      throw error;
    }
  }

  private changes(event: RecordedEvent): readonly SearchChange[] {
    if (this.lanes.has(event.stream)) return [];
    try {
      const sources = this.sources.filter(({ handles }) => handles.includes(event.type));
      const changes = sources.flatMap((source) => source.changes(event));
      changes.forEach(check);
      return changes;
    } catch (error) {
      this.lanes.park(event, error);
      return [];
    }
  }
}

/** What cannot be stored parks its stream; inside the transaction it would hold up everybody. */
function check(change: SearchChange): void {
  const texts: readonly unknown[] =
    'put' in change
      ? [change.put.kind, change.put.id, change.put.audience, change.put.title ?? '', change.put.body ?? '']
      : 'remove' in change
        ? [change.remove.kind, change.remove.id]
        : [change.removeOf];
  if (!texts.every((text) => typeof text === 'string')) throw new Error('The document has parts that are not text');
}

class FillingSearchWriter extends SearchWriter implements FillingViewWriter {
  constructor(
    file: SearchFile,
    sources: readonly SearchSource[],
    private readonly finished: () => void,
  ) {
    super(file, sources);
  }

  async finish(): Promise<void> {
    this.file.finish();
    this.finished();
  }
}
