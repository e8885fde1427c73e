import { closeSync, fsyncSync, openSync } from 'node:fs';
import { openDatabase, type SqliteDatabase, type SqliteStatement } from '@casebook/sqlite';
import type { Position } from '@casebook/kernel';
import type { Document, DocumentWrite, ParkedStream, Progress, ReadModelDefinition } from '../read-model';
import { checkProgress } from '../refusals';
import { DocumentWrites } from './document-writes';
import type { Shape } from './shape';

const LOAD_SLICE = 256;
/** Most documents fit on one page, so that a read touches no overflow pages. */
const PAGE = 8_192;
/** KiB of page cache: small for the many files that are only read, large while one is filled. */
const CACHE = { live: 8_192, filling: 65_536 };

/** One version of a read model in a file of its own: documents, their keys, members of arrays, progress. */
export class DocumentFile {
  private readonly statements = new Map<string, SqliteStatement>();
  private readonly writes: DocumentWrites;
  private documents: number;

  private constructor(
    readonly db: SqliteDatabase,
    readonly file: string,
    readonly definition: ReadModelDefinition,
    readonly shape: Shape,
    private readonly indexed: boolean,
  ) {
    this.writes = new DocumentWrites(db, definition, shape);
    this.documents = this.progress().documents;
  }

  /** Opens a file that was filled before. */
  static open(file: string, definition: ReadModelDefinition, shape: Shape): DocumentFile {
    const db = openDatabase(file, { synchronous: 'NORMAL' });
    db.pragma(`cache_size = -${CACHE.live}`);
    return new DocumentFile(db, file, definition, shape, true);
  }

  /** Creates a file to be filled. Nobody reads it and a crash throws it away, so nothing is synced before `finish`. */
  static create(file: string, definition: ReadModelDefinition, shape: Shape): DocumentFile {
    const db = openDatabase(file, { synchronous: 'NORMAL' });
    db.pragma('journal_mode = MEMORY');
    db.pragma(`page_size = ${PAGE}`);
    db.exec('VACUUM');
    db.pragma('synchronous = OFF');
    db.pragma(`cache_size = -${CACHE.filling}`);
    db.exec(createSql(shape));
    return new DocumentFile(db, file, definition, shape, false);
  }

  /** Number of documents, kept beside them. */
  get size(): number {
    return this.documents;
  }

  /** A statement, prepared once. */
  prepare(sql: string): SqliteStatement {
    const known = this.statements.get(sql);
    if (known) return known;
    if (this.statements.size >= 500) this.statements.clear();
    const statement = this.db.prepare(sql);
    this.statements.set(sql, statement);
    return statement;
  }

  load(ids: readonly string[]): Map<string, { document: Document; position: Position }> {
    const found = new Map<string, { document: Document; position: Position }>();
    for (let from = 0; from < ids.length; from += LOAD_SLICE) {
      const slice = JSON.stringify(ids.slice(from, from + LOAD_SLICE));
      const rows = this.prepare('SELECT id, position, body FROM docs WHERE id IN (SELECT value FROM json_each(?))').all(
        slice,
      );
      for (const row of rows as { id: string; position: Position; body: string }[])
        found.set(row.id, { document: JSON.parse(row.body) as Document, position: row.position });
    }
    return found;
  }

  commit(writes: readonly DocumentWrite<Document>[], progress: Progress): void {
    checkProgress(this.definition, this.progress(), progress);
    let documents = this.documents;
    this.db.transaction(() => {
      for (const write of writes) {
        if (this.indexed) documents += this.writes.write(write);
        else this.writes.fill(write);
      }
      for (const parked of progress.parked ?? []) this.park(parked);
      this.prepare('UPDATE progress SET checkpoint = ?, epoch = ?, documents = ?').run(
        progress.checkpoint,
        progress.epoch,
        documents,
      );
    })();
    this.documents = documents;
  }

  progress(): { checkpoint: Position | null; epoch: number; documents: number } {
    return this.prepare('SELECT checkpoint, epoch, documents FROM progress').get() as ReturnType<
      DocumentFile['progress']
    >;
  }

  parked(): readonly ParkedStream[] {
    return this.prepare(
      'SELECT stream, event_id AS eventId, position, reason FROM parked ORDER BY position',
    ).all() as ParkedStream[];
  }

  /** Throws for a document that holds no scalar where an index looks. */
  check(id: string, document: Document): void {
    this.writes.keys(id, document);
  }

  /** Builds what was left out while filling, syncs the file and gives it the journal that readers need. */
  finish(): void {
    this.writes.fillMembers();
    this.db.exec('UPDATE progress SET documents = (SELECT count(*) FROM docs)');
    for (const sql of this.shape.indexSql) this.db.exec(sql);
    this.close();
    const handle = openSync(this.file, 'r+');
    fsyncSync(handle);
    closeSync(handle);
    openDatabase(this.file, { synchronous: 'NORMAL' }).close();
  }

  close(): void {
    this.statements.clear();
    this.db.close();
  }

  private park({ stream, eventId, position, reason }: ParkedStream): void {
    this.prepare('INSERT OR IGNORE INTO parked(stream, event_id, position, reason) VALUES (?, ?, ?, ?)').run(
      stream,
      eventId,
      position,
      reason,
    );
  }
}

function createSql(shape: Shape): string {
  const columns = [...shape.columns.values()].map((column) => `${column}, `).join('');
  // The body comes last: conditions on the columns before it then never touch its overflow pages.
  return `
    CREATE TABLE docs(seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, position TEXT NOT NULL, ${columns}body TEXT NOT NULL);
    CREATE TABLE progress(checkpoint TEXT, epoch INTEGER NOT NULL, documents INTEGER NOT NULL);
    CREATE TABLE parked(stream TEXT PRIMARY KEY, event_id TEXT NOT NULL, position TEXT NOT NULL, reason TEXT NOT NULL);
    INSERT INTO progress VALUES (NULL, 0, 0);
    ${[...shape.members.values()]
      .map((table) => `CREATE TABLE ${table}(value, doc INTEGER NOT NULL, PRIMARY KEY (value, doc)) WITHOUT ROWID;`)
      .join('\n')}`;
}
