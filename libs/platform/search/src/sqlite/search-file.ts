import { closeSync, fsyncSync, openSync } from 'node:fs';
import type { Position } from '@casebook/kernel';
import type { ParkedStream } from '@casebook/read-model';
import { openDatabase, type SqliteDatabase, type SqliteStatement } from '@casebook/sqlite';
import type { SearchChange, SearchDocument } from '../search-index';
import { clean, plainRef, scopeTokens } from './match';

/** KiB of page cache. */
const CACHE = { live: 8_192, filling: 65_536 };
/** Bytes that FTS5 gathers before it writes a piece of its index. */
const GATHERED = { live: 1 << 20, filling: 64 << 20 };

interface Stored {
  readonly rowid: number;
  readonly scope: string;
  readonly ref: string;
  readonly title: string;
  readonly body: string;
}

/**
 * One version of the index in a file: documents in a table of their own, their words in FTS5 beside it. Words that are
 * removed leave no trace: FTS5 deletes securely, SQLite overwrites freed space, and the journal is cut.
 */
export class SearchFile {
  private readonly statements = new Map<string, SqliteStatement>();

  private constructor(
    readonly db: SqliteDatabase,
    readonly file: string,
    private readonly indexed: boolean,
  ) {
    db.pragma('secure_delete = ON');
  }

  static open(file: string): SearchFile {
    const db = openDatabase(file, { synchronous: 'NORMAL' });
    db.pragma(`cache_size = -${CACHE.live}`);
    return new SearchFile(db, file, true);
  }

  /** Creates a file to be filled: documents only, the words come at the end. */
  static create(file: string): SearchFile {
    const db = openDatabase(file, { synchronous: 'NORMAL' });
    db.pragma('journal_mode = MEMORY');
    db.pragma('synchronous = OFF');
    db.pragma(`cache_size = -${CACHE.filling}`);
    db.exec(SCHEMA);
    return new SearchFile(db, file, false);
  }

  /** A statement, prepared once. */
  prepare(sql: string): SqliteStatement {
    const known = this.statements.get(sql);
    if (known) return known;
    const statement = this.db.prepare(sql);
    this.statements.set(sql, statement);
    return statement;
  }

  /** Writes changes and progress in one step. */
  commit(changes: readonly SearchChange[], checkpoint: Position, parked: readonly ParkedStream[]): void {
    const removed = this.db.transaction(() => {
      const gone = changes.map((change) => this.change(change)).includes(true);
      for (const { stream, eventId, position, reason } of parked)
        this.prepare('INSERT OR IGNORE INTO parked VALUES (?, ?, ?, ?)').run(stream, eventId, position, reason);
      this.prepare('UPDATE progress SET checkpoint = ?').run(checkpoint);
      return gone;
    })();
    if (removed && this.indexed) this.db.pragma('wal_checkpoint(TRUNCATE)');
  }

  checkpoint(): Position | undefined {
    return (
      (this.prepare('SELECT checkpoint FROM progress').get() as { checkpoint: Position | null }).checkpoint ?? undefined
    );
  }

  parked(): readonly ParkedStream[] {
    const sql = 'SELECT stream, event_id AS eventId, position, reason FROM parked ORDER BY position';
    return this.prepare(sql).all() as ParkedStream[];
  }

  /** Builds the index of words in one go, and makes the file durable. */
  finish(): void {
    this.configure('hashsize', GATHERED.filling);
    this.db.exec("INSERT INTO words(words) VALUES ('rebuild')");
    this.configure('hashsize', GATHERED.live);
    this.configure('secure-delete', 1);
    this.db.exec(INDEXES);
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

  private configure(name: string, value: number): void {
    // Numbers are bound as floating point, which FTS5 does not take here.
    this.db.prepare('INSERT INTO words(words, rank) VALUES (?, ?)').run(name, BigInt(value));
  }

  /** True when words may have left the index. */
  private change(change: SearchChange): boolean {
    if ('put' in change) return this.put(change.put);
    const rows =
      'remove' in change
        ? this.prepare(`SELECT ${ROW} FROM docs WHERE kind = ? AND id = ?`).all(change.remove.kind, change.remove.id)
        : this.prepare(`SELECT ${ROW} FROM docs WHERE of = ?`).all(change.removeOf);
    for (const row of rows as Stored[]) {
      this.unindex(row);
      this.prepare('DELETE FROM docs WHERE rowid = ?').run(row.rowid);
    }
    return rows.length > 0;
  }

  private put(document: SearchDocument): boolean {
    const { kind, id, of, company, audience } = document;
    const ref = clean(document.ref ?? '');
    const [title, body] = [clean(document.title ?? ''), clean(document.body ?? '')];
    const scope = scopeTokens(document);
    const before = this.prepare(`SELECT ${ROW} FROM docs WHERE kind = ? AND id = ?`).get(kind, id) as
      Stored | undefined;
    if (before) {
      this.unindex(before);
      this.prepare('DELETE FROM docs WHERE rowid = ?').run(before.rowid);
    }
    const { lastInsertRowid } = this.prepare(INSERT).run(
      // The place in the order of age stays: a correction does not make a document newer.
      before?.rowid ?? null,
      kind,
      id,
      of ?? null,
      company,
      audience,
      plainRef(ref),
      ref.replace(/\D/g, ''),
      scope,
      ref,
      title,
      body,
    );
    if (this.indexed)
      this.prepare('INSERT INTO words(rowid, scope, ref, title, body) VALUES (?, ?, ?, ?, ?)').run(
        lastInsertRowid,
        scope,
        ref,
        title,
        body,
      );
    return before !== undefined;
  }

  /** FTS5 keeps no copy of the texts and must be told what it forgets. */
  private unindex({ rowid, scope, ref, title, body }: Stored): void {
    if (!this.indexed) return;
    this.prepare("INSERT INTO words(words, rowid, scope, ref, title, body) VALUES ('delete', ?, ?, ?, ?, ?)").run(
      rowid,
      scope,
      ref,
      title,
      body,
    );
  }
}

const ROW = 'rowid, scope, ref, title, body';
const INSERT = `INSERT INTO docs(rowid, kind, id, of, company, audience, plain, digits, scope, ref, title, body)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const SCHEMA = `
  CREATE TABLE docs(
    rowid INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, of TEXT, company TEXT, audience TEXT NOT NULL,
    plain TEXT NOT NULL, digits TEXT NOT NULL, scope TEXT NOT NULL, ref TEXT NOT NULL, title TEXT NOT NULL,
    body TEXT NOT NULL, UNIQUE(kind, id));
  CREATE INDEX docs_of ON docs(of) WHERE of IS NOT NULL;
  CREATE VIRTUAL TABLE words USING fts5(
    scope, ref, title, body, content = 'docs', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');
  CREATE TABLE progress(checkpoint TEXT);
  CREATE TABLE parked(stream TEXT PRIMARY KEY, event_id TEXT NOT NULL, position TEXT NOT NULL, reason TEXT NOT NULL);
  INSERT INTO progress VALUES (NULL);`;
const INDEXES = `
  CREATE INDEX docs_plain ON docs(plain) WHERE plain <> '';
  CREATE INDEX docs_digits ON docs(digits) WHERE digits <> '';`;
